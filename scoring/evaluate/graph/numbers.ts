/** Operations on the values themselves. Sums inside one operation are not rounded on the way. */
import { count, first, kept, type Operation } from './frame.ts';

/** One value from one value. */
export const each =
  (change: (value: number) => number): Operation =>
  (frame) => {
    const { node, out } = frame;
    const x = first(frame);
    const round = kept(node);
    return () => {
      for (let i = 0; i < out.length; i++) out[i] = round(change(x[i] as number));
    };
  };

/** One value from the two that stand at its place in both inputs, which are as long as it is. */
export const pair =
  (combine: (a: number, b: number) => number): Operation =>
  ({ node, inputs, out }) => {
    const [a, b] = inputs as [Float64Array, Float64Array];
    const round = kept(node);
    return () => {
      for (let i = 0; i < out.length; i++) out[i] = round(combine(a[i] as number, b[i] as number));
    };
  };

/** Every `width` values as one group, changed where they stand. */
export const groups =
  (change: (group: Float64Array) => void): Operation =>
  (frame) => {
    const { node, out } = frame;
    const x = first(frame);
    const width = count(node.attributes.width);
    const parts = Array.from({ length: out.length / width }, (_, i) =>
      out.subarray(i * width, (i + 1) * width),
    );
    const round = kept(node);
    return () => {
      out.set(x);
      for (const part of parts) change(part);
      for (let i = 0; i < out.length; i++) out[i] = round(out[i] as number);
    };
  };

/** `rows` × `inner` times `inner` × `columns`. */
export const product: Operation = ({ node, inputs, out }) => {
  const [a, b] = inputs as [Float64Array, Float64Array];
  const [rows, inner, columns] = ['rows', 'inner', 'columns'].map((name) => count(node.attributes[name])) as [
    number,
    number,
    number,
  ];
  const round = kept(node);
  return () => {
    for (let i = 0; i < rows; i++) {
      const line = out.subarray(i * columns, (i + 1) * columns).fill(0);
      for (let k = 0; k < inner; k++) {
        const factor = a[i * inner + k] as number;
        for (let j = 0; j < columns; j++)
          line[j] = (line[j] as number) + factor * (b[k * columns + j] as number);
      }
      for (let j = 0; j < columns; j++) line[j] = round(line[j] as number);
    }
  };
};

/** The place of the largest value in each group of `width`; of equal ones the first, or the `last`. */
export const largest: Operation = (frame) => {
  const { node, out } = frame;
  const x = first(frame);
  const width = count(node.attributes.width);
  const last = count(node.attributes.last) === 1;
  return () => {
    for (let i = 0; i < out.length; i++) {
      let best = 0;
      for (let j = 1; j < width; j++) {
        const value = x[i * width + j] as number;
        const top = x[i * width + best] as number;
        if (value > top || (last && value === top)) best = j;
      }
      out[i] = best;
    }
  };
};
