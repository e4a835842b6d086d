import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyHash, canonical, keyForm, operationId, place } from '../../domain/idempotency.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
};
const json = fc.jsonValue({ maxDepth: 4 });

test('bodies that mean the same have one spelling, whatever the order of their fields', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonical(shuffled(value))).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('bodies that mean something else have another', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const [x, y] = [a, b].map((value) => JSON.stringify(shuffledSorted(value)));
      expect(bodyHash(a) === bodyHash(b)).toBe(x === y);
    }),
  );
});
const shuffledSorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffledSorted);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return keys
    .map((key) => [key, shuffledSorted((value as Record<string, unknown>)[key])])
    .concat([['object']]);
};

test('no body and an absent field are spelled too', () => {
  expect([canonical(undefined), canonical({ a: undefined, b: 1 }), canonical([undefined])]).toEqual([
    'null',
    '{"b":1}',
    '[null]',
  ]);
});

test('a request has its place by caller, method, path and key, and no two share one', () => {
  const part = fc.string({ maxLength: 4 }).map((text) => text.replaceAll('\u0000', ''));
  const four = fc.tuple(part, part, part, part);
  fc.assert(
    fc.property(four, four, (a, b) => {
      expect(place(...a) === place(...b)).toBe(a.join('\u0000') === b.join('\u0000'));
    }),
  );
});

test('each attempt at a place is an operation of its own, always the same one', () => {
  const id = operationId('I#1', 1);
  expect(id).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(operationId('I#1', 1)).toBe(id);
  expect(new Set([id, operationId('I#1', 2), operationId('I#2', 1)]).size).toBe(3);
});

test('a key is 1 to 255 printable ASCII characters', () => {
  expect(['a', ' ', '~', 'k'.repeat(255)].map((key) => keyForm.test(key))).toEqual([true, true, true, true]);
  expect(['', 'k'.repeat(256), 'ä', '\n', 'a\n', '\u007f', '\t'].filter((key) => keyForm.test(key))).toEqual(
    [],
  );
});
