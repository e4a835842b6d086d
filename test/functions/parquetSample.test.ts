import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns, dresses, file, numbers, read } from './support/samples.ts';
import { openWire, type Wire } from './support/wire.ts';

describe('a Parquet file holds the same rows as JSON lines, whatever it is written with', () => {
  test('there are files', () => expect(dresses.length).toBeGreaterThan(9));
  test.each(dresses)('%s', (name) => {
    const lines = file('sample.jsonl');
    for (const every of [1, 7, 100])
      expect(read(file(`${name}.parquet`), columns, every)).toEqual(read(lines, columns, every));
  });
});

test('only the columns that the model reads are read, in the order of the model', () => {
  const features = numbers(['grade', 'none', 'age']);
  expect(read(file('groups.parquet'), features, 239)).toEqual({
    rows: 240,
    taken: [
      { row: 1, record: { grade: expect.any(String), age: expect.any(Number) } },
      { row: 240, record: { grade: expect.any(String), age: expect.any(Number) } },
    ],
  });
  const spoilt = file('lz4.parquet');
  expect(read(spoilt, numbers(['none']))).toMatchObject({ rows: 240 });
});

describe.each(['types', 'types-plain'])('every type is what CSV or JSON lines would hold: %s', (name) => {
  test.each([
    ['int8', -128, 127],
    ['uint8', 0, 255],
    ['int16', -32768, 32767],
    ['uint16', 0, 65535],
    ['int32', -(2 ** 31), 2 ** 31 - 1],
    ['uint32', 0, 2 ** 32 - 1],
    ['int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['beyond', '-9223372036854775808', '9223372036854775807'],
    ['uint64', 0, '18446744073709551615'],
    ['half', 0.5, -65504],
    ['float', 0.25, -3.5],
    ['double', 0.1, null],
    ['boolean', true, false],
    ['text', '', 'Łódź'],
    ['enum', 'a', 'b'],
    ['bytes', 'a,b', 'true'],
    ['small_decimal', '-0.05', '1234567.80'],
    ['decimal', '-7', '100000000000000000'],
    ['large_decimal', '-1.500000', `${'1'.repeat(40)}.000001`],
    ['date', '1969-12-31', '2024-02-29'],
    ['time_ms', '00:00:00', '23:59:59.999'],
    ['time_us', '01:02:03', '23:59:59.999999'],
    ['stamp_ms', '2024-02-29T12:30:15.250', '1970-01-01T00:00:00'],
    ['stamp_us', '2024-02-29T12:30:15.250000', '1969-12-31T23:59:59.999999'],
    ['stamp_ns', '2024-02-29T12:30:15.250000000', '1969-12-31T23:59:59.999999000'],
    ['stamp_utc', '2024-02-29T12:30:15.250000Z', '1969-12-31T23:59:59.999999Z'],
    ['uuid', '00000000-0000-0000-0000-000000000001', '80000000-0000-0000-0000-000000000005'],
    ['nothing', null, null],
    ['after', 'behind', 'nested ones'],
  ])('%s', (column, first, second) => {
    const got = read(file(`${name}.parquet`), numbers([column]));
    if (typeof got === 'string') throw new Error(got);
    expect(got.taken.map(({ record }) => record[column])).toEqual([first, second, null]);
  });
});

test('the timestamps of older writers are read too', () => {
  expect(read(file('int96.parquet'), numbers(['stamp_us']), 2)).toEqual({
    rows: 3,
    taken: [
      { row: 1, record: { stamp_us: '2024-02-29T12:30:15.250000000' } },
      { row: 3, record: { stamp_us: null } },
    ],
  });
});

describe('a model that was registered with a Parquet sample', () => {
  let wire: Wire;
  let project_id: string;
  beforeAll(async () => {
    wire = await openWire();
    ({ project_id } = await wire.ready());
  });
  afterAll(() => expect(wire.printed.join('')).not.toContain('ERROR'));

  async function registered(sample: Uint8Array) {
    const body = { project_id, name: `model ${Math.random()}` };
    const { id } = (await wire.send('POST', '/api/models', { body })).body;
    const artifact = readFileSync('test/fixtures/models/xgboost-categorical.json');
    wire.store.set(`models/uploads/${id}/artifact`, artifact);
    wire.store.set(`models/uploads/${id}/baseline`, Buffer.from(sample));
    const { status, body: got } = await wire.send('POST', `/api/models/${id}/complete`);
    const profile = wire.store.get(`models/models/${id}/profile.json`)?.toString();
    return { status, got, profile: profile && JSON.parse(profile) };
  }

  test('has the same baseline as from CSV and from JSON lines of the same rows', async () => {
    const names = ['sample.csv', 'sample.jsonl', 'second.parquet', 'delta.parquet'];
    const [csv, ...others] = await Promise.all(names.map((name) => registered(file(name))));
    expect(csv).toMatchObject({ status: 200, got: { model: { baseline_rows: 240, baseline_refused: 0 } } });
    expect(csv?.profile.features.map(({ type }: { type: string }) => type)).toContain('numeric');
    for (const other of others) expect(other.profile).toEqual(csv?.profile);
  });

  test('is refused for good where the sample is not read', async () => {
    const { status, got } = await registered(file('lz4.parquet'));
    expect([status, got]).toEqual([
      422,
      {
        detail: `The baseline has the compression LZ4 in column 'age', which is not read here: write it with Snappy, gzip, Brotli, Zstandard or none`,
      },
    ]);
  });
});
