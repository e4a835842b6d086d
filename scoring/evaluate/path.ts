/**
 * The distinct features on the way down to a node, with what TreeSHAP knows of each: its calculus, and
 * nothing of trees.
 */
export type Path = { feature: Int32Array; zero: Float64Array; one: Float64Array; weight: Float64Array };

/** Room for the paths of one walk: each level keeps its own copy, one after the other. */
export function pathsFor(depth: number): Path {
  const size = ((depth + 3) * (depth + 4)) / 2;
  return {
    feature: new Int32Array(size),
    zero: new Float64Array(size),
    one: new Float64Array(size),
    weight: new Float64Array(size),
  };
}

export function copy({ feature, zero, one, weight }: Path, from: number, to: number, length: number): void {
  for (let i = 0; i < length; i++) {
    feature[to + i] = feature[from + i] as number;
    zero[to + i] = zero[from + i] as number;
    one[to + i] = one[from + i] as number;
    weight[to + i] = weight[from + i] as number;
  }
}

/** The first entry of a path stands for no feature. */
export function indexOf(features: Int32Array, feature: number, at: number, length: number): number {
  for (let i = 1; i <= length; i++) if (features[at + i] === feature) return i;
  return -1;
}

export function extend(
  path: Path,
  at: number,
  length: number,
  feature: number,
  zero: number,
  one: number,
): void {
  const { weight } = path;
  path.feature[at + length] = feature;
  path.zero[at + length] = zero;
  path.one[at + length] = one;
  weight[at + length] = length === 0 ? 1 : 0;
  for (let i = length - 1; i >= 0; i--) {
    const part = (weight[at + i] as number) / (length + 1);
    weight[at + i + 1] = (weight[at + i + 1] as number) + one * part * (i + 1);
    weight[at + i] = zero * part * (length - i);
  }
}

/** Takes one feature back out of the path. */
export function unwind(path: Path, at: number, length: number, index: number): void {
  const { weight, zero, one, feature } = path;
  const hot = one[at + index] === 1;
  const z = zero[at + index] as number;
  let next = weight[at + length] as number;
  for (let i = length - 1; i >= 0; i--) {
    const w = weight[at + i] as number;
    if (hot) {
      weight[at + i] = (next * (length + 1)) / (i + 1);
      next = w - ((weight[at + i] as number) * z * (length - i)) / (length + 1);
    } else weight[at + i] = (w * (length + 1)) / (z * (length - i));
  }
  for (let i = index; i < length; i++) {
    feature[at + i] = feature[at + i + 1] as number;
    zero[at + i] = zero[at + i + 1] as number;
    one[at + i] = one[at + i + 1] as number;
  }
}

/** The sum of the weights without a feature that the row follows. */
export function hotSum(weight: Float64Array, at: number, length: number, zero: number): number {
  let next = weight[at + length] as number;
  let total = 0;
  for (let i = length - 1; i >= 0; i--) {
    const part = next / (i + 1);
    total += part;
    next = (weight[at + i] as number) - part * zero * (length - i);
  }
  return total * (length + 1);
}

/**
 * The same without a feature that the row does not follow, times its share: the share cancels, so all have
 * one sum.
 */
export function coldSum(weight: Float64Array, at: number, length: number): number {
  let total = 0;
  for (let i = length - 1; i >= 0; i--) total += (weight[at + i] as number) / (length - i);
  return total * (length + 1);
}
