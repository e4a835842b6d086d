import * as z from 'zod';
import { Id, Time } from '../domain/fields.ts';

const Band = z.enum(['low', 'moderate', 'high', 'insufficient_data']);
const Share = z.number().min(0).max(1);
const Counts = z.array(z.int());

const FeatureDrift = z
  .object({
    psi: z.number().describe('Population Stability Index, natural logarithm'),
    status: Band,
    type: z.enum(['numeric', 'categorical', 'hashed', 'id']),
    n: z.int().describe('Live rows judged; below 200 none is'),
    noise_p999: z.number().nullable().describe('What sampling alone exceeds once in a thousand times'),
    above_noise: z
      .boolean()
      .describe(
        'Whether the PSI is more than chance; of bins with few rows that takes more than `noise_p999`',
      ),
    missing: z.object({ baseline: Share, live: Share }),
    new_share: Share.nullable().describe('Of categories that the baseline lacks'),
    new_categories: z.array(z.string()).describe('At most ten of them, from stored inputs'),
    ks: z.number().nullable(),
    js: z.number().nullable(),
    wasserstein: z.number().nullable().describe('In standard deviations of the baseline'),
    bins: z
      .object({
        baseline: Counts,
        live: Counts,
        edges: z.array(z.number()).optional(),
        categories: z.array(z.string()).optional(),
      })
      .optional(),
  })
  .meta({ id: 'FeatureDrift' });

/** Before the first result there is nothing but the first five fields. */
export const DriftReport = z
  .object({
    deployment_id: Id,
    overall_status: Band.nullable().describe('The band of the mean; null before the first result'),
    features: z.record(z.string(), FeatureDrift),
    computed_at: Time.nullable(),
    inference_rows: z.int().describe('Rows in the window'),
    mean_psi: z.number().nullable().optional(),
    max_psi: z.number().nullable().optional(),
    drifted_share: Share.nullable().optional().describe('Of monitored features, with a PSI of 0.1 or more'),
    not_monitored: z.array(z.string()).optional(),
    prediction: FeatureDrift.extend({ score_psi: z.number().nullable() })
      .meta({ id: 'PredictionDrift' })
      .nullable()
      .optional(),
    baseline: z
      .object({ source: z.enum(['sample', 'first_rows']), rows: z.int(), created_at: Time })
      .nullable()
      .optional(),
    window: z.object({ from: Time, to: Time }).optional(),
    floor: z.number().optional().describe('The share that an empty bin is taken for'),
    partial: z
      .literal(true)
      .optional()
      .describe('Not all that was logged before it was asked for had been counted'),
    history: z
      .array(
        z.object({
          computed_at: Time,
          overall_status: Band,
          mean_psi: z.number().nullable(),
          max_psi: z.number().nullable(),
          drifted_share: Share.nullable(),
          inference_rows: z.int(),
          psi: z.record(z.string(), z.number()),
          above_noise: z.array(z.string()).optional().describe('Features whose PSI is more than chance'),
          not_monitored: z.array(z.string()).optional(),
        }),
      )
      .optional()
      .describe('The last result of each hour, oldest first, at most a week of hours'),
    left_out: z
      .int()
      .optional()
      .describe('Rows logged without inputs before there was a baseline: nobody can compare them'),
  })
  .meta({ id: 'DriftReport' });
