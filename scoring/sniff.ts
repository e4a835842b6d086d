import { foreignFile, native } from './foreign.ts';
import { refuse } from './refusals.ts';

export type Sniffed =
  | 'xgboost-json'
  | 'xgboost-ubj'
  | 'xgboost-legacy'
  | 'lightgbm-text'
  | 'onnx'
  | 'pickle'
  | 'zip'
  | 'tar.gz';

const latin = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

/** What each format begins with; the first row that fits decides. */
const rows: readonly [format: Sniffed, is: (bytes: Uint8Array, head: string) => boolean][] = [
  ['xgboost-json', (_, head) => /^(\xef\xbb\xbf)?\s*\{[\s"}]/.test(head)],
  ['xgboost-ubj', (_, head) => /^\{[iUIlL#]/.test(head)],
  ['lightgbm-text', (_, head) => /^tree\r?\n/.test(head)],
  ['zip', (_, head) => head.startsWith('PK\x03\x04')],
  ['tar.gz', (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b],
  ['pickle', (bytes, head) => (bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5) || head.startsWith('ccopy_reg')],
  ['xgboost-legacy', (bytes, head) => head.startsWith('binf') || isLegacy(bytes)],
  ['onnx', isOnnx],
];

/** Which format are these bytes? Names of files are not asked: they lie. What is none throws its refusal. */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = latin(bytes.subarray(0, 4096));
  const foreign = foreignFile(bytes, head);
  if (foreign) throw foreign;
  const row = rows.find(([, is]) => is(bytes, head));
  if (row) return row[0];
  const what = bytes.length === 0 ? 'The file is empty.' : 'The file is in no format that is known here.';
  throw refuse('unsupported_format', what, native);
}

/** The old format has no magic number, but 136 bytes in there is the length of an objective's name. */
function isLegacy(bytes: Uint8Array): boolean {
  if (bytes.length < 160) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(136, true);
  if (length < 3 || length > 64 || view.getUint32(140, true) !== 0) return false;
  return /^(binary|multi|reg|rank|count|survival):?[a-z:]*$/.test(latin(bytes.subarray(144, 144 + length)));
}

const graph = 7;
const largestField = 25;

/** A protobuf message of few fields, the first a number and one of them a graph, field 7 of an ONNX model. */
function isOnnx(bytes: Uint8Array): boolean {
  let next: Field | undefined = fieldAt(bytes, 0);
  if (next?.number !== 1 || next.isBytes) return false;
  for (let fields = 0; fields < 1000 && next !== undefined; fields++) {
    if (next.number === graph) return next.isBytes;
    next = fieldAt(bytes, next.end);
  }
  return false;
}

type Field = { number: number; isBytes: boolean; end: number };

/** The field of a message at `at`, if it is one that an ONNX model can have: a number, or counted bytes. */
function fieldAt(bytes: Uint8Array, at: number): Field | undefined {
  const tag = varint(bytes, at);
  const value = tag && varint(bytes, tag.end);
  if (!value) return undefined;
  const number = Math.floor(tag.value / 8);
  const type = tag.value % 8;
  if (number === 0 || number > largestField || (type !== 0 && type !== 2)) return undefined;
  return { number, isBytes: type === 2, end: value.end + (type === 2 ? value.value : 0) };
}

/** Seven bits a byte, the lowest first; numbers beyond 2^35 do not occur in a header. */
function varint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value, end: start + i + 1 };
  }
  return undefined;
}
