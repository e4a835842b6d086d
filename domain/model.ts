import * as z from 'zod';
import { Id, Name, Time, text, time } from './fields.ts';

export const Format = z.enum(['mojo', 'xgboost', 'lightgbm', 'onnx', 'skops']);

/** More would not fit beside the rest of a model in one item. */
export const mostFeatures = 2000;

export const ModelSchema = z.object({
  features: z
    .array(
      z.object({
        name: text(1, 128),
        type: z.enum(['number', 'integer', 'boolean', 'string']),
        nullable: z.boolean().default(true),
        values: z.array(z.string()).optional(),
      }),
    )
    .max(mostFeatures),
  target: z.string().optional(),
  problem_type: z.enum(['binary', 'multiclass', 'regression', 'anomaly']).optional(),
});
export type ModelSchema = z.infer<typeof ModelSchema>;

const Value = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** Bytes that were kept, and how to tell that they are still the same. */
export const Kept = z.object({ key: z.string(), sha256: z.string(), bytes: z.int() });
export type Kept = z.infer<typeof Kept>;

/** An artifact compiled: what predictions load, and what only contributions need besides. */
export const Images = z.object({ predict: Kept, explain: Kept.nullable() });
export type Images = z.infer<typeof Images>;

/** What was read of an artifact. */
export const Report = z.object({
  format_version: z.string(),
  objective: z.string(),
  /** Columns that the model reads, and over all of them the categories that it knows. */
  features: z.int(),
  levels: z.int(),
  /** Zero where a model has no trees. */
  trees: z.int(),
  nodes: z.int(),
  depth: z.int(),
  contributions: z.object({ available: z.boolean(), reason: z.string().nullable() }),
  /** What was left out of the file or read in a way of its own. */
  notes: z.array(z.string()),
});
export type Report = z.infer<typeof Report>;

/** One registered version of a model. */
export const Model = z.object({
  id: Id,
  project_id: Id,
  /** The same for every version of a name. */
  registered_model_id: Id,
  name: Name,
  version: z.int().min(1),
  algo: z.string().nullable(),
  format: z.string().nullable(),
  status: z.enum(['awaiting_upload', 'ready', 'failed']),
  error_message: z.string().nullable(),
  metrics: z.record(z.string(), z.number()),
  schema: ModelSchema.nullable(),
  has_baseline: z.boolean(),
  artifact: Kept.nullable(),
  images: Images.nullable().default(null),
  /** The frozen baseline that predictions are binned against; it is never replaced. */
  profile: Kept.nullable().default(null),
  /** Whose first logged rows the profile was made of, where no sample was given; `after` is the id of the last of them. */
  first_rows: z.object({ deployment_id: Id, after: z.string(), at: Time }).nullable().default(null),
  /** Rows of the sample that the profile counts, and of those looked at how many the model refused. */
  baseline_rows: z.int().nullable().default(null),
  baseline_refused: z.int().nullable().default(null),
  /**
   * A value for each column that the model reads, in its order, and the answer they got at registration: scored again
   * before a deployment becomes active.
   */
  probe: z.object({ values: z.array(Value), prediction: z.union([z.string(), z.number()]) }).nullable(),
  /** The labels of a classifier in its order, of two the positive one last; null where they are too many to keep. */
  classes: z.array(z.string()).nullable().default(null),
  report: Report.nullable().default(null),
  rev: z.int().min(1),
  trained_at: Time,
  created_at: Time,
});
export type Model = z.infer<typeof Model>;

/** Metrics in the order in which they speak for a model, and whether more is better. */
const better: readonly (readonly [metric: string, more: boolean])[] = [
  ['auc', true],
  ['logloss', false],
  ['accuracy', true],
  ['mean_per_class_error', false],
  ['rmse', false],
  ['mae', false],
  ['mse', false],
  ['r2', true],
];
export const sortMetrics = better.map(([metric]) => metric);

/** The best version of a name by the first metric that any of its versions reports. */
export function best(versions: readonly Model[]): string | null {
  for (const [metric, more] of better) {
    const measured = versions.filter((m) => m.status === 'ready' && m.metrics[metric] !== undefined);
    const first = measured.toSorted((a, b) => {
      const gain = (b.metrics[metric] ?? 0) - (a.metrics[metric] ?? 0);
      return (more ? gain : -gain) || b.version - a.version;
    })[0];
    if (first) return first.id;
  }
  return null;
}

interface Beside {
  aliases: string[];
  is_best: boolean;
  is_production: boolean;
  is_staging: boolean;
}

/** A model as it is shown. */
export const shown = (model: Model, beside: Beside) => ({
  ...model,
  ...beside,
  model_id: model.id,
  version: String(model.version),
  experiment_id: null,
  artifact_sha256: model.artifact?.sha256 ?? null,
});

/** A version of a model before anything was uploaded for it. */
export const registered = (
  wanted: {
    project_id: string;
    name: string;
    algo?: string;
    format?: string;
    metrics?: Record<string, number>;
    trained_at?: string;
    schema?: ModelSchema;
  },
  place: { id: string; registered_model_id: string; version: number },
  at: string,
): Model => ({
  ...place,
  project_id: wanted.project_id,
  name: wanted.name,
  algo: wanted.algo ?? null,
  format: wanted.format ?? null,
  status: 'awaiting_upload',
  error_message: null,
  metrics: wanted.metrics ?? {},
  schema: wanted.schema ?? null,
  has_baseline: false,
  artifact: null,
  images: null,
  profile: null,
  first_rows: null,
  baseline_rows: null,
  baseline_refused: null,
  probe: null,
  classes: null,
  report: null,
  rev: 1,
  trained_at: wanted.trained_at ? time(Date.parse(wanted.trained_at)) : at,
  created_at: at,
});

/** What reading an artifact tells, and what it is kept under; or why it was refused. */
export type Completion = Pick<
  Model,
  | 'algo'
  | 'format'
  | 'schema'
  | 'artifact'
  | 'images'
  | 'probe'
  | 'classes'
  | 'report'
  | 'has_baseline'
  | 'profile'
  | 'baseline_rows'
  | 'baseline_refused'
>;

export const completed = (model: Model, completion: Completion): Model => ({
  ...model,
  ...completion,
  status: 'ready',
  rev: model.rev + 1,
});

export const refused = (model: Model, reason: string): Model => ({
  ...model,
  status: 'failed',
  error_message: reason.slice(0, 1000),
  rev: model.rev + 1,
});
