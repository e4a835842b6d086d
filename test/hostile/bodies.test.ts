import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsOf, type Hostile, mark, openHostile } from './support/refused.ts';

let wire: Hostile;
let model_id: string;
let predict: string;
let logs: string;
let column: string;
beforeAll(async () => {
  wire = await openHostile();
  const ready = await wire.ready();
  model_id = ready.model_id;
  const id = await wire.deploy(ready.project_id, model_id);
  predict = `/api/mlops/deployments/${id}/predict`;
  logs = `/api/mlops/deployments/${id}/inference-logs`;
  column = (await wire.send('GET', `/api/models/${model_id}`)).body.model.schema.features[0].name;
});
afterAll(() => wire.silent());

const refused = (raw: string | Uint8Array, headers = {}, within = 500) =>
  wire.refused(422, 'POST', predict, { raw, headers }, within);
const unreadable = async (raw: string | Uint8Array, headers = {}) =>
  expect(faultsOf(await refused(raw, headers))[0]).toMatch(/^json_invalid body\.\d+$/);

/** The log of one prediction: those of one millisecond come in any order. */
const logOf = async ({ body }: { body: { log_ids: string[] } }, of = logs) => {
  const { items } = (await wire.send('GET', `${of}?limit=500`)).body;
  return items.find(({ id }: { id: string }) => id === body.log_ids[0]);
};

test('H29: a body of more than its bytes is too large, whatever it is said to have', async () => {
  for (const bytes of [10.1 * 1024 * 1024, 6.1 * 1024 * 1024, 1024 * 1024 + 1])
    await wire.refused(413, 'POST', predict, { raw: ' '.repeat(bytes), headers: { 'content-length': '2' } });
  await wire.refused(413, 'POST', predict, { raw: '{}', headers: { 'content-length': '1048577' } });
});

test('H30: a compressed bomb is never inflated', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const before = process.memoryUsage().rss;
  await unreadable(bomb, { 'content-encoding': 'gzip' });
  await unreadable(bomb);
  await unreadable('{}', { 'content-encoding': 'br' });
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
});

test('H31: a hundred thousand levels do not fall over anything', async () => {
  await unreadable(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  await unreadable(`{"inputs":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`);
  await unreadable(`{"inputs":"${'['.repeat(500_000)}`);
});

test('H32: a hundred thousand columns and a million numbers are refused soon', async () => {
  const columns = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, 1]));
  expect(
    (await wire.send('POST', predict, { raw: JSON.stringify({ inputs: columns }).slice(0, 1024 * 1024) }))
      .status,
  ).toBe(422);
  await refused(`{"inputs":{${Array.from({ length: 2001 }, (_, i) => `"${i}":1`).join()}}}`);
  await wire.refused(413, 'POST', predict, { raw: `{"inputs":[${'1,'.repeat(1_000_000)}1]}` });
});

test('H33: a thousand and one records, none, and what is no record, in at most twenty faults', async () => {
  for (const inputs of [Array(1001).fill({}), [], null, 'x', [[1, 2]], Array(1000).fill(mark)]) {
    const got = await refused(JSON.stringify({ inputs }));
    expect(got.body.detail.length).toBeLessThanOrEqual(20);
    expect(JSON.stringify(got.body)).not.toContain(mark);
  }
});

test('H34: of a key that comes twice the last counts, in the answer and in the log', async () => {
  const value = (inputs: string) => wire.send('POST', predict, { raw: `{"inputs":${inputs}}` });
  const [twice, last] = [await value(`{"${column}":0,"${column}":5}`), await value(`{"${column}":5}`)];
  expect(twice.body.predictions).toEqual(last.body.predictions);
  for (const got of [twice, last]) expect((await logOf(got)).inputs).toEqual({ [column]: 5 });
});

test('H35: numbers beyond all numbers are faults, and words for them are no JSON', async () => {
  for (const number of ['1e400', '-1e400', '9'.repeat(400)])
    expect(faultsOf(await refused(`{"inputs":{"a":${number}}}`))).toEqual(['finite_number body.inputs.a']);
  for (const word of ['NaN', 'Infinity', '-Infinity']) await unreadable(`{"inputs":{"a":${word}}}`);
});

test('H36: numbers at the edge of what there is are scored, and logged as they were scored', async () => {
  const double = await wire.ready('lightgbm-binary.txt');
  const at = `/api/mlops/deployments/${await wire.deploy(double.project_id, double.model_id)}`;
  const { features } = (await wire.send('GET', `/api/models/${double.model_id}`)).body.model.schema;
  const { name } = features.find(({ type }: { type: string }) => type === 'number');
  for (const number of ['1e300', '5e-324', '-0', '9007199254740993', `0.${'1'.repeat(400)}`]) {
    const got = await wire.send('POST', `${at}/predict`, { raw: `{"inputs":{"${name}":${number}}}` });
    expect([number, got.status]).toEqual([number, 200]);
    const log = await logOf(got, `${at}/inference-logs`);
    expect(log.inputs[name]).toBe(Number(number) + 0);
    expect(log.prediction).toEqual(got.body.predictions[0].prediction);
  }
});

test('H36: where a model counts in single precision, a number beyond that is none', async () => {
  const got = await wire.send('POST', predict, { raw: `{"inputs":{"${column}":1e300}}` });
  expect([got.status, faultsOf(got)]).toEqual([422, [`finite_number body.inputs.${column}`]]);
});

test('H39: names of the language are names of columns and nothing else', async () => {
  const raw = '{"inputs":{"__proto__":{"polluted":1}}}';
  expect(faultsOf(await refused(raw))).toEqual(['value_type body.inputs.__proto__']);
  const { features } = (await wire.send('GET', `/api/models/${model_id}`)).body.model.schema;
  expect(features.map(({ name }: { name: string }) => name)).toContain('__proto__');
  const plain = await wire.send('POST', predict, { raw: `{"inputs":{"${column}":2}}` });
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
    const got = await wire.send('POST', predict, { raw: `{"inputs":{"${column}":2,"${name}":null}}` });
    expect(got.body.predictions).toEqual(plain.body.predictions);
    const { inputs } = await logOf(got);
    expect(Object.keys(inputs)).toEqual(name === '__proto__' ? [column, name] : [column]);
  }
  await wire.refused(422, 'POST', predict, {
    raw: '{"__proto__":{"inputs":{}},"constructor":{"prototype":{"inputs":{}}}}',
  });
  const metrics = await wire.send('POST', '/api/models', {
    raw: `{"project_id":"${(await wire.ready()).project_id}","name":"p","metrics":{"__proto__":1,"constructor":2}}`,
  });
  expect(metrics.body.model.metrics).toEqual({ constructor: 2 });
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('H40: columns of strange names are unknown columns and are not logged; half a character is no text', async () => {
  for (const name of ['', '\u0000', '\u202e', mark.repeat(1500)]) {
    const got = await wire.send('POST', predict, { body: { inputs: { [name]: 1 } } });
    expect([got.status, (await logOf(got)).inputs]).toEqual([200, {}]);
  }
  for (const raw of [
    '{"inputs":{"a":"\\ud800"}}',
    '{"inputs":{"\\udfff":1}}',
    '{"inputs":[{"a":"x\\uDBFF"}]}',
  ])
    expect(faultsOf(await refused(raw))[0]).toMatch(/^string_unicode body/);
});

test('H41: marks of byte order, other encodings and broken UTF-8 are no JSON; other media types are no object', async () => {
  await unreadable('\ufeff{"inputs":{}}');
  await unreadable(Buffer.from('\ufeff{"inputs":{}}'));
  await unreadable(Buffer.from('{"inputs":{}}', 'utf16le'));
  await unreadable(
    Buffer.concat([Buffer.from('{"inputs":{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}}')]),
  );
  for (const type of ['application/xml', 'text/plain', 'multipart/form-data', '', 'application/json-seq'])
    expect(faultsOf(await refused(`{"inputs":{"a":"${mark}"}}`, { 'content-type': type }))).toEqual([
      'model_attributes_type body',
    ]);
});

test('H42: what is said to be base64 and is not is no JSON', async () => {
  for (const raw of ['{"inputs":{}}', 'e30', 'e3=0', 'e30=\n', '====', 'é'])
    expect(faultsOf(await wire.refused(422, 'POST', predict, { raw, base64: true }))[0]).toMatch(
      /^json_invalid/,
    );
  const fine = await wire.send('POST', predict, {
    raw: Buffer.from('{"inputs":{}}').toString('base64'),
    base64: true,
  });
  expect(fine.status).toBe(200);
});
