import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allIn,
  bytesIn,
  doublesIn,
  eachField,
  floatsIn,
  textFrom,
  textIn,
  varint,
  wholeIn,
  wholesIn,
} from '../../scoring/bytes/protobuf.ts';
import { isRefusal } from '../../scoring/refusals.ts';
import { message, varintBytes } from './protobufBytes.ts';

const safe = fc.maxSafeInteger();
const single = fc.float({ noNaN: false });

/** What reading throws is a refusal, and nothing else. */
function refused(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  return null;
}

describe('protocol buffers', () => {
  test('whole numbers come back, negative ones too', () => {
    fc.assert(
      fc.property(safe, (value) => {
        expect(varint(Uint8Array.from(varintBytes(value)), 0)).toBe(value);
      }),
    );
  });

  test('lists come back, whether packed or not', () => {
    fc.assert(
      fc.property(fc.array(safe), fc.array(single), fc.array(fc.double()), (wholes, floats, doubles) => {
        const plain = message([
          ...wholes.map((value): [number, number] => [1, value]),
          ...floats.map((float): [number, { float: number }] => [2, { float }]),
          ...doubles.map((double): [number, { double: number }] => [3, { double }]),
        ]);
        const packed = message([
          [1, { packed: wholes }],
          [2, { floats }],
        ]);
        expect([...wholesIn(plain, 1)]).toEqual(wholes);
        expect([...wholesIn(packed, 1)]).toEqual(wholes);
        expect([...floatsIn(plain, 2)]).toEqual(floats);
        expect([...floatsIn(packed, 2)]).toEqual(floats);
        expect([...doublesIn(plain, 3)]).toEqual(doubles);
      }),
    );
  });

  test('texts and messages come back, and the last of several single values counts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), safe, (texts, value) => {
        const bytes = message([
          ...texts.map((text): [number, [number, string][]] => [4, [[1, text]]]),
          [5, 7],
          [5, value],
        ]);
        expect(allIn(bytes, 4, 1_000).map((inner) => textIn(inner, 1))).toEqual(texts);
        expect(textIn(bytesIn(bytes, 4) ?? new Uint8Array(0), 1)).toBe(texts.at(-1));
        expect(wholeIn(bytes, 5)).toBe(value);
        expect(wholeIn(bytes, 6)).toBeUndefined();
      }),
    );
  });

  test('any bytes are fields or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [wholesIn, floatsIn, doublesIn, textIn, wholeIn])
          expect([null, 'malformed']).toContain(refused(() => read(bytes, 1)));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a field of no number', [0x00, 0x01]],
    ['a group, which is no longer written', [0x0b]],
    ['a length beyond the end', [0x0a, 0x05, 0x01]],
    ['a negative length', [0x0a, ...varintBytes(-1)]],
    ['a number without an end', [0x08, 0xff]],
    ['a number of more than 64 bits', [0x08, ...Array(10).fill(0xff), 0x01]],
    ['a number of a few bits too many', [0x08, ...Array(9).fill(0xff), 0x02]],
    ['a number cut off', [0x0d, 0x01, 0x02]],
  ])('%s is refused', (_, bytes) => {
    const all = Uint8Array.from(bytes);
    expect(
      refused(() => eachField(all, (_field, type, start) => void (type === 0 && varint(all, start)))),
    ).toBe('malformed');
  });

  test('more parts than allowed and texts that are none are refused', () => {
    const bytes = message([
      [1, 'a'],
      [1, 'b'],
    ]);
    expect(allIn(bytes, 1, 2)).toHaveLength(2);
    expect(refused(() => allIn(bytes, 1, 1))).toBe('too_large');
    expect(refused(() => textFrom(Uint8Array.of(0xff)))).toBe('malformed');
    expect(refused(() => floatsIn(message([[1, 'abc']]), 1))).toBe('malformed');
  });
});
