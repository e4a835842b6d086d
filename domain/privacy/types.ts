import * as z from 'zod';
import { Id } from '../fields.ts';

/** What detectors find in text, in the order that decides between equals. */
export const DetectedType = z.enum([
  'credit_card',
  'iban',
  'ssn',
  'email',
  'ip_address',
  'mac_address',
  'phone_number',
  'url',
]);
export type DetectedType = z.infer<typeof DetectedType>;

export const PiiType = z.enum([
  ...DetectedType.options,
  // Nothing in their values gives these away: a column map has to name them.
  'name',
  'date_of_birth',
  'address',
  'postal_code',
  'national_id',
  'passport',
  'driver_license',
  'account_number',
  'medical_record_number',
  'geo',
  'custom',
]);
export type PiiType = z.infer<typeof PiiType>;

/** What a column map may say of a column; `none` exempts it from detection. */
export const ColumnType = z.enum([...PiiType.options, 'none']);
export type ColumnType = z.infer<typeof ColumnType>;

export const Action = z.enum([
  'redact',
  'mask',
  'hash',
  'pseudonymize',
  'generalize',
  'replace',
  'suppress',
  'keep',
]);
export type Action = z.infer<typeof Action>;

const Shown = z.int().min(0).max(64).optional();
const Nothing = z.strictObject({});
const Generalize = z
  .strictObject({
    to: z.enum(['year', 'month', 'decade', 'network', 'domain']).optional().describe('Of dates, IPs, e-mail'),
    prefix: z.int().min(1).max(64).optional().describe('Characters kept, of a postal code'),
    network: z.literal(true).optional().describe('The same as to: network'),
    domain: z.literal(true).optional().describe('The same as to: domain'),
    width: z.number().positive().optional().describe('Of the steps to which a number is rounded down'),
  })
  .refine((config) => Object.keys(config).length <= 1, 'Only one way to generalize can be given');

/** What each action takes, as `config` of a rule. */
export const ActionConfig = {
  redact: Nothing,
  mask: z.strictObject({ show_first: Shown, show_last: Shown }),
  hash: Nothing,
  pseudonymize: Nothing,
  generalize: Generalize,
  replace: z.strictObject({ value: z.union([z.string().max(255), z.number()]) }),
  suppress: Nothing,
  keep: Nothing,
} satisfies Record<Action, z.ZodType>;

/** The `config` of any action; which of it an action takes, `ActionConfig` says. */
export const RuleConfig = z.object({
  ...ActionConfig.mask.shape,
  ...Generalize.shape,
  value: ActionConfig.replace.shape.value.optional(),
});
export type RuleConfig = z.infer<typeof RuleConfig>;

export const PolicyRule = z.object({
  id: Id,
  pii_type: PiiType,
  action: Action,
  is_enabled: z.boolean(),
  config: RuleConfig,
});
export type PolicyRule = z.infer<typeof PolicyRule>;

/** Something found in a text: where (UTF-16 units, the end excluded), what, how sure (0 to 1). */
export interface Span {
  start: number;
  end: number;
  type: DetectedType;
  score: number;
  /** Made of detections that overlap in part: no action but to redact can be right for it. */
  merged?: true;
}
