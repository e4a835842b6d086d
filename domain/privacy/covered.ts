import type { Config } from '../deployment.ts';
import { anonymiser } from './anonymise.ts';
import { type Found, treatmentOf } from './settings.ts';
import type { PiiType } from './types.ts';

/** Whether these values of a column, or any of them, must not be named: a rule or the column map is about them. */
export type Cover = (column: string, names: readonly string[]) => boolean;

/**
 * What of a deployment's data nobody may name, whatever becomes of its logs and answers. Nothing, where it has no
 * privacy at all; everything, where its policy cannot be read.
 */
export function coverOf(config: Config, policy: Found): Cover {
  if (policy === 'unreadable') return () => true;
  const { privacy_column_map, privacy_anonymize_logs, privacy_anonymize_response } = config;
  if (!policy && !privacy_column_map && !privacy_anonymize_logs && !privacy_anonymize_response)
    return () => false;
  const treatment = treatmentOf(config, policy);
  // What a rule does to a value does not matter here, so no key is needed to find out that it does something.
  const rules = new Map(
    [...treatment.rules].map(([type, rule]) => [type, rule.action === 'keep' ? rule : redact] as const),
  );
  const { record } = anonymiser({ ...treatment, rules, key: undefined });
  const named = (column: string): PiiType | undefined => {
    const type = treatment.columns.get(column);
    return type === 'none' ? undefined : type;
  };
  return (column, names) => {
    const type = named(column);
    if (type) return rules.get(type)?.action !== 'keep';
    return names.some((name) => Object.keys(record({ [column]: name }).counts).length > 0);
  };
}

const redact = { action: 'redact', config: {} } as const;
