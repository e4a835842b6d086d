import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fnv1a } from '../../../domain/drift/hash.ts';
import { byCodePoint, nameOf, numberOf } from '../../../domain/drift/values.ts';

describe('FNV-1a', () => {
  test.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
    ['merchant-42', 4183632402],
  ])('of %j is the published number', (text, hash) => expect(fnv1a(text)).toBe(hash));

  test('takes the bytes that an encoder writes, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            '\x7f',
            '\x80',
            'é',
            '\u07ff',
            '\u0800',
            '中',
            '\uffff',
            '😀',
            '\ud800',
            '\udc00',
            '\0',
          ),
        }),
        (text) => {
          let hash = 0x811c9dc5n;
          for (const byte of new TextEncoder().encode(text))
            hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
          expect(fnv1a(text)).toBe(Number(hash));
        },
      ),
    );
  });
});

describe('raw values', () => {
  test.each([
    [7, 7],
    ['7', 7],
    [' -1.5e3 ', -1500],
    ['.5', 0.5],
    [true, 1],
    [false, 0],
    ['', Number.NaN],
    ['0x10', Number.NaN],
    ['seven', Number.NaN],
    ['1e999', Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NaN],
    [null, Number.NaN],
    [undefined, Number.NaN],
    [[1], Number.NaN],
    [{ valueOf: 1 }, Number.NaN],
  ])('%j is the number %d', (value, number) => expect(numberOf(value)).toBe(number));

  test.each([
    ['text', 'red', 'red'],
    ['text', 'True', 'true'],
    ['text', true, 'true'],
    ['text', 3, '3'],
    ['text', ' ', ' '],
    ['text', '', null],
    ['text', null, null],
    ['text', Number.NaN, null],
    ['text', ['red'], null],
    ['boolean', true, 'true'],
    ['boolean', 'FALSE', 'false'],
    ['boolean', 1, 'true'],
    ['boolean', '0', 'false'],
    ['boolean', 2, null],
    ['boolean', 'yes', null],
    ['number', '3.0', '3'],
    ['number', -0, '0'],
    ['number', 'x', null],
  ] as const)('as %s, %j is the category %j', (reads, value, name) =>
    expect(nameOf(reads, value)).toBe(name),
  );

  test('a long text keeps its beginning and a hash of all of it', () => {
    const long = `${'x'.repeat(5000)}1`;
    expect(nameOf('text', long)).toMatch(/^x{48}…[0-9a-f]{8}$/);
    expect(nameOf('text', long)).not.toBe(nameOf('text', `${'x'.repeat(5000)}2`));
    expect(nameOf('text', 'x'.repeat(64))).toBe('x'.repeat(64));
  });

  test('texts are ordered by code point', () => {
    const unit = fc.constantFrom('a', 'é', '中', '\uffff', '😀', '𐀀');
    fc.assert(
      fc.property(fc.string({ unit }), fc.string({ unit }), (a, b) => {
        const points = (text: string) =>
          [...text].map((c) => (c.codePointAt(0) ?? 0).toString(16).padStart(6, '0'));
        const [x, y] = [points(a).join(), points(b).join()];
        expect(Math.sign(byCodePoint(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });
});
