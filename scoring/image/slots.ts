import { nodeKind, type Trees } from '../ir.ts';
import { roles } from './layout.ts';

/**
 * A slot is one value of a row in the kernel's memory: what the nodes of one feature that treat missing alike
 * look at. The first slot belongs to no feature.
 */
export type Slots = {
  /** Pairs of a feature and a role, in the order of the roles; the first slot, of no feature, is not listed. */
  list: Int32Array;
  /** The slot of a node; 0 in leaves. */
  of(node: number): number;
};

const roleOf = (trees: Trees, node: number): number => {
  const kind = trees.kind[node];
  if (kind === nodeKind.category) return roles.category;
  const first = kind === nodeKind.zeroIsMissing ? roles.zeroLeft : roles.left;
  return first + (trees.missingRight[node] === 1 ? 1 : 0);
};

const kindsOfRole = 8;

export function slotsOf(trees: Trees): Slots {
  const keys = new Set<number>();
  const keyOf = (node: number, feature: number) => feature * kindsOfRole + roleOf(trees, node);
  for (let node = 0; node < trees.feature.length; node++) {
    const feature = trees.feature[node] as number;
    if (feature >= 0) keys.add(keyOf(node, feature));
  }
  const pairs = [...keys].map((key) => [Math.floor(key / kindsOfRole), key % kindsOfRole] as const);
  pairs.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const places = new Map(pairs.map(([feature, role], i) => [feature * kindsOfRole + role, i + 1]));
  return {
    list: Int32Array.from(pairs.flat()),
    of(node) {
      const feature = trees.feature[node] as number;
      return feature < 0 ? 0 : (places.get(keyOf(node, feature)) as number);
    },
  };
}
