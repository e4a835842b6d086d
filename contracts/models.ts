import * as z from 'zod';
import { Id, Name, Time, text, ZonedTime } from '../domain/fields.ts';
import { Format, ModelSchema, Report, sortMetrics } from '../domain/model.ts';
import { route } from './route.ts';
import { limit, nothing, offset, ok, page } from './shapes.ts';

const shared = { group: 'models', dialect: 'mlops' } as const;

const Model = z
  .object({
    id: Id,
    model_id: Id,
    project_id: Id,
    registered_model_id: Id,
    name: z.string(),
    version: z.string(),
    algo: z.string().nullable(),
    format: z.string().nullable(),
    status: z.enum(['awaiting_upload', 'ready', 'failed']),
    error_message: z.string().nullable(),
    experiment_id: z.null(),
    metrics: z.record(z.string(), z.number()),
    schema: ModelSchema.nullable(),
    aliases: z.array(z.string()),
    is_best: z.boolean(),
    is_production: z.boolean(),
    is_staging: z.boolean(),
    has_baseline: z.boolean(),
    baseline_rows: z
      .int()
      .nullable()
      .describe(
        'Rows that the baseline counts: of the uploaded sample, evenly spread over a large one; else the first 1000 that were logged with their inputs',
      ),
    baseline_refused: z
      .int()
      .nullable()
      .describe('Rows of it that the model could not read, and that are left out'),
    report: Report.nullable().describe(
      'What was read of the artifact: its size, what was left out or read in a way of its own (at most 20 notes), and whether the model can explain its answers. Null before it is complete, and for models of older versions of Slipway',
    ),
    artifact_sha256: z.string().nullable(),
    trained_at: Time,
    created_at: Time,
  })
  .meta({ id: 'Model' });

const Upload = z
  .object({
    method: z.literal('PUT'),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    max_bytes: z.int(),
    expires_at: Time,
  })
  .meta({ id: 'Upload' });

export const registerModel = route({
  ...shared,
  id: 'registerModel',
  scope: 'write',
  method: 'POST',
  path: '/api/models',
  summary: 'Register a version of a model and get addresses to upload it to',
  params: nothing,
  body: z
    .object({
      project_id: Id,
      name: Name,
      algo: text(1, 64).optional(),
      format: Format.optional(),
      metrics: z.record(text(0, 64), z.number()).optional(),
      trained_at: ZonedTime.optional(),
      schema: ModelSchema.optional(),
    })
    .meta({ id: 'RegisterModel' }),
  repeatable: true,
  status: 201,
  returns: z.object({
    id: Id,
    model_id: Id,
    model: Model,
    uploads: z.object({
      artifact: Upload,
      baseline: Upload.describe(
        'A sample of the training data, one row for each line or row, columns found by their names: CSV with a header (RFC 4180, UTF-8), JSON lines, or Parquet (one flat column for each feature; Snappy, gzip, Brotli, Zstandard or none). At most a million rows',
      ),
    }),
  }),
});

export const completeModel = route({
  ...shared,
  id: 'completeModel',
  scope: 'write',
  method: 'POST',
  path: '/api/models/{model_id}/complete',
  summary: 'Read and check what was uploaded, and make the model deployable',
  params: z.object({ model_id: Id }),
  body: nothing,
  bodyOr: {},
  repeatable: true,
  status: 200,
  returns: z.object({ ok: z.literal(true), model: Model }),
});

export const listModels = route({
  ...shared,
  id: 'listModels',
  scope: 'read',
  method: 'GET',
  path: '/api/models',
  summary: 'Registered models, newest first unless sorted by a metric',
  params: nothing,
  query: z.object({
    project_id: Id.optional(),
    experiment_id: Id.optional(),
    model_type: text(0, 64).optional(),
    is_best: z.boolean().optional(),
    is_production: z.boolean().optional(),
    is_staging: z.boolean().optional(),
    search: text(0, 255).optional(),
    limit: limit(),
    offset: offset(),
    sort_metric: z.enum(sortMetrics).optional(),
    sort_dir: z.enum(['asc', 'desc']).default('desc'),
  }),
  status: 200,
  returns: page(Model),
});

export const getModel = route({
  ...shared,
  id: 'getModel',
  scope: 'read',
  method: 'GET',
  path: '/api/models/{model_id}',
  summary: 'One version of a model',
  params: z.object({ model_id: Id }),
  status: 200,
  returns: z.object({ model: Model }),
});

const alias = z
  .string()
  .regex(/^[a-zA-Z][\w\-.]{0,62}$/)
  .refine((name) => name !== 'latest', { error: 'latest is reserved' });

export const putAlias = route({
  ...shared,
  id: 'putAlias',
  scope: 'write',
  method: 'PUT',
  path: '/api/models/{name}/aliases/{alias}',
  summary: 'Let a name such as champion stand for a version; set or move it',
  params: z.object({ name: Name, alias }),
  body: z.object({ version: z.string().regex(/^[1-9]\d{0,5}$/) }),
  repeatable: true,
  status: 200,
  returns: z.object({ name: z.string(), alias: z.string(), version: z.string(), updated_at: Time }),
});

export const deleteAlias = route({
  ...shared,
  id: 'deleteAlias',
  scope: 'write',
  method: 'DELETE',
  path: '/api/models/{name}/aliases/{alias}',
  summary: 'Take an alias away',
  params: z.object({ name: Name, alias }),
  repeatable: true,
  status: 200,
  returns: ok,
});
