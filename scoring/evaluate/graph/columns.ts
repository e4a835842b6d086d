/** Operations that move the values of a row, look them up or make columns of them. */
import { count, first, indices, kept, numbers, type Operation } from './frame.ts';

/** `features`: which value of the row each value is. */
export const row: Operation = ({ node, out, source }) => {
  const features = indices(node.attributes.features);
  const round = kept(node);
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = round(source.row[features[i] as number] as number);
  };
};

export const constant: Operation = ({ node, out }) => {
  const values = numbers(node.attributes.values);
  return () => out.set(values);
};

/** Value i is value `at[i]` of input `from[i]`. */
export const pick: Operation = ({ node, inputs, out }) => {
  const from = indices(node.attributes.from);
  const at = indices(node.attributes.at);
  const round = kept(node);
  return () => {
    for (let i = 0; i < out.length; i++)
      out[i] = round((inputs[from[i] as number] as Float64Array)[at[i] as number] as number);
  };
};

/** Value i is 1 where value `at[i]` is one of `members` from `start[i]` on, else 0; NaN where it is NaN. */
export const member: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const at = indices(node.attributes.at);
  const start = indices(node.attributes.start);
  const members = numbers(node.attributes.members);
  const sets = Array.from(at, (_, i) => new Set(members.subarray(start[i], start[i + 1])));
  return () => {
    for (let i = 0; i < out.length; i++) {
      const value = x[at[i] as number] as number;
      out[i] = Number.isNaN(value) ? value : Number((sets[i] as Set<number>).has(value));
    }
  };
};

/** `values` stand in, place by place, for a value that is `replaced`, which may be NaN. */
export const impute: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const values = numbers(node.attributes.values);
  const replaced = numbers(node.attributes.replaced)[0] as number;
  return () => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number;
      const stands = value === replaced || (Number.isNaN(value) && Number.isNaN(replaced));
      out[i] = (stands ? values[i] : value) as number;
    }
  };
};

/** A value that is one of `keys` becomes the one of `values` beside it, any other becomes `other`; NaN may be a key. */
export const lookup: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const keys = numbers(node.attributes.keys);
  const values = numbers(node.attributes.values);
  const other = numbers(node.attributes.other)[0] as number;
  const found = new Map(Array.from(keys, (key, i) => [key, values[i] as number]));
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = found.get(x[i] as number) ?? other;
  };
};

/** The same for codes: value i has its own list in `values`, from `start[i]` on, and its code is the place in it. */
export const lookupCode: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const start = indices(node.attributes.start);
  const values = numbers(node.attributes.values);
  const other = numbers(node.attributes.other)[0] as number;
  return () => {
    for (let i = 0; i < out.length; i++) {
      const code = x[i] as number;
      const own = start[i] as number;
      const inside = code >= 0 && code < (start[i + 1] as number) - own;
      out[i] = (inside ? values[own + code] : other) as number;
    }
  };
};

/** Each value becomes `width` values: 1 at the place that it names, 0 elsewhere; −1 names none. */
export const hot: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const width = count(node.attributes.width);
  return () => {
    out.fill(0);
    for (let i = 0; i < x.length; i++) if ((x[i] as number) >= 0) out[i * width + (x[i] as number)] = 1;
  };
};
