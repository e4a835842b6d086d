import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  advanced,
  type BatchRun,
  before,
  follows,
  heardOf,
  isOver,
  queued,
  type Report,
  RunStatus,
  reported,
  runId,
  runName,
  slotOf,
} from '../../domain/batch/run.ts';
import { time } from '../../domain/fields.ts';

const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const ours = { project_id: id(1), deployment_id: id(2), actor: 'key:1' };
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (n: number) => time(start + n * 1000);
const statuses = RunStatus.options;
const rank: Record<RunStatus, number> = { queued: 0, running: 1, succeeded: 2, failed: 2 };

const aReport: fc.Arbitrary<Report> = fc.record(
  {
    airflow_run_id: fc.constant('r'),
    status: fc.constantFrom(...statuses),
    rows_scored: fc.option(fc.nat()),
    error_message: fc.option(fc.string()),
  },
  { requiredKeys: ['airflow_run_id', 'status'] },
);

test('a run goes forward only, whatever is reported of it and how often', () => {
  fc.assert(
    fc.property(aReport, fc.array(aReport), (first, reports) => {
      let run = heardOf(ours, first, at(0));
      reports.forEach((report, i) => {
        const next = reported(run, report, at(i + 1));
        expect(rank[next.status]).toBeGreaterThanOrEqual(rank[run.status]);
        if (isOver(run)) expect(next).toBe(run);
        expect(next.finished_at !== null).toBe(isOver(next));
        if (next.status === 'running') expect(next.started_at).not.toBeNull();
        if (run.started_at) expect(next.started_at).toBe(run.started_at);
        run = next;
      });
    }),
  );
});

test('reports of one run in any order end with the same status, if only one of them ends it', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(['queued', 'running', 'succeeded'] as const, { minLength: 3 }),
      (order) => {
        const [first = 'queued', ...rest] = order;
        const told = (status: RunStatus) => ({ airflow_run_id: 'r', status });
        const run = rest.reduce(
          (so_far, status) => reported(so_far, told(status), at(1)),
          heardOf(ours, told(first), at(0)),
        );
        expect(run.status).toBe('succeeded');
      },
    ),
  );
});

test.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))(
  'from %s to %s goes what the table says, and what is over stays',
  (from, to) => {
    const run: BatchRun = { ...queued({ ...ours, scheduled_at: at(0) }, 0, at(0)), status: from };
    const may = follows[from].includes(to) || (from === to && follows[from].length > 0);
    expect(before(to).includes(from)).toBe(may);
    expect(advanced(run, to, { rows_scored: 1 }, at(1)).rows_scored).toBe(may ? 1 : null);
  },
);

test('no report changes a run of ours', () => {
  const run = queued({ ...ours, scheduled_at: at(0) }, 0, at(0));
  for (const status of statuses)
    expect(reported(run, { airflow_run_id: run.airflow_run_id, status }, at(1))).toBe(run);
});

test('a run is named after its deployment and slot, in 80 characters that an execution may have', () => {
  expect(runName(id(2), '2026-01-01T01:02:03+01:00')).toBe(`batch-${id(2)}-20260101T000203Z`);
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
      fc.nat(9999),
      (date, again) => {
        const name = runName(id(2), date.toISOString(), again);
        expect(name).toMatch(/^[\w-]{1,80}$/);
        expect(runName(id(2), slotOf(date.toISOString()), again)).toBe(name);
      },
    ),
  );
});

test('two slots or two turns of one have two names, and each name one id of version 8', () => {
  const names = [
    runName(id(2), at(0)),
    runName(id(2), at(1)),
    runName(id(2), at(0), 1),
    runName(id(3), at(0)),
  ];
  expect(new Set(names.map(runId)).size).toBe(4);
  fc.assert(
    fc.property(fc.string(), (name) => {
      const made = runId(name);
      expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const digest = createHash('sha256').update(name).digest('hex');
      expect(made.slice(0, 8)).toBe(digest.slice(0, 8));
      expect(made.slice(-12)).toBe(digest.slice(20, 32));
    }),
  );
});
