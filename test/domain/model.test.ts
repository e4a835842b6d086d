import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Inputs } from '../../domain/inference.ts';
import { best, completed, type Model, refused, registered, shown, sortMetrics } from '../../domain/model.ts';

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const at = '2026-01-01T00:00:00Z';
const version = (
  n: number,
  metrics: Record<string, number> = {},
  status: Model['status'] = 'ready',
): Model => ({
  ...registered(
    { project_id: id(1), name: 'm', metrics },
    { id: id(n), registered_model_id: id(1), version: n },
    at,
  ),
  status,
});

test('the best version of a name is that of the first metric that any of them reports', () => {
  expect(best([])).toBeNull();
  expect(best([version(1), version(2)])).toBeNull();
  expect(best([version(1, { auc: 0.9 }), version(2, { auc: 0.8 }), version(3, { rmse: 0 })])).toBe(id(1));
  expect(best([version(1, { rmse: 2 }), version(2, { rmse: 1 }), version(3, { r2: 1 })])).toBe(id(2));
  expect(best([version(1, { logloss: 0.1 }), version(2, { logloss: 0.2 })])).toBe(id(1));
  expect(best([version(1, { unknown: 5 })])).toBeNull();
});

test('of equals the newer is the better, and only what is ready counts', () => {
  expect(best([version(1, { auc: 0.9 }), version(2, { auc: 0.9 })])).toBe(id(2));
  expect(
    best([
      version(1, { auc: 0.5 }),
      version(2, { auc: 0.9 }, 'failed'),
      version(3, { auc: 0.9 }, 'awaiting_upload'),
    ]),
  ).toBe(id(1));
});

test('no version is better than the best, in whatever order they come', () => {
  const some = fc.array(
    fc.record({
      metrics: fc.dictionary(fc.constantFrom(...sortMetrics), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(some, (given) => {
      const versions = given.map(({ metrics }, i) => version(i + 1, metrics));
      expect(best(versions.toReversed())).toBe(best(versions));
      expect(best(versions) === null).toBe(given.every(({ metrics }) => Object.keys(metrics).length === 0));
    }),
  );
});

test('a model is registered before it has anything, is completed or refused once, and grows by one each time', () => {
  const first = registered(
    { project_id: id(1), name: 'm', trained_at: '2026-01-01T02:00:00+02:00' },
    { id: id(2), registered_model_id: id(3), version: 4 },
    at,
  );
  expect(first).toMatchObject({
    status: 'awaiting_upload',
    trained_at: at,
    created_at: at,
    rev: 1,
    artifact: null,
  });
  const completion = {
    algo: 'GBM',
    format: 'mojo',
    schema: null,
    artifact: { key: 'k', sha256: 's', bytes: 1 },
    images: null,
    probe: null,
    classes: null,
    report: null,
    has_baseline: true,
    profile: { key: 'p', sha256: 's', bytes: 2 },
    baseline_rows: 400,
    baseline_refused: 1,
  };
  expect(completed(first, completion)).toMatchObject({ status: 'ready', rev: 2, has_baseline: true });
  expect(refused(first, 'x'.repeat(2000))).toMatchObject({
    status: 'failed',
    rev: 2,
    error_message: 'x'.repeat(1000),
  });
  expect(
    shown(first, { aliases: [], is_best: false, is_production: false, is_staging: false }),
  ).toMatchObject({ version: '4', model_id: id(2), experiment_id: null, artifact_sha256: null });
});

test('records of a prediction are taken as they are, or faults name places that are there', () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double(), fc.string());
  const inputs = fc.oneof(
    fc.dictionary(fc.string(), value),
    fc.array(fc.oneof(fc.dictionary(fc.string(), value), value)),
    value,
  );
  const plain = (v: unknown) =>
    v === null ||
    typeof v === 'boolean' ||
    (typeof v === 'number' && Number.isFinite(v)) ||
    typeof v === 'string';
  const record = (v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) && Object.values(v).every(plain);
  fc.assert(
    fc.property(inputs, (given) => {
      const read = Inputs.safeParse(given);
      expect(read.success).toBe(
        Array.isArray(given) ? given.length > 0 && given.every(record) : record(given),
      );
      if (read.success) expect(read.data).toBe(given);
      else expect(read.error.issues.length).toBeLessThanOrEqual(20);
    }),
    { numRuns: 1000 },
  );
});
