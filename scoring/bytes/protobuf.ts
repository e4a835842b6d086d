/**
 * Reads protocol buffers (encoding: protobuf.dev/programming-guides/encoding) in place: a message is its bytes, and
 * each question walks over its fields once. Nothing is allocated but what is asked for, and nothing recurses.
 */
import { malformed, tooLarge } from '../refusals.ts';

export type Message = Uint8Array;

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** What is called for each field: its number, its wire type, and where its value begins and ends. */
type Visit = (field: number, type: number, start: number, end: number) => void;

const broken = () => malformed('The protocol buffers in the file are broken.');

export function eachField(message: Message, visit: Visit): void {
  let at = 0;
  while (at < message.length) {
    const keyEnd = endOfVarint(message, at);
    const key = varint(message, at);
    const field = Math.floor(key / 8);
    if (!(field >= 1 && field < 2 ** 29)) throw broken();
    const type = key % 8;
    const start = type === wire.bytes ? endOfVarint(message, keyEnd) : keyEnd;
    const end = endOfValue(message, type, keyEnd, start);
    if (end > message.length) throw broken();
    visit(field, type, start, end);
    at = end;
  }
}

function endOfValue(message: Message, type: number, keyEnd: number, start: number): number {
  switch (type) {
    case wire.varint:
      return endOfVarint(message, start);
    case wire.fixed64:
      return start + 8;
    case wire.fixed32:
      return start + 4;
    case wire.bytes: {
      const length = varint(message, keyEnd);
      if (!(length >= 0)) throw broken();
      return start + length;
    }
    default:
      throw broken();
  }
}

function endOfVarint(bytes: Uint8Array, start: number): number {
  const last = Math.min(bytes.length, start + 10);
  for (let at = start; at < last; at++) if ((bytes[at] as number) < 128) return at + 1;
  throw broken();
}

/** A signed whole number of 64 bits; beyond 2^53 it is only near. */
export function varint(bytes: Uint8Array, start: number): number {
  let value = 0;
  let power = 1;
  for (let at = start; at < start + 9; at++) {
    const byte = bytes[at] as number;
    value += (byte & 127) * power;
    if (byte < 128) return value;
    power *= 128;
  }
  // The tenth byte holds the sign: a negative number counts up from −2^63.
  if ((bytes[start + 9] as number) !== 1) throw broken();
  return negative(bytes, start);
}

/** Minus one more than the number whose bits are the other ones, which keeps small negative numbers exact. */
function negative(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let i = 8; i >= 0; i--) value = value * 128 + (~(bytes[start + i] as number) & 127);
  return -value - 1;
}

/** The bytes of the last field of this number, which is the one that counts; undefined without one. */
export function bytesIn(message: Message, field: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  eachField(message, (number, type, start, end) => {
    if (number !== field) return;
    if (type !== wire.bytes) throw broken();
    found = message.subarray(start, end);
  });
  return found;
}

export function wholeIn(message: Message, field: number): number | undefined {
  let found: number | undefined;
  eachField(message, (number, type, start) => {
    if (number !== field) return;
    if (type !== wire.varint) throw broken();
    found = varint(message, start);
  });
  return found;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textFrom(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('A text in the file is not UTF-8.');
  }
}

export function textIn(message: Message, field: number): string {
  return textFrom(bytesIn(message, field) ?? new Uint8Array(0));
}

/** Every field of this number, in order: messages or texts inside, as bytes. */
export function allIn(message: Message, field: number, most: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  eachField(message, (number, type, start, end) => {
    if (number !== field) return;
    if (type !== wire.bytes) throw broken();
    if (found.length >= most) throw tooLarge('The file has too many parts.');
    found.push(message.subarray(start, end));
  });
  return found;
}

/** How many bytes a number takes in a packed list. */
type Width = 4 | 8;

/** A list of numbers of a fixed width, packed or not. */
function fixedIn(message: Message, field: number, width: Width): Float64Array {
  const single = width === 4 ? wire.fixed32 : wire.fixed64;
  let count = 0;
  eachField(message, (number, type, start, end) => {
    if (number !== field) return;
    if ((type !== single && type !== wire.bytes) || (end - start) % width !== 0) throw broken();
    count += (end - start) / width;
  });
  const numbers = new Float64Array(count);
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let next = 0;
  eachField(message, (number, _, start, end) => {
    if (number !== field) return;
    for (let at = start; at < end; at += width)
      numbers[next++] = width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
  });
  return numbers;
}

export const floatsIn = (message: Message, field: number): Float64Array => fixedIn(message, field, 4);
export const doublesIn = (message: Message, field: number): Float64Array => fixedIn(message, field, 8);

/** A list of whole numbers, packed or not. */
export function wholesIn(message: Message, field: number): Float64Array {
  let count = 0;
  eachField(message, (number, type, start, end) => {
    if (number !== field) return;
    if (type !== wire.varint && type !== wire.bytes) throw broken();
    for (let at = start; at < end; at++) if ((message[at] as number) < 128) count++;
  });
  const numbers = new Float64Array(count);
  let next = 0;
  eachField(message, (number, _, start, end) => {
    if (number !== field) return;
    for (let at = start; at < end; ) {
      const after = endOfVarint(message, at);
      if (after > end) throw broken();
      numbers[next++] = varint(message, at);
      at = after;
    }
  });
  return numbers;
}
