import * as z from 'zod';
import { Id, Time, ZonedTime } from '../domain/fields.ts';
import { Inputs } from '../domain/inference.ts';
import { route } from './route.ts';
import { limit, page } from './shapes.ts';

const shared = { group: 'inference', dialect: 'mlops' } as const;
const deployment_id = Id.describe('The deployment');

export const predict = route({
  ...shared,
  id: 'predict',
  scope: 'predict',
  method: 'POST',
  path: '/api/mlops/deployments/{deployment_id}/predict',
  summary: 'Score one record or a list of them; every record is logged',
  params: z.object({ deployment_id }),
  body: z.object({
    inputs: Inputs,
    options: z
      .object({
        include_contributions: z.boolean().default(false),
        include_probabilities: z.boolean().default(false),
        store_payload: z.boolean().default(true),
        privacy_policy_id: Id.optional(),
        anonymize_logs: z.boolean().optional(),
        anonymize_response: z.boolean().optional(),
      })
      .prefault({}),
  }),
  maxBytes: 1024 * 1024,
  sensitive: true,
  status: 200,
  returns: z.object({
    predictions: z.array(
      z.object({
        prediction: z.union([z.string(), z.number()]),
        probabilities: z.record(z.string(), z.number()).optional(),
        calibrated_probabilities: z.record(z.string(), z.number()).optional(),
        outputs: z
          .array(z.union([z.string(), z.number()]))
          .optional()
          .describe('Of a model with several targets, one each'),
        mean_length: z.number().optional().describe('Of an isolation forest, over its trees'),
        anomalous: z.boolean().optional().describe('Of an isolation forest with a threshold'),
      }),
    ),
    contributions: z.array(z.array(z.object({ feature: z.string(), value: z.number() }))).optional(),
    latency_ms: z.number(),
    log_ids: z.array(Id),
  }),
  trusted: true,
});

export const listInferenceLogs = route({
  ...shared,
  id: 'listInferenceLogs',
  scope: 'read',
  method: 'GET',
  path: '/api/mlops/deployments/{deployment_id}/inference-logs',
  summary: 'What was asked of a deployment and what it answered, newest first',
  params: z.object({ deployment_id }),
  query: z
    .object({
      limit: limit(),
      offset: z.int().min(0).default(0),
      since: ZonedTime.optional(),
      until: ZonedTime.optional(),
      cursor: z
        .string()
        .max(1000)
        .optional()
        .describe('`next_cursor` of the page before; offset, since and until are then those of its list'),
    })
    .refine(({ since, until }) => !(since && until) || Date.parse(since) <= Date.parse(until), {
      error: 'since must not be after until',
    }),
  status: 200,
  returns: page(
    z.object({
      id: Id,
      deployment_id: Id,
      inputs: z.record(z.string(), z.unknown()).nullable(),
      prediction: z.union([z.string(), z.number()]).nullable(),
      latency_ms: z.number(),
      status_code: z.int(),
      created_at: Time,
      actual: z.union([z.string(), z.number()]).optional().describe('What came true, once it was reported'),
      request_id: z.string().optional(),
      flags: z
        .array(z.string())
        .optional()
        .describe(
          'anonymised, no_payload, payload_lost, privacy_unavailable: what was done to the row, or not',
        ),
      replaced: z
        .record(z.string(), z.number())
        .optional()
        .describe('How many values of each type of personal data were replaced in the row'),
    }),
  ).extend({ until: Time, next_cursor: z.string().nullable() }),
  trusted: true,
});
