import * as z from 'zod';
import { Id, Time, ZonedTime } from '../domain/fields.ts';
import { Actual } from '../domain/quality/actual.ts';
import { DriftReport } from './driftReport.ts';
import { route } from './route.ts';
import { nothing } from './shapes.ts';

const shared = { group: 'monitoring', dialect: 'mlops' } as const;
const deployment_id = Id.describe('The deployment');

const stepsSeconds = [60, 600, 3600, 86_400];
const StepSeconds = z
  .int()
  .check(({ value, issues }) => {
    const expected = '60, 600, 3600 or 86400';
    if (!stepsSeconds.includes(value))
      issues.push({
        code: 'custom',
        message: `Input should be ${expected}`,
        params: { type: 'literal_error', ctx: { expected } },
        input: value,
      });
  })
  .meta({ enum: stepsSeconds });
const Latency = z.object({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
const Counted = z.object({ requests: z.int(), rows: z.int(), errors: z.int() });

const Quality = z.object({
  status: z.enum(['judged', 'insufficient_data']).describe('Fewer than 100 labels are not judged'),
  labels: z.int(),
  coverage: z.number().min(0).max(1).describe('Labels ÷ rows that were answered'),
  median_lag_seconds: z
    .number()
    .nullable()
    .describe('From predictions to what came true, within 7.5 %; null without labels'),
  metrics: z
    .record(z.string(), z.number())
    .describe(
      'Of classifiers accuracy with its 95 % interval accuracy_low … accuracy_high, log_loss and, of two classes, auc; of regressions mae, rmse and bias, which is prediction − actual',
    ),
  pairs: z
    .array(z.object({ predicted: z.string(), actual: z.string(), count: z.int() }))
    .optional()
    .describe('Of classifiers; classes beyond the first fifty and unknown labels as __other__'),
});

export const getMetrics = route({
  ...shared,
  id: 'getMetrics',
  scope: 'read',
  method: 'GET',
  path: '/api/mlops/deployments/{deployment_id}/metrics',
  summary: 'Requests, errors and latency of a deployment over time',
  params: z.object({ deployment_id }),
  query: z
    .object({
      since: ZonedTime.optional().describe('A day before `until` where nobody says'),
      until: ZonedTime.optional().describe('Now where nobody says'),
      step: StepSeconds.optional().describe(
        'Seconds; the shortest that gives at most 500 points where nobody says',
      ),
    })
    .refine(({ since, until }) => !(since && until) || Date.parse(since) <= Date.parse(until), {
      error: 'since must not be after until',
    }),
  status: 200,
  returns: Counted.extend({
    deployment_id: Id,
    since: Time,
    until: Time,
    step: z.int().describe('Seconds'),
    error_rate: z.number().min(0).max(100).describe('Percent of rows with a status of 400 or more'),
    latency_ms: Latency.describe('Of requests, within 7.5 %; null where there was none'),
    quality: Quality.describe(
      'Of the predictions of the range, as far as it is known what came true; by whole hours, those that the range begins and ends in among them',
    ),
    series: z.array(Counted.extend({ t: Time, ...Latency.shape })),
  }),
});

export const getDrift = route({
  ...shared,
  id: 'getDrift',
  scope: 'read',
  method: 'GET',
  path: '/api/mlops/deployments/{deployment_id}/drift',
  summary: 'The last drift of a deployment against the baseline of its model, computed hourly and on demand',
  params: z.object({ deployment_id }),
  query: z.object({
    include: z
      .enum(['bins', 'history'])
      .optional()
      .describe('`bins` adds the counts of both sides, `history` the results of the last hours'),
  }),
  status: 200,
  returns: DriftReport,
  // Features are named by their users: `__proto__` is a field like any other, which parsing would lose.
  trusted: true,
});

export const runDrift = route({
  ...shared,
  id: 'runDrift',
  scope: 'write',
  method: 'POST',
  path: '/api/mlops/deployments/{deployment_id}/drift/run',
  summary: 'Compute the drift of a deployment now, or join the computation that goes on',
  params: z.object({ deployment_id }),
  body: nothing,
  bodyOr: {},
  repeatable: true,
  status: 200,
  returns: z.object({ ok: z.literal(true), job_id: Id.describe('Of `GET /api/jobs/{job_id}`') }),
});

export const reportActuals = route({
  ...shared,
  id: 'reportActuals',
  scope: 'predict',
  method: 'POST',
  path: '/api/mlops/deployments/{deployment_id}/actuals',
  summary: 'Report what came true of logged predictions; a later report of a row replaces the earlier one',
  params: z.object({ deployment_id }),
  body: z
    .object({
      actuals: z
        .array(
          z.object({
            id: Id.describe('The inference log of the row, from `log_ids` or the logs'),
            actual: Actual,
            observed_at: ZonedTime.optional().describe('When it came true; now where nobody says'),
          }),
        )
        .min(1)
        .max(1000),
    })
    .meta({ id: 'ReportActuals' }),
  maxBytes: 1024 * 1024,
  sensitive: true,
  repeatable: true,
  status: 200,
  returns: z.object({
    ok: z.literal(true),
    accepted: z.int().describe('Rows whose label is kept; of an id that is named twice the last one'),
    unknown: z.array(Id).describe('No answered row of this deployment, or one whose log has expired'),
  }),
});
