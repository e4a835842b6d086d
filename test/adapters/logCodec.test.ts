import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributes, plainItem } from '../../adapters/aws/attributes.ts';
import { unpackBins } from '../../adapters/logs/logBins.ts';
import { answeredOf, logItem, packActuals, rowsOf } from '../../adapters/logs/logCodec.ts';
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
      flags: ['no_payload'],
    },
  ]);
});

test('what was replaced in a row is told of that row, and of no other', () => {
  const counts = fc.dictionary(fc.constantFrom('email', 'ssn', 'long_text'), fc.integer({ min: 1 }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 1000 }), (found) => {
      const rows = found.map(() => 0);
      const { item } = stored({ ...log, rows: rows.length, inputs: null, predictions: rows, found });
      const replaced = found.map((of) => (Object.keys(of).length > 0 ? of : undefined));
      expect(
        rowsOf('d', item)
          .reverse()
          .map((row) => row.replaced),
      ).toEqual(replaced);
    }),
  );
});

test('a record of a hundred features and five of thirty each fit one write unit, bins and request id included', () => {
  const row = (features: number, at = 0) =>
    Object.fromEntries(
      Array.from({ length: features }, (_, i) => [`feature_${i}`, Number(Math.sin(i + at).toFixed(4))]),
    );
  /** Deciles, label and score. */
  const bins = (features: number, at = 0) =>
    Uint8Array.from({ length: features + 2 }, (_, i) => Math.floor(Math.abs(Math.sin(i + at)) * 10));
  const long = { deployment_id: rowId(id, 1), key_id: `key:${id}`, request_id: id };
  const bytes = (given: Partial<Log>) => {
    const { item } = logItem({ ...log, ...long, ...given }, 1, 'p');
    const kept = Object.entries(item).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { B: value } : attributes({ [name]: value })[name],
    ]);
    return itemBytes(Object.fromEntries(kept.filter(([, value]) => value)) as never);
  };
  const shares = Array.from({ length: 20 }, (_, c) => (c + 1) / 210);
  for (const of of [[0.25, 0.75], shares])
    expect(bytes({ inputs: [row(100)], bins: [bins(100)], probabilities: [of] })).toBeLessThanOrEqual(1024);
  const inputs = Array.from({ length: 5 }, (_, i) => row(30, i));
  const five = { rows: 5, inputs, predictions: inputs.map(() => 0.1234) };
  const besides = { bins: inputs.map((_, i) => bins(30, i)), probabilities: inputs.map(() => shares) };
  expect(bytes({ ...five, ...besides })).toBeLessThanOrEqual(1024);
  expect(bytes({ ...five, ...besides })).toBeGreaterThan(bytes(five) + 201);
});

test('an item has the bins of its rows, with and without their inputs, and none of a model without a baseline', () => {
  const bins = [Uint8Array.of(1, 52, 10), Uint8Array.of(0, 3, 9)];
  for (const inputs of [[{ a: 1 }, { a: 2 }], null]) {
    const { item } = stored({ ...log, rows: 2, inputs, predictions: [1, 2], bins });
    expect(unpackBins(item.b as Uint8Array, 2)).toEqual({ each: bins });
  }
  for (const none of [null, undefined]) expect(stored({ ...log, bins: none }).item).not.toHaveProperty('b');
});

test('a log keeps what came true of its rows, and lists show it; a log without labels has none', () => {
  const { item } = stored({ ...log, rows: 3, predictions: ['a', 'b', 'c'] });
  expect(rowsOf('d', item).some((row) => 'actual' in row)).toBe(false);
  const actuals = new Map([
    [2, { value: 'c', lagSeconds: 5 }],
    [0, { value: 0.1 + 0.2, lagSeconds: 0 }],
  ]);
  const labelled = { ...item, a: packActuals(actuals) };
  expect(
    rowsOf('d', labelled)
      .reverse()
      .map((row) => row.actual),
  ).toEqual([0.1 + 0.2, undefined, 'c']);
  expect(answeredOf(labelled)).toMatchObject({ id, predictions: ['a', 'b', 'c'], actuals });
  expect(answeredOf(stored({ ...log, status_code: 422, predictions: null }).item)).toBeUndefined();
});

test('inputs too large for an item lie apart, and are found again', () => {
  const inputs = Array.from({ length: 1000 }, (_, i) => ({ x: Math.sin(i), y: Math.cos(i) }));
  const { item, payload } = stored({ ...log, rows: 1000, inputs, predictions: inputs.map(() => 1) });
  expect(item).toMatchObject({ r: { key: 'payloads/d/1' } });
  expect(item.z).toBeUndefined();
  expect(rowsOf('d', item, payload).reverse()[7]?.inputs).toEqual(inputs[7]);
  expect(rowsOf('d', item)[0]?.inputs).toBeNull();
});
