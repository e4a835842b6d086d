import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Deployment, Life, life } from '../../domain/deployment.ts';
import { output, sent } from '../../domain/live/input.ts';
import { idIn, locator, ridForm, ridOf } from '../../domain/live/rid.ts';
import { present, RuntimeConfiguration, refusal } from '../../domain/live/runtime.ts';
import { statusOfLife, statusOfReport } from '../../domain/live/view.ts';
import { mostWarm, replicasOf } from '../../domain/live/warm.ts';
import { Status, words } from '../../domain/workspaces/words.ts';

const rid = ridOf('deployment', '00000000-0000-4000-8000-000000000000');

test('every life has a state, and only what is active is ready', () => {
  expect(Object.keys(statusOfLife).toSorted()).toEqual(Life.options.toSorted());
  expect(Life.options.filter((one) => statusOfLife[one].isReady)).toEqual(['active']);
  expect(Life.options.map((one) => statusOfLife[one].state)).toEqual([
    ...['STARTING', 'STARTING', 'ACTIVE', 'FAILED', 'DISABLED', 'DISABLED'],
  ]);
  expect(Object.keys(life)).toEqual(Life.options);
});

test('what a controller reports is shown as the life that it means; what means none is DEGRADED, never ready', () => {
  for (const status of Status.options)
    for (const before of Life.options) {
      const { life: meant } = words[status];
      const shown = statusOfReport({ status, life: meant ?? before });
      expect(shown, status).toEqual(meant ? statusOfLife[meant] : { state: 'DEGRADED', isReady: false });
    }
});

test('an id is found in its identifier again, in any case, and in no other', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      for (const what of ['deployment', 'model', 'version'] as const) {
        expect(ridOf(what, id)).toMatch(ridForm);
        expect(idIn(what, ridOf(what, id.toUpperCase()))).toBe(id);
      }
      expect(idIn('model', ridOf('version', id))).toBeUndefined();
      expect(idIn('deployment', `${ridOf('deployment', id)}x`)).toBeUndefined();
    }),
  );
});

test('any name ends an identifier', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      expect(ridOf('model', locator(name))).toMatch(ridForm);
    }),
  );
});

test.each([
  ['ri.models.main.model.x', true],
  ['ri.a..b.c', true],
  ['ri.a.b.c.A-_.9', true],
  ['ri.A.b.c.d', false],
  ['ri.a.b.c', false],
  ['ri.a.b.c.d\n', false],
  ['xri.a.b.c.d', false],
  ['ri.1a.b.c.d', false],
])('%j is a resource identifier: %s', (text, is) => {
  expect(ridForm.test(text)).toBe(is);
});

const runtime = fc.record(
  {
    minReplicas: fc.integer({ min: -3, max: 300 }),
    maxReplicas: fc.integer({ min: -3, max: 300 }),
    cpu: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    threadCount: fc.option(fc.integer({ min: -3, max: 300 })),
    environmentVariables: fc.option(fc.dictionary(fc.string(), fc.string())),
  },
  { requiredKeys: ['minReplicas', 'maxReplicas'] },
);

test('what is not refused is within its bounds, is kept whole, and holds no null', () => {
  fc.assert(
    fc.property(runtime, (sent) => {
      const read = RuntimeConfiguration.parse(sent);
      const { minReplicas, maxReplicas, threadCount } = read;
      const threads = threadCount ?? 1;
      const good =
        minReplicas >= 0 && maxReplicas >= 1 && maxReplicas >= minReplicas && threads > 0 && threads <= 256;
      expect(refusal(read) === undefined).toBe(good);
      const shown = present(read);
      expect(Object.values(shown)).not.toContain(null);
      expect({ ...read, ...shown }).toEqual(read);
    }),
  );
});

test('only what runs here and serves keeps anything started, and never more than the most', () => {
  const of = (more: Partial<Deployment>, minReplicas: number) =>
    replicasOf({
      ...{ kind: 'online', life: 'active' },
      ...more,
      config: { runtime: { minReplicas, maxReplicas: 1 } },
    } as Deployment);
  expect(of({}, 3)).toBe(3);
  expect(of({}, 1e6)).toBe(mostWarm);
  for (const one of Life.options.filter((other) => other !== 'active')) expect(of({ life: one }, 3)).toBe(0);
  for (const kind of ['batch', 'external'] as const) expect(of({ kind }, 3)).toBe(0);
  expect(replicasOf(undefined)).toBe(0);
});

test('a table comes back under the name of its answer, a record as it is', () => {
  const [a, b] = [{ prediction: 1 }, { prediction: 2 }];
  const back = (input: Record<string, unknown>) => output([a, b], sent(input, rid));
  expect(back({ input_df: [{ x: 1 }, { x: 2 }] })).toEqual({ output_df: [a, b] });
  expect(back({ input: [{ x: 1 }, { x: 2 }] })).toEqual({ output: [a, b] });
  expect(back({ rows: [{}] })).toEqual({ output_df: [a, b] });
  expect(back({ x: 1 })).toEqual(a);
  expect(back({ x: 1, y: 2 })).toEqual(a);
});
