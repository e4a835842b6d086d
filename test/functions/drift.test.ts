import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DriftReport } from '../../contracts/driftReport.ts';
import type { Raw } from '../../domain/drift/profile.ts';
import { type Drifting, drifting, itIs, passes, rows, start } from './support/drifting.ts';
import { noId } from './support/wire.ts';

let place: Drifting;
let model: string;
beforeAll(async () => {
  place = await drifting();
  model = await place.model();
});
beforeEach(() => {
  place.hooks.entered = (state) => {
    if (state === 'Wait for the counting') passes(5_000);
  };
  place.printed.length = 0;
});
afterAll(() => {
  vi.useRealTimers();
});

const shifted = rows.map((row): Raw => ({ ...row, mean_radius: Number(row.mean_radius) + 10 }));
const features = Object.keys(rows[0] ?? {}).filter((name) => name !== 'malignant');

describe('before the first result', () => {
  test('there are five fields and no feature', async () => {
    const id = await place.deploy(model);
    const { status, body } = await place.drift(id);
    expect([status, body]).toEqual([
      200,
      { deployment_id: id, overall_status: null, features: {}, computed_at: null, inference_rows: 0 },
    ]);
    expect(DriftReport.parse(body)).toEqual(body);
    expect((await place.drift(id, '?include=bins')).body).toEqual(body);
  });
});

describe('a computation that was asked for', () => {
  test('is a job, and its result is the drift from then on', async () => {
    const id = await place.deploy(model);
    await place.predict(id, rows.slice(0, 300));
    await place.count();
    const { status, body, headers } = await place.run(id);
    expect([status, body]).toEqual([200, { ok: true, job_id: expect.any(String) }]);
    expect(headers.location).toBe(`/api/jobs/${body.job_id}`);
    const job = await place.job(body.job_id);
    expect(job).toMatchObject({
      ...{ id: body.job_id, type: 'drift', status: 'succeeded', progress: 1, error: null, deployment_id: id },
      result: { overall_status: 'low', inference_rows: 300 },
    });
    for (const time of [job.created_at, job.started_at, job.finished_at])
      expect(time).toMatch(/^2026-06-15T12/);
    const { body: drift } = await place.drift(id);
    expect(DriftReport.parse(drift)).toEqual(drift);
    expect(drift).toMatchObject({
      ...{ deployment_id: id, overall_status: 'low', inference_rows: 300, floor: 0.0001 },
      baseline: { source: 'sample', rows: 426 },
      computed_at: drift.window.to,
      window: { from: '2026-06-08T12:00:00Z' },
    });
    expect(drift).not.toHaveProperty('partial');
    expect(Object.keys(drift.features).toSorted()).toEqual(features.toSorted());
    const psis = features.map((name) => drift.features[name].psi as number);
    expect(drift.max_psi).toBe(Math.max(...psis));
    expect(drift.mean_psi).toBeCloseTo(psis.reduce((sum, psi) => sum + psi, 0) / psis.length, 12);
    for (const name of features) expect(drift.features[name]).toMatchObject({ n: 300, type: 'numeric' });
  });

  test('tells a feature that has moved as high, its bins on both sides where they are asked for', async () => {
    const id = await place.deploy(model);
    await place.predict(id, shifted.slice(0, 250));
    await place.count();
    await place.run(id);
    const { body: plain } = await place.drift(id);
    expect(plain.features.mean_radius).toMatchObject({ status: 'high', above_noise: true });
    expect(plain.features.mean_radius).not.toHaveProperty('bins');
    const { body } = await place.drift(id, '?include=bins');
    expect(DriftReport.parse(body)).toEqual(body);
    const { bins } = body.features.mean_radius;
    const sum = (counts: number[]) => counts.reduce((all, one) => all + one, 0);
    expect([sum(bins.baseline), sum(bins.live)]).toEqual([426, 250]);
    expect(bins.live).toHaveLength(bins.edges.length + 2);
    expect(sum(body.prediction.bins.live)).toBe(250);
    expect({ ...body.features.mean_radius, bins: undefined }).toEqual(plain.features.mean_radius);
  });

  test('is remembered hour by hour, for lines over time', async () => {
    const id = await place.deploy(model);
    expect((await place.drift(id, '?include=history')).body).not.toHaveProperty('history');
    const told: object[] = [];
    for (const [minutes, inputs] of [
      [0, rows.slice(0, 200)],
      [10, shifted.slice(0, 100)],
      [70, shifted.slice(0, 100)],
    ] as const) {
      itIs(start + minutes * 60_000);
      await place.predict(id, inputs);
      await place.count();
      await place.run(id);
      const { computed_at, max_psi, inference_rows, features: of } = (await place.drift(id)).body;
      told.push({ computed_at, max_psi, inference_rows, psi: { mean_radius: of.mean_radius.psi } });
    }
    const { body } = await place.drift(id, '?include=history');
    itIs(start);
    expect(DriftReport.parse(body)).toEqual(body);
    // The second one of the first hour is its last.
    expect(body.history).toHaveLength(2);
    expect(body.history).toMatchObject(told.slice(1));
  });

  test('below 200 rows judges nothing, and looks no further back than the deployment says', async () => {
    const id = await place.deploy(model, { drift: { window_hours: 2, ignore: ['mean_radius'] } });
    await place.predict(id, shifted);
    await place.count();
    passes(3 * 3_600_000);
    await place.predict(id, rows.slice(0, 150));
    await place.count();
    await place.run(id);
    const { body } = await place.drift(id);
    itIs(start);
    expect(body).toMatchObject({ overall_status: 'insufficient_data', inference_rows: 150 });
    expect(body.window).toEqual({ from: '2026-06-15T13:00:00Z', to: '2026-06-15T15:30:00Z' });
    expect(body.not_monitored).toEqual(['mean_radius']);
  });

  test('waits for what was logged before it to be counted, and begins no second one meanwhile', async () => {
    const id = await place.deploy(model);
    await place.predict(id, rows.slice(0, 220));
    const waits: number[] = [];
    let second: Promise<{ body: { job_id: string } }> | undefined;
    place.hooks.entered = (state) => {
      if (state === 'Wait for the counting') {
        passes(5_000);
        waits.push(Date.now());
      }
    };
    const around = place.hooks.around;
    place.hooks.around = async (call, run) => {
      if (waits.length === 2 && !second) {
        second = place.count().then(() => place.run(id)) as never;
        await second;
      }
      return around(call, run);
    };
    const { body } = await place.run(id);
    place.hooks.around = around;
    expect(waits.length).toBeGreaterThanOrEqual(2);
    expect((await second)?.body.job_id).toBe(body.job_id);
    expect(await place.job(body.job_id)).toMatchObject({
      status: 'succeeded',
      result: { inference_rows: 220 },
    });
    expect((await place.drift(id)).body).not.toHaveProperty('partial');
    // The next one is another.
    expect((await place.run(id)).body.job_id).not.toBe(body.job_id);
  });

  test('says that it is partial where nothing is counted for 45 seconds', async () => {
    const id = await place.deploy(model);
    await place.predict(id, rows.slice(0, 210));
    await place.count();
    passes(10_000);
    await place.predict(id, rows.slice(0, 5));
    const before = Date.now();
    const { body } = await place.run(id);
    expect(Date.now() - before).toBe(45_000);
    expect(await place.job(body.job_id)).toMatchObject({ status: 'succeeded', result: { partial: true } });
    expect((await place.drift(id)).body).toMatchObject({ partial: true, inference_rows: 210 });
    await place.count();
    await place.run(id);
    const { body: whole } = await place.drift(id);
    expect(whole.inference_rows).toBe(215);
    expect(whole).not.toHaveProperty('partial');
    itIs(start);
  });

  test('names the categories that the baseline lacks, from what was logged of the inputs', async () => {
    const artifact = 'xgboost-categorical.json';
    const cities = ['Lodz', 'Roma', 'Sao Paulo'];
    const sample = [
      'age,income,ratio,city,grade',
      ...Array.from({ length: 60 }, (_, i) => `${i},1,0.5,${cities[i % 2]},g${i % 3}`),
    ].join('\n');
    const id = await place.deploy(await place.model(Buffer.from(sample), artifact));
    const row = (i: number) => ({ age: i, income: 1, ratio: 0.5, city: cities[i % 3] ?? '', grade: 'g1' });
    await place.predict(
      id,
      Array.from({ length: 210 }, (_, i) => row(i)),
    );
    await place.count();
    await place.run(id);
    const { body } = await place.drift(id);
    expect(body.features.city).toMatchObject({ type: 'categorical', new_categories: ['Sao Paulo'] });
    expect(body.features.city.new_share).toBeCloseTo(1 / 3, 12);
    expect(body.features.grade.new_categories).toEqual([]);
  });
});

describe('is refused', () => {
  const refused = async (id: string, key: string | undefined, status: number, detail: unknown) => {
    for (const got of [await place.run(id, { key }), await place.drift(id, '', { key })])
      expect([got.status, got.body]).toEqual([status, { detail }]);
  };

  test('of a deployment that is not there', () => refused(noId, undefined, 404, 'Deployment not found'));

  test('to a key of another project', async () => {
    const { body } = await place.send('POST', '/api/projects', { body: { name: 'other' } });
    const key = await place.keyWith({ kind: 'user', project_ids: [body.project_id] });
    await refused(await place.deploy(model), key, 404, 'Deployment not found');
  });

  test('to a key that may only predict', async () => {
    const key = await place.keyWith({ scopes: ['predict'] });
    await refused(await place.deploy(model), key, 403, expect.any(String));
  });

  test('to begin with a key that may only read', async () => {
    const id = await place.deploy(model);
    const key = await place.keyWith({ scopes: ['read'] });
    expect((await place.run(id, { key })).status).toBe(403);
    expect((await place.drift(id, '', { key })).status).toBe(200);
  });

  test('with what is not known to include', async () => {
    const { status, body } = await place.drift(await place.deploy(model), '?include=rows');
    expect([status, body.detail[0].loc, body.detail[0].type]).toEqual([
      422,
      ['query', 'include'],
      'literal_error',
    ]);
  });
});
