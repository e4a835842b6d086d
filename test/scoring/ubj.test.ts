import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUbj } from '../../scoring/bytes/ubj.ts';
import { type Caps, caps } from '../../scoring/caps.ts';
import { importModel } from '../../scoring/import.ts';
import { bytesOf, stump, xgboostDocument, xgboostTree } from './documents.ts';
import { bytesOfText, encode, numberBytes } from './ubjson.ts';

const parse = (...parts: (string | number[])[]) =>
  parseUbj(Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? bytesOfText(part) : part))));

const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.int8Array(),
    fc.uint8Array(),
    fc.int16Array(),
    fc.int32Array(),
    fc.float32Array(),
    fc.float64Array(),
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), tie('document'), {
      maxKeys: 4,
      noNullPrototype: false,
    }),
  ),
}));

describe('UBJSON', () => {
  test('of any document is that document again, its containers counted or ended', () => {
    fc.assert(
      fc.property(document, fc.boolean(), (value, counted) => {
        expect(plain(parseUbj(Uint8Array.from(encode(value, { counted }))))).toEqual(plain(value));
      }),
      { numRuns: 500 },
    );
  });

  test('of a model is the model of its JSON', () => {
    const tree = {
      ...xgboostTree(stump),
      left_children: Int32Array.from(stump.left),
      split_conditions: Float32Array.from(stump.condition.map(Number)),
      default_left: Uint8Array.of(0, 0, 0),
    };
    const binary = Uint8Array.from(encode(xgboostDocument({ trees: [tree] }), { counted: true }));
    const text = importModel(bytesOf(xgboostDocument()));
    expect(text).toHaveProperty('model');
    expect(importModel(binary)).toEqual(text);
  });

  test('takes lengths of every whole kind, and 64-bit numbers in lists', () => {
    for (const marker of ['i', 'U', 'I', 'l', 'L'])
      expect(parse('S', marker, numberBytes(marker, 2), 'hi')).toBe('hi');
    expect(parse('[$L#i', [2], numberBytes('L', 7), numberBytes('L', -7))).toEqual(Float64Array.of(7, -7));
    expect(parse('Ca')).toBe('a');
  });

  test.each<[name: string, parts: (string | number[])[]]>([
    ['nothing', ['']],
    ['a text longer than the file', ['SL', numberBytes('L', 2 ** 52), 'a']],
    ['a text of negative length', ['Si', [255]]],
    ['a length that is no whole number', ['Sd', numberBytes('d', 1), 'a']],
    ['a list of a billion numbers', ['[$d#l', numberBytes('l', 1e9)]],
    ['a billion of what takes no bytes', ['[$Z#l', numberBytes('l', 1e9)]],
    ['a typed list without a count', ['[$i', [1, 2], ']']],
    ['a typed object', ['{$i#i', [1]]],
    ['a list that does not end', ['[TT']],
    ['an object that does not end', ['{i', [1], 'aT']],
    ['a counted list that ends early', ['[#i', [3], 'TT']],
    ['a key that is no text', ['{T']],
    ['half a number', ['D', [0, 0, 0]]],
    ['an unknown marker', ['x']],
    ['a no-op', ['[N]']],
    ['a number as text', ['Hi', [1], '5']],
    ['letters that are no UTF-8', ['Si', [1, 255]]],
    ['bytes after the end', ['TT']],
  ])('with %s is refused', (_, parts) => {
    expect(() => parse(...parts)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  test('may nest as deep as the cap and no deeper, and hold as many parts', () => {
    const nested = (depth: number) => parse('['.repeat(depth), ']'.repeat(depth));
    expect(nested(caps.nesting)).toEqual(expect.any(Array));
    expect(() => nested(caps.nesting + 1)).toThrow(expect.objectContaining({ code: 'too_large' }));
    expect(() => nested(1_000_000)).toThrow(expect.objectContaining({ code: 'too_large' }));
    const holds = (text: string, most: Partial<Caps>) =>
      parseUbj(Uint8Array.from(bytesOfText(text)), { ...caps, ...most });
    expect(holds('[[]]', { jsonContainers: 2 })).toEqual([[]]);
    expect(() => holds('[[]]', { jsonContainers: 1 })).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    );
    expect(holds('[ZZ]', { jsonStrings: 3 })).toEqual([null, null]);
    expect(() => holds('[ZZ]', { jsonStrings: 2 })).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  test('with the keys that every object has keeps them as plain names', () => {
    const parsed = parse('{i', [9], '__proto__{i', [1], 'aT}}');
    expect(Object.getPrototypeOf(parsed)).toBeNull();
    expect(Object.keys(parsed as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

/** Objects as lists of their entries, so that neither prototypes nor `__proto__` matter. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  return { entries: Object.entries(value).map(([key, item]) => [key, plain(item)]) };
}
