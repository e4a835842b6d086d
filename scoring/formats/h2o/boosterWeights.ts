import { malformed } from '../../refusals.ts';
import { field, lengthOf, listOf } from '../fields.ts';

/**
 * Covers that H2O computed on other rows than those the booster was trained on, in place of the booster's own:
 * little-endian, the number of trees, then each tree's number of nodes and their weights; zeros may follow.
 */
export function withNodeWeights(document: unknown, bytes: Uint8Array | undefined): unknown {
  if (!bytes) return document;
  const at = 'auxNodeWeights';
  const booster = field(field(document, 'learner'), 'gradient_booster');
  const trees = listOf(field(field(field(booster, 'gbtree') ?? booster, 'model'), 'trees'), at);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let cursor = 0;
  const count = () => {
    if (cursor + 4 > bytes.length) throw malformed('The weights of the nodes are cut off.', at);
    cursor += 4;
    return view.getInt32(cursor - 4, true);
  };
  if (count() !== trees.length) throw malformed('The weights of the nodes are for other trees.', at);
  for (const tree of trees) {
    const size = count();
    const fits = size === lengthOf(field(tree, 'left_children'), at) && cursor + 8 * size <= bytes.length;
    if (!fits || typeof tree !== 'object' || tree === null)
      throw malformed('The weights of the nodes are for other trees.', at);
    const weights = new Float64Array(size);
    for (let node = 0; node < size; node++, cursor += 8)
      weights[node] = Math.fround(view.getFloat64(cursor, true));
    Reflect.set(tree, 'sum_hessian', weights);
  }
  return document;
}
