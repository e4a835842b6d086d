import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AvroValue, avroType } from '../../iceberg/avro.ts';
import { cursorOn, readLong, readValue } from '../../iceberg/avroDecode.ts';
import { newSink, writeLong, writeValue, written } from '../../iceberg/avroEncode.ts';
import { readAvroFile, writeAvroFile } from '../../iceberg/avroFile.ts';
import type { Json } from '../../iceberg/json64.ts';
import { renameField } from '../../iceberg/manifestSchema.ts';
import { bytesAt, filesOf, haveThirdParty } from './support/fixtures.ts';

interface Sample {
  schema: Json;
  value: AvroValue;
}

const of = (type: Json, values: fc.Arbitrary<AvroValue>): fc.Arbitrary<Sample> =>
  values.map((value) => ({ schema: type, value }));
const float = fc.float().map((value) => (Object.is(value, -0) ? 0 : value));
const simple = fc.oneof(
  of('boolean', fc.boolean()),
  of('int', fc.integer()),
  of('long', fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }))),
  of({ type: 'long', logicalType: 'timestamp-micros' }, fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) })),
  of('float', float),
  of('double', fc.double()),
  of('string', fc.string({ unit: 'grapheme' })),
  of('bytes', fc.uint8Array().map(Buffer.from)),
);
let names = 0;
const sample = fc.letrec<{ one: Sample }>((tie) => ({
  one: fc.oneof(
    { depthSize: 'small' },
    simple,
    tie('one').map(({ schema, value }) => ({
      schema: { type: 'array', items: schema },
      value: [value, value],
    })),
    tie('one').map(({ schema, value }) => ({
      schema: { type: 'map', values: schema },
      value: { key: value },
    })),
    fc.tuple(tie('one'), fc.boolean()).map(([{ schema, value }, empty]) => ({
      schema: Array.isArray(schema) ? schema : ['null', schema],
      value: empty ? null : value,
    })),
    fc.array(tie('one'), { maxLength: 4 }).map((fields) => ({
      schema: {
        type: 'record',
        name: `r${names++}`,
        fields: fields.map(({ schema }, i) => ({ name: `f${i}`, type: schema })),
      },
      value: Object.fromEntries(fields.map(({ value }, i) => [`f${i}`, value])),
    })),
  ),
})).one;

test('every value is read as it was written', () => {
  fc.assert(
    fc.property(sample, ({ schema, value }) => {
      const type = avroType(schema);
      const sink = newSink();
      writeValue(sink, type, value);
      const cursor = cursorOn(written(sink));
      expect(readValue(type, cursor)).toEqual(value);
      expect(cursor.at).toBe(sink.length);
    }),
  );
});

test('every long of 64 bits is read as it was written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const sink = newSink();
      writeLong(sink, value);
      expect(BigInt(readLong(cursorOn(written(sink))))).toBe(value);
      if (Number.isSafeInteger(Number(value))) {
        const narrow = newSink();
        writeLong(narrow, Number(value));
        expect(written(narrow).equals(written(sink))).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

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

test.each(['null', 'deflate', 'zstandard'] as const)(
  'a file packed with %s is read as it was written',
  (codec) => {
    const bytes = writeAvroFile(schema, rows, { content: 'data' }, { codec });
    const file = readAvroFile(bytes);
    expect(file.records).toEqual(rows);
    expect(file.metadata).toMatchObject({ content: 'data', 'avro.codec': codec });
    expect(Buffer.compare(bytes, writeAvroFile(schema, rows, { content: 'data' }, { codec }))).toBe(0);
  },
);

test('another decoder reads what is written, and the file keeps its field ids', async () => {
  const bytes = writeAvroFile(schema, rows);
  const decoder = new avsc.streams.BlockDecoder();
  const seen: unknown[] = [];
  decoder.on('data', (row: object) => seen.push({ ...row }));
  const done = new Promise((resolve) => decoder.on('end', resolve));
  decoder.end(Buffer.from(bytes));
  await done;
  expect(seen).toEqual(rows);
  expect(readAvroFile(bytes).schema).toEqual(schema);
});

describe.skipIf(!haveThirdParty)('files of other writers', () => {
  const files = filesOf('**/*.avro').filter((path) => !path.includes('encrypted'));

  test('all are written again as they were read, names and metadata too', () => {
    expect(files.length).toBe(91);
    for (const path of files) {
      const { metadata, schema: given, records } = readAvroFile(bytesAt(path));
      const { 'avro.codec': _codec, 'avro.schema': _schema, ...others } = metadata;
      const again = readAvroFile(writeAvroFile(given, records, others));
      expect(again.records, path).toEqual(records);
      expect(again.schema, path).toEqual(given);
      expect(again.metadata, path).toMatchObject(others);
      expect(readAvroFile(bytesAt(path), renameField).records.length).toBe(records.length);
    }
  });
});
