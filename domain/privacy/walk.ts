export type Scalar = string | number | boolean;
/** What becomes of a scalar; the path is the names above it, which say what it is about. */
export type Leaf = (value: Scalar, path: string) => unknown;

/** Of lists and objects in one another. */
const deepest = 4;

/** A copy of a JSON value with its scalars replaced. Lists and objects below the fourth level are replaced whole. */
export function walk(value: unknown, path: string, leaf: Leaf, tooDeep: () => unknown, depth = 0): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return leaf(value, path);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return tooDeep();
  if (Array.isArray(value)) return value.map((each) => walk(each, path, leaf, tooDeep, depth + 1));
  const entries = Object.entries(value).map(([name, each]) => [
    name,
    walk(each, `${path} ${name}`, leaf, tooDeep, depth + 1),
  ]);
  return Object.fromEntries(entries);
}
