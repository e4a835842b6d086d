import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainItem } from '../../adapters/aws/attributes.ts';
import { unpackBins } from '../../adapters/logs/logBins.ts';
import { countsOf } from '../../domain/aggregates/lane.ts';
import { binner } from '../../domain/drift/bin.ts';
import { type Profile, partsOf, type Raw } from '../../domain/drift/profile.ts';
import { compiled, readArtifact } from '../../functions/kit/models/compiled.ts';
import { baselineOf } from '../../functions/kit/models/sample/baseline.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id } = await wire.ready());
});
afterAll(() => expect(wire.printed.join('')).not.toContain('ERROR'));

const tumour = readFileSync('local/sample/tumour-xgboost.json');
const table = readFileSync('local/sample/baseline.csv', 'utf8');
const example: Raw = JSON.parse(readFileSync('local/sample/sample.json', 'utf8')).example.record;

async function registered(artifact: string | Uint8Array, sample?: string | Uint8Array, more: object = {}) {
  const body = { project_id, name: `model ${Math.random()}`, ...more };
  const { id } = (await wire.send('POST', '/api/models', { body })).body;
  wire.store.set(`models/uploads/${id}/artifact`, Buffer.from(artifact));
  if (sample !== undefined) wire.store.set(`models/uploads/${id}/baseline`, Buffer.from(sample));
  const { status, body: got } = await wire.send('POST', `/api/models/${id}/complete`);
  return { id: id as string, status, model: got.model, detail: got.detail };
}
const rowOf = (id: string) =>
  plainItem(wire.table.peek('control', { pk: { S: `P#${project_id}` }, sk: { S: `MODEL#${id}` } }) as never);
const stored = (id: string): Buffer => {
  const found = wire.store.get(`models/${(rowOf(id).profile as { key: string }).key}`);
  if (!found) throw new Error('there is no profile');
  return found;
};
const profileOf = (id: string): Profile => JSON.parse(stored(id).toString());

/** Predict, and what was logged of it. */
async function logged(deployment: string, inputs: unknown, options: object = {}) {
  const before = wire.table.items('logs').length;
  const { status, body } = await wire.send('POST', `/api/mlops/deployments/${deployment}/predict`, {
    body: { inputs, options: { include_probabilities: true, ...options } },
  });
  const items = wire.table.items('logs').map((item) => plainItem(item as never));
  expect(items).toHaveLength(before + 1);
  const item = items.find(({ sk }) => sk === body.log_ids?.[0]) ?? items.find(({ s }) => s === status);
  return { status, body, item: item ?? {} };
}

describe('a model that was registered with a sample', () => {
  test('has a profile of it beside its images, with its own answers, and says how many rows that is', async () => {
    const { id, status, model } = await registered(tumour, table);
    expect([status, model]).toMatchObject([
      200,
      { has_baseline: true, baseline_rows: 426, baseline_refused: 0 },
    ]);
    const profile = profileOf(id);
    const sha256 = createHash('sha256').update(stored(id)).digest('hex');
    expect(rowOf(id)).toMatchObject({ profile: { sha256, bytes: stored(id).length }, baseline_rows: 426 });
    expect(wire.store.get(`models/baselines/${id}/sample`)?.toString()).toBe(table);
    expect(profile).toMatchObject({ source: 'sample', rows: 426, read: 426, score: { positive: '1' } });
    expect(profile.features.map(({ name, type }) => [name, type])).toEqual(
      Object.keys(example).map((name) => [name, 'numeric']),
    );
    // The held column says which rows are malignant; the model was trained on these very rows.
    const malignant = table
      .trim()
      .split('\n')
      .filter((line) => line.endsWith(',1')).length;
    const { prediction } = profile;
    if (prediction?.type !== 'categorical') throw new Error('labels are categories');
    expect(prediction.categories).toEqual(['0', '1']);
    expect(Math.abs((prediction.counts[1] ?? 0) - malignant)).toBeLessThan(5);
  });

  test('has the same profile from CSV and from JSON lines', async () => {
    const [header = '', ...lines] = table.trim().split('\n');
    const columns = header.split(',');
    const json = lines.map((line) =>
      JSON.stringify(Object.fromEntries(line.split(',').map((cell, i) => [columns[i], Number(cell)]))),
    );
    const [a, b] = [await registered(tumour, table), await registered(tumour, json.join('\n'))];
    expect(profileOf(b.id)).toEqual(profileOf(a.id));
  });

  test('looks at fewer of its rows, evenly spread, where the model is too slow for all', () => {
    const read = readArtifact(tumour, null);
    const fit = 'refusal' in read ? read.refusal.message : compiled(read.model);
    if (typeof fit === 'string') throw new Error(fit);
    const [header, ...lines] = table.trim().split('\n');
    const many = Buffer.from([header, ...Array.from({ length: 12 }, () => lines).flat()].join('\n'));
    let time = 0;
    const slow = { probe: example, schema: null, now: () => (time += 1000) };
    const [few, all] = [slow, { ...slow, now: () => 0 }].map((how) => baselineOf(many, fit.model, how));
    expect([few, all]).toMatchObject([{ profile: { rows: 99 } }, { profile: { rows: 5112 } }]);
  });

  test('leaves out the rows that the model cannot read, and counts them', async () => {
    const [header = '', ...lines] = table.trim().split('\n');
    const spoiled = lines.map((line, i) => (i % 100 === 7 ? line.replace(/^[^,]+/, 'thick') : line));
    const { id, model } = await registered(tumour, [header, ...spoiled].join('\r\n'));
    expect(model).toMatchObject({ baseline_rows: 421, baseline_refused: 5 });
    expect(profileOf(id)).toMatchObject({ rows: 421, read: 421 });
  });

  test('reads categories as the model does, whatever type the schema gives them', async () => {
    const artifact = readFileSync('test/fixtures/models/xgboost-categorical.json');
    const cities = ['Lodz', 'Roma', 'Sao Paulo', ''];
    const rows = Array.from({ length: 40 }, (_, i) => `${i},1,0.5,${cities[i % 4]},g${i % 3}`);
    const features = ['age', 'income', 'ratio', 'city', 'grade'].map((name) => ({ name, type: 'string' }));
    const sample = ['age,income,ratio,city,grade', ...rows].join('\n');
    const { id } = await registered(artifact, sample, { schema: { features } });
    const [age, income, , city] = profileOf(id).features;
    expect(age).toMatchObject({ type: 'numeric', reads: 'number' });
    expect(income).toMatchObject({ type: 'categorical', reads: 'number', categories: ['1'] });
    expect(city).toMatchObject({ categories: ['Lodz', 'Roma', 'Sao Paulo'], counts: [10, 10, 10, 0, 0, 10] });
  });
});

test('a model without a sample has no baseline, and its logs have no bins', async () => {
  const { id, model } = await registered(tumour);
  expect(model).toMatchObject({ has_baseline: false, baseline_rows: null, baseline_refused: null });
  const { item } = await logged(await wire.deploy(project_id, id), example);
  expect(item).not.toHaveProperty('b');
});

describe('every row that a model with a baseline answers', () => {
  let deployment: string;
  let bin: (record: Raw, answer: { prediction: string; probabilities: Record<string, number> }) => Uint8Array;
  let parts: number;
  beforeAll(async () => {
    const { id } = await registered(tumour, table);
    deployment = await wire.deploy(project_id, id);
    bin = binner(profileOf(id));
    parts = partsOf(profileOf(id)).length;
  });
  const records = (rows: number): Raw[] =>
    Array.from({ length: rows }, (_, i) => ({
      ...example,
      mean_radius: 8 + (i % 20),
      ...(i % 3 === 0 && { mean_texture: null }),
    }));

  test.each([1, 5, 40, 1000])('is logged with its bins against the profile: %i at once', async (rows) => {
    const inputs = records(rows);
    const { body, item } = await logged(deployment, rows === 1 ? inputs[0] : inputs);
    const each = inputs.map((record, i) => bin(record, body.predictions[i]));
    expect(each[0]).toHaveLength(parts);
    const bins = unpackBins(item.b as Uint8Array, rows);
    if (rows <= 5) expect(bins).toEqual({ each });
    else expect(bins).toEqual({ counts: countsOf(each) });
  });

  test('also where nothing of its inputs is logged, and where nobody asks for probabilities', async () => {
    const options = { store_payload: false, include_probabilities: false };
    const told = (await logged(deployment, example)).body.predictions[0];
    const { item } = await logged(deployment, example, options);
    expect(item).not.toHaveProperty('z');
    expect(unpackBins(item.b as Uint8Array, 1)).toEqual({ each: [bin(example, told)] });
  });

  test('and a request that is refused has none', async () => {
    const { status, item } = await logged(deployment, { ...example, mean_radius: 'thick' });
    expect([status, item.s]).toEqual([422, 422]);
    expect(item).not.toHaveProperty('b');
  });

  test('in one write unit, and with no read once the model is loaded', async () => {
    await logged(deployment, example);
    wire.table.resetUnits();
    await logged(deployment, example);
    expect(wire.table.units.by.get('PutItem')).toEqual({ calls: 1, read: 0, write: 1 });
    expect(wire.table.units.total.read).toBe(0);
  });
});
