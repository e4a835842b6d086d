import {
  allIn,
  bytesIn,
  doublesIn,
  floatsIn,
  type Message,
  textFrom,
  wholeIn,
  wholesIn,
} from '../../bytes/protobuf.ts';
import { caps } from '../../caps.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { elements } from './proto.ts';
import type { ElementType } from './value.ts';

/** A constant of the model; texts have no numbers and numbers no texts. */
export type Tensor = {
  type: ElementType;
  shape: number[];
  values: Float64Array | null;
  texts: string[] | null;
};

const types = new Map<number, ElementType>([
  [elements.single, 'single'],
  [elements.double, 'double'],
  [elements.whole, 'whole'],
  [elements.whole32, 'whole'],
  [elements.byte, 'whole'],
  [elements.truth, 'truth'],
  [elements.text, 'text'],
]);

export function elementType(type: number, at: string): ElementType {
  const found = types.get(type);
  if (found) return found;
  throw refuse(
    'unsupported_model',
    'The ONNX model has numbers of a type that is not supported.',
    'Export it with float, double, int32, int64, bool and string tensors.',
    at,
  );
}

/** How many values a tensor of this shape has. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, dimension) => size * dimension, 1);

export function tensorOf(message: Message, at: string): Tensor {
  if (wholeIn(message, 14) === 1 || bytesIn(message, 13))
    throw refuse(
      'unsupported_model',
      'The ONNX model keeps its data in another file.',
      'Save it as one file: onnx.save(model, path, save_as_external_data=False).',
      at,
    );
  const code = wholeIn(message, 2) ?? 0;
  const type = elementType(code, at);
  const shape = Array.from(wholesIn(message, 1));
  if (shape.length > caps.graphAxes) throw tooLarge(`A tensor has more than ${caps.graphAxes} axes.`, at);
  const size = sizeOf(shape);
  if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0))
    throw malformed('A constant has a shape that is none.', at);
  if (size > caps.graphValues) throw tooLarge(`A constant has more than ${caps.graphValues} values.`, at);
  const found = type === 'text' ? allIn(message, 6, caps.levels) : numbersOf(message, code, at);
  if (found.length !== size) throw malformed('A constant has more or fewer values than its shape.', at);
  if (found instanceof Float64Array) return { type, shape, values: found, texts: null };
  return { type, shape, values: null, texts: found.map(textFrom) };
}

function numbersOf(message: Message, type: number, at: string): Float64Array {
  const raw = bytesIn(message, 9);
  if (raw) return rawNumbers(raw, type, at);
  if (type === elements.single) return floatsIn(message, 4);
  if (type === elements.double) return doublesIn(message, 10);
  return wholesIn(message, type === elements.whole ? 7 : 5);
}

const widths = new Map<number, number>([
  [elements.single, 4],
  [elements.double, 8],
  [elements.whole, 8],
  [elements.whole32, 4],
  [elements.truth, 1],
  [elements.byte, 1],
]);

function rawNumbers(raw: Uint8Array, type: number, at: string): Float64Array {
  const width = widths.get(type) ?? 1;
  if (raw.length % width !== 0) throw malformed('A constant ends inside a number.', at);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = {
    [elements.single]: (place: number) => view.getFloat32(place, true),
    [elements.double]: (place: number) => view.getFloat64(place, true),
    [elements.whole]: (place: number) => Number(view.getBigInt64(place, true)),
    [elements.whole32]: (place: number) => view.getInt32(place, true),
    [elements.truth]: (place: number) => view.getUint8(place),
    [elements.byte]: (place: number) => view.getUint8(place),
  }[type as 1 | 11 | 7 | 6 | 9 | 2];
  return Float64Array.from({ length: raw.length / width }, (_, i) => read(i * width));
}
