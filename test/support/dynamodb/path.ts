import { invalid } from './errors.ts';
import type { Path } from './tokens.ts';
import type { Item, Value } from './types.ts';

export function read(item: Item | undefined, path: Path): Value | undefined {
  let at: Value | undefined = { M: item ?? {} };
  for (const step of path) {
    if (at === undefined) return undefined;
    at = typeof step === 'number' ? at.L?.[step] : at.M && Object.hasOwn(at.M, step) ? at.M[step] : undefined;
  }
  return at;
}

const noSuchPlace = () =>
  invalid('The document path provided in the update expression is invalid for update');

function placed(at: Value | undefined, path: Path, value: Value): Value {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    if (!at?.L) throw noSuchPlace();
    const all = [...at.L];
    const inner = placed(all[step], rest, value);
    if (step < all.length) all[step] = inner;
    else all.push(inner);
    return { L: all };
  }
  if (!at?.M) throw noSuchPlace();
  return { M: { ...at.M, [step]: placed(at.M[step], rest, value) } };
}

/** A new item with the value there; what is not on the way is shared with the old one. */
export const written = (item: Item, path: Path, value: Value): Item =>
  placed({ M: item }, path, value).M as Item;

function cut(at: Value | undefined, path: Path): Value {
  const [step, ...rest] = path;
  if (typeof step === 'number') {
    if (!at?.L) throw noSuchPlace();
    if (rest.length === 0) return { L: at.L.filter((_, index) => index !== step) };
    return { L: at.L.map((one, index) => (index === step ? cut(one, rest) : one)) };
  }
  if (!at?.M || step === undefined) throw noSuchPlace();
  if (rest.length > 0) return { M: { ...at.M, [step]: cut(at.M[step], rest) } };
  const { [step]: _, ...others } = at.M;
  return { M: others };
}

export const removed = (item: Item, path: Path): Item => cut({ M: item }, path).M as Item;

/** Elements go from the back, so that the numbers of those before them still hold. */
export function lastFirst(left: Path, right: Path): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const a = left[at] as string | number;
    const b = right[at] as string | number;
    if (a === b) continue;
    if (typeof a === 'number' && typeof b === 'number') return b - a;
    return String(a) < String(b) ? -1 : 1;
  }
  return right.length - left.length;
}

/** No path may be the beginning of another. */
export function refuseOverlaps(paths: readonly Path[]): void {
  paths.forEach((one, at) => {
    const clash = paths.slice(at + 1).some((other) => {
      const length = Math.min(one.length, other.length);
      return one.slice(0, length).every((step, index) => step === other[index]);
    });
    if (clash) throw invalid('Invalid expression: Two document paths overlap with each other');
  });
}

type Tree = { whole?: Value; names: Map<string, Tree>; indexes: Map<number, Tree> };
const tree = (): Tree => ({ names: new Map(), indexes: new Map() });

function child<K>(children: Map<K, Tree>, key: K): Tree {
  const found = children.get(key) ?? tree();
  children.set(key, found);
  return found;
}

function grown(node: Tree): Value {
  if (node.whole) return node.whole;
  if (node.indexes.size > 0)
    return { L: [...node.indexes].sort(([a], [b]) => a - b).map(([, inner]) => grown(inner)) };
  return { M: Object.fromEntries([...node.names].map(([name, inner]) => [name, grown(inner)])) };
}

/** Only what the paths name, in its place; elements of a list close up. */
export function projected(item: Item, paths: readonly Path[]): Item {
  const root = tree();
  for (const path of paths) {
    const value = read(item, path);
    if (value === undefined) continue;
    let node = root;
    for (const step of path)
      node = typeof step === 'number' ? child(node.indexes, step) : child(node.names, step);
    node.whole = value;
  }
  return grown(root).M as Item;
}
