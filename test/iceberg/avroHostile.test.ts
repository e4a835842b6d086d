import fc from 'fast-check';
import { expect, test } from 'vitest';
import { avroType } from '../../iceberg/avro.ts';
import { cursorOn, readValue } from '../../iceberg/avroDecode.ts';
import { newSink, writeLong, written } from '../../iceberg/avroEncode.ts';
import { readAvroFile, writeAvroFile } from '../../iceberg/avroFile.ts';
import { isFault } from '../../iceberg/fault.ts';
import type { Json } from '../../iceberg/json64.ts';

const rows = Array.from({ length: 3000 }, (_, i) => ({ id: i, text: `row ${i} `.repeat(20), none: null }));
const schema: Json = {
  type: 'record',
  name: 'row',
  fields: [
    { name: 'id', type: 'long', 'field-id': 100 },
    { name: 'text', type: 'string' },
    { name: 'none', type: ['null', 'int'], default: null },
  ],
};

const faultOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return isFault(error) ? error.message : `not a fault: ${String(error)}`;
  }
  return 'read';
};

const record = (...fields: Json[]): Json => ({ type: 'record', name: 'top', fields });
const field = (name: string, type: Json) => ({ name, type });
const chain = Array.from({ length: 80 }, (_, i) =>
  field(`f${i}`, { type: 'record', name: `n${i}`, fields: i === 0 ? [] : [field('x', `n${i - 1}`)] }),
);
const doubling = Array.from({ length: 40 }, (_, i) =>
  field(`f${i}`, {
    type: 'record',
    name: `n${i}`,
    fields: i === 0 ? [] : [field('x', `n${i - 1}`), field('y', `n${i - 1}`)],
  }),
);
const deep = (levels: number): Json => (levels === 0 ? 'int' : { type: 'array', items: deep(levels - 1) });

test.each<[string, Json]>([
  ['a record that contains itself', record(field('self', 'top'))],
  ['an unknown type', record(field('x', 'money'))],
  ['a name that is not one', record(field('__proto__', 'int'))],
  ['a field twice', record(field('x', 'int'), field('x', 'int'))],
  ['a chain of names', record(...chain)],
  ['types within types', record(field('x', deep(100)))],
])('a schema with %s is refused', (_, bad) => {
  expect(faultOf(() => avroType(bad))).toMatch(/^Avro: /);
});

test('values that take no bytes do not go on for ever', () => {
  const sink = newSink();
  writeLong(sink, 2 ** 45);
  const read = (type: Json) => faultOf(() => readValue(avroType(type), cursorOn(written(sink))));
  expect(read({ type: 'array', items: 'null' })).toMatch(/more values/);
  expect(read(record(...doubling))).toMatch(/more values/);
});

test('a block that unpacks to too much is refused', () => {
  const bytes = writeAvroFile(schema, rows);
  expect(bytes.length).toBeLessThan(50_000);
  expect(faultOf(() => readAvroFile(bytes, undefined, 700_000))).toBe('read');
  expect(faultOf(() => readAvroFile(bytes, undefined, 400_000))).toMatch(
    /cannot be unpacked, or is too large/,
  );
});

test('snappy is refused by name', () => {
  const bytes = writeAvroFile(schema, rows.slice(0, 1), {}, { codec: 'null' });
  const at = Buffer.from(bytes).indexOf('avro.codec');
  const snappy = Buffer.concat([
    bytes.subarray(0, at + 10),
    Buffer.from([12, ...Buffer.from('snappy')]),
    bytes.subarray(at + 15),
  ]);
  expect(faultOf(() => readAvroFile(snappy))).toMatch(
    'Avro files packed with snappy, which is not supported',
  );
});

test('whatever the bytes, a file is read or refused', () => {
  const good = Buffer.from(writeAvroFile(schema, rows.slice(0, 50), {}, { codec: 'null' }));
  const change = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(change, fc.nat(good.length), (changes, length) => {
      const bytes = Buffer.from(good.subarray(0, length % 7 === 0 ? length : good.length));
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      const outcome = faultOf(() => readAvroFile(bytes));
      seen.add(outcome === 'read');
      expect(outcome).not.toMatch(/^not a fault/);
    }),
    { numRuns: 2000 },
  );
  expect(seen.size).toBe(2);
});
