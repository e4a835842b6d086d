import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effort } from '../support/effort.ts';
import { create, type Hostile, mark, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
beforeAll(async () => {
  wire = await openHostile();
  ({ project_id } = await wire.ready());
});
afterAll(() => wire.silent());

/** Its features: age, income, ratio, visits, unused, __proto__. */
const model = readFileSync('test/fixtures/models/xgboost-binary.json');
const columns = 'age,income,ratio,visits,unused,__proto__';
const post = (path: string, body?: unknown) => wire.send('POST', path, { body });

/** Complete a model with a sample, within the time that a request has. */
async function completed(sample: Uint8Array | string, within = 2500) {
  const { id } = (await post('/api/models', { project_id, name: `sample ${Math.random()}` })).body;
  wire.store.set(`models/uploads/${id}/artifact`, model);
  wire.store.set(`models/uploads/${id}/baseline`, Buffer.from(sample));
  const began = effort();
  const got = await post(`/api/models/${id}/complete`);
  expect(effort() - began).toBeLessThan(within);
  const kept = [...wire.store.keys()].filter((key) => key.includes(id) && !key.includes('/uploads/'));
  return { ...got, id: id as string, kept, model: (await wire.send('GET', `/api/models/${id}`)).body.model };
}

/** Refused by a sentence without a value in it; nothing is kept of what came with it. */
async function refused(sample: Uint8Array | string): Promise<string> {
  const { status, body, model, kept, id } = await completed(sample);
  expect([status, model.status, model.error_message, kept]).toEqual([422, 'failed', body.detail, []]);
  expect(body.detail).toMatch(/^The baseline .+/);
  expect(body.detail).not.toContain(mark);
  expect((await create(wire, project_id, { name: 'd', stage: 'staging', model_id: id })).status).toBe(409);
  return body.detail;
}

const mega = 1024 * 1024;
test.each([
  ['nothing but line ends', Buffer.alloc(64 * mega, '\n')],
  ['nothing but quotes', Buffer.alloc(64 * mega, '"')],
  ['nothing but quotes and line ends', Buffer.alloc(64 * mega, '"\n')],
  ['nothing but commas', Buffer.alloc(64 * mega, ',')],
  ['nothing but brackets', Buffer.alloc(64 * mega, '{"a":[[[[')],
  ['one field without an end', Buffer.concat([Buffer.from(`${columns}\n"`), Buffer.alloc(32 * mega, mark)])],
  ['noise', Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251))],
])('a sample of %s is refused at once', async (_, sample) => {
  await refused(sample);
});

test('one larger than samples may be is refused by its size alone', async () => {
  expect(await refused(Buffer.alloc(64 * mega + 1, 'a'))).toBe(
    'The baseline has 67108865 bytes, more than the 67108864 allowed',
  );
});

test.each([
  ['a header alone', `${columns}\n`],
  ['a row too short', `${columns}\n1,2,3,4,5,${mark}\n${mark}`],
  ['a quote out of place', `${columns}\n1,2,3,4,5,${mark}"${mark}`],
  ['a name twice', `${columns},${mark},${mark}\n1,2,3,4,5,6,7,8`],
  ['columns of another model', `${mark}\n${mark}`],
  ['no row that the model reads', `${columns}\n${mark},2,3,4,5,6`],
  [
    'objects in place of values',
    `{"age":{"${mark}":1},"income":1,"ratio":1,"visits":1,"unused":1,"__proto__":1}`,
  ],
  ['JSON that is none', `{"age":"${mark}"\n`],
  ['a list of records', `[{"age":"${mark}"}]`],
  ['deep nesting', `{"age":${'['.repeat(500_000)}`],
  ['deep nesting that ends', `{"age":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
])('a sample with %s is refused, and no value of it is told', async (_, sample) => {
  await refused(sample);
});

test('it names the column and the row that it could not read', async () => {
  expect(await refused(`${columns}\n1,${mark},3,4,5,6`)).toBe(
    "The baseline has no row that the model reads: column 'income' of row 1 has text that is no number",
  );
  expect(await refused('{"age":1}\n{"income":2}')).toBe(
    "The baseline lacks 4 column(s) that the model reads, among them 'ratio'; columns are found by their names",
  );
});

test('names of the language are columns like others, and cells are never run or followed', async () => {
  const json =
    '{"age":1,"income":1,"ratio":1,"visits":1,"unused":1,"__proto__":7,"constructor":{"prototype":1}}';
  for (const sample of [`${columns},constructor\n=1+1,2,3,4,5,6,7\n1,2,3,4,5,6,7`, json]) {
    const { status, model, id } = await completed(sample);
    expect([status, model.baseline_rows]).toEqual([200, 1]);
    const profile = JSON.parse(String(wire.store.get(`models/models/${id}/profile.json`)));
    expect(profile.features.at(-1)).toMatchObject({
      name: '__proto__',
      categories: [sample === json ? '7' : '6'],
    });
    expect(({} as Record<string, unknown>).age).toBeUndefined();
  }
});

test('a baseline replaced after registration is never used: create fails, a new environment does not answer', async () => {
  const { id } = await completed(`${columns}\n1,2,3,4,5,6`);
  const made = await create(wire, project_id, { name: 'd', stage: 'staging', model_id: id });
  expect(made.status).toBe(201);
  const key = `models/models/${id}/profile.json`;
  wire.store.set(key, Buffer.from(String(wire.store.get(key)).replace('"6"', '"9"')));
  const again = await create(wire, project_id, { name: 'e', stage: 'staging', model_id: id });
  expect([again.status, again.body.status]).toEqual([201, 'failed']);
  const got = await post(`/api/mlops/deployments/${made.body.id}/predict`, { inputs: {} });
  expect([got.status, got.headers['retry-after']]).toEqual([503, '1']);
});

test('a sample that was changed anywhere is read or refused, never more than that', async () => {
  const good = Buffer.from(
    `${columns}\n${Array.from({ length: 30 }, (_, i) => `${i},"2","3",4,,6`).join('\r\n')}`,
  );
  const json = Buffer.from(
    Array.from(
      { length: 30 },
      (_, i) => `{"age":${i},"income":"2","ratio":1,"visits":null,"unused":1,"__proto__":7}`,
    ).join('\n'),
  );
  const statuses = new Set<number>();
  const change = fc.record({
    base: fc.constantFrom(good, json),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ base, at, bytes }) => {
      const sample = Buffer.from(base);
      sample.set(bytes.subarray(0, base.length), at % (base.length - 4));
      const { status, body } = await completed(sample);
      statuses.add(status);
      if (status !== 200)
        expect([status, body.detail]).toEqual([422, expect.stringMatching(/^The baseline /)]);
    }),
    { numRuns: 60 },
  );
  expect(statuses).toEqual(new Set([200, 422]));
});
