import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { caps } from '../../scoring/caps.ts';
import { tableStore } from '../../scoring/checks/tables.ts';
import { isRefusal } from '../../scoring/refusals.ts';

const anyTables = fc.array(fc.uint8Array({ minLength: 2, maxLength: 5, max: 1 }), { maxLength: 60 });

test('categorical splits that are alike share one table, and each keeps its own bytes', () => {
  fc.assert(
    fc.property(anyTables, (tables) => {
      const store = tableStore(caps);
      const indexes = tables.map((table) => store.add(table));
      const { tableStart, tables: bytes } = store.finish();
      for (const [i, table] of tables.entries()) {
        const index = indexes[i] as number;
        expect(bytes.slice(tableStart[index], tableStart[index + 1])).toEqual(table);
      }
      expect(tableStart.length - 1).toBe(new Set(tables.map(String)).size);
    }),
  );
});

test('only tables that are kept count towards the cap', () => {
  const store = tableStore({ ...caps, tableBytes: 8 });
  const table = Uint8Array.of(0, 1, 0, 1);
  for (let i = 0; i < 5; i++) expect(store.add(table)).toBe(0);
  expect(store.add(Uint8Array.of(1, 1, 0, 1))).toBe(1);
  try {
    store.add(Uint8Array.of(0, 0));
    expect.unreachable();
  } catch (error) {
    expect(isRefusal(error) && error.code).toBe('too_large');
  }
});

test('tables of one hash are told apart', () => {
  // Two tables of the same FNV-1a hash, found by trying.
  const alike = ['0111010011101101110101011001110010001000', '1100110111101110111001110011011011011101'];
  const store = tableStore(caps);
  const [first, second] = alike.map((bits) => store.add(Uint8Array.from(bits, Number)));
  expect(second).not.toBe(first);
});
