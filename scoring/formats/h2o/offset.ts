import type { Feature, Trees } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import { checkFeatures } from '../features.ts';

/** The offset of a row is one more input of the model. */
export function withOffsetFeature(features: readonly Feature[], offset: string): Feature[] {
  return checkFeatures([...features, { name: offset, kind: 'number' }]);
}

export const offsetNote = (offset: string): string =>
  `The model was trained with the offset column "${offset}": it is read from each row, and is 0 where it is missing.`;

/**
 * Adds the value of one column to the margin: a tree of one leaf that is that column, first or last in the sum. A
 * missing offset adds the plain leaf, which is 0.
 */
export function withOffsetTree(trees: Trees, column: number, place: 'first' | 'last'): Trees {
  if (trees.base.length !== 1 || trees.terms !== null)
    throw malformed('A model with an offset has more than one output.', 'offset_column');
  const node = trees.feature.length;
  const beside = <T extends Int32Array | Float64Array | Uint8Array>(list: T, last: number): T => {
    const longer = new (list.constructor as new (length: number) => T)(node + 1);
    longer.set(list);
    longer[node] = last;
    return longer;
  };
  const root = place === 'first' ? [node, ...trees.root] : [...trees.root, node];
  return {
    ...trees,
    root: Int32Array.from(root),
    outputOf: new Int32Array(root.length),
    kind: beside(trees.kind, 0),
    feature: beside(trees.feature, -1),
    threshold: beside(trees.threshold, 0),
    left: beside(trees.left, -1),
    missingRight: beside(trees.missingRight, 0),
    table: beside(
      trees.table.map((table, i) => ((trees.feature[i] as number) < 0 ? -1 : table)),
      0,
    ),
    leaf: beside(trees.leaf, 0),
    cover: beside(trees.cover, 0),
    terms: {
      start: Int32Array.of(0, 1),
      constant: Float64Array.of(0),
      feature: Int32Array.of(column),
      coefficient: Float64Array.of(1),
    },
  };
}
