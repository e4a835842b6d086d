import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributes, plainItem } from '../../adapters/attributes.ts';
import { logItem, rowsOf } from '../../adapters/logCodec.ts';
import { idAt, rowId } from '../../domain/id.ts';
import { type Log, logId } from '../../domain/log.ts';
import { itemBytes } from '../support/dynamodb/value.ts';

const id = logId(idAt(1_790_000_000_123, Buffer.alloc(10, 7)));
const log: Log = {
  id,
  deployment_id: 'd',
  rows: 1,
  status_code: 200,
  latency_ms: 1.5,
  predictions: ['1'],
  inputs: [{ a: 1 }],
  key_id: 'key:k',
  flags: [],
  exp: 1_800_000_000,
};
/** The item as it comes back from the table. */
const stored = (given: Log) => {
  const { item, payload } = logItem(given, 4, 'payloads/d/1');
  return { item: plainItem(attributes(item)), payload };
};

const cell = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);
const record = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  cell,
  { maxKeys: 40, noNullPrototype: true },
);

test('what was logged is what is listed, whatever the rows hold', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (inputs) => {
      const predictions = inputs.map((_, i) => i / 7);
      const { item, payload } = stored({ ...log, rows: inputs.length, inputs, predictions });
      const rows = rowsOf('d', item, payload).reverse();
      expect(rows.map((row) => row.inputs)).toEqual(JSON.parse(JSON.stringify(inputs)));
      expect(rows.map((row) => row.prediction)).toEqual(predictions);
      expect(rows.map((row) => row.id)).toEqual(inputs.map((_, i) => rowId(id, i)));
    }),
  );
});

test('a failed request is one row without inputs and without a prediction', () => {
  const { item } = stored({
    ...log,
    status_code: 422,
    predictions: null,
    inputs: null,
    flags: ['no_payload'],
  });
  expect(rowsOf('d', item)).toEqual([
    {
      ...{ id, deployment_id: 'd', inputs: null, prediction: null, latency_ms: 1.5, status_code: 422 },
      created_at: '2026-09-21T14:13:20.123000Z',
    },
  ]);
});

test('a record of a hundred features and five of thirty each fit one write unit', () => {
  const row = (features: number, at = 0) =>
    Object.fromEntries(
      Array.from({ length: features }, (_, i) => [`feature_${i}`, Number(Math.sin(i + at).toFixed(4))]),
    );
  const bytes = (given: Log) => itemBytes(attributes(logItem(given, 1, 'p').item) as never);
  expect(bytes({ ...log, inputs: [row(100)] })).toBeLessThanOrEqual(1024);
  const inputs = Array.from({ length: 5 }, (_, i) => row(30, i));
  expect(bytes({ ...log, rows: 5, inputs, predictions: inputs.map(() => 0.1234) })).toBeLessThanOrEqual(1024);
});

test('inputs too large for an item lie apart, and are found again', () => {
  const inputs = Array.from({ length: 1000 }, (_, i) => ({ x: Math.sin(i), y: Math.cos(i) }));
  const { item, payload } = stored({ ...log, rows: 1000, inputs, predictions: inputs.map(() => 1) });
  expect(item).toMatchObject({ r: { key: 'payloads/d/1' } });
  expect(item.z).toBeUndefined();
  expect(rowsOf('d', item, payload).reverse()[7]?.inputs).toEqual(inputs[7]);
  expect(rowsOf('d', item)[0]?.inputs).toBeNull();
});
