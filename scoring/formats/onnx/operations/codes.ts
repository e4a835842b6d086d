import { refuse } from '../../../refusals.ts';
import type { Call } from '../call.ts';
import type { Value } from '../value.ts';

/** From each value's own code to a number, for texts that are features as they came. */
export function byCode(call: Call, value: Value, found: ReadonlyMap<string, number>, other: number) {
  const { graph, node } = call;
  if (!value.features)
    throw refuse(
      'unsupported_model',
      'The ONNX model computes texts, which is not supported.',
      'Export a model that encodes its text inputs directly.',
      node.at,
    );
  const total = found.size * value.features.length;
  graph.charge(total);
  const start = new Int32Array(value.features.length + 1);
  const values: number[] = [];
  value.features.forEach((feature, i) => {
    const own: number[] = [];
    for (const [text, number] of found) {
      const code = graph.levelOf(feature, text);
      while (own.length < code) own.push(other);
      own[code] = number;
    }
    graph.charge(own.length);
    for (const number of own) values.push(number);
    start[i + 1] = values.length;
  });
  return { start, values: Float64Array.from(values), other: Float64Array.of(other) };
}
