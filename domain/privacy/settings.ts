import type { Caller } from '../apiKey.ts';
import type { Config } from '../deployment.ts';
import { forbidden } from '../problem.ts';
import type { Treatment } from './anonymise.ts';
import type { Policy } from './policy.ts';
import { type ColumnType, PiiType } from './types.ts';

/** What a request may say of its own privacy. */
export interface Options {
  privacy_policy_id?: string;
  anonymize_logs?: boolean;
  anonymize_response?: boolean;
}
type Weakening = keyof Options;

/** A policy as it was found; undefined where none is attached. */
export type Found = Policy | 'unreadable' | undefined;

/** What is anonymised of one request: two copies, each by itself. */
export interface Privacy {
  logs: boolean;
  response: boolean;
  /** Where the request has less of it than its deployment gives: allowed to few, and written down. */
  weakened: Weakening[];
}

/** The policy that a request goes by. */
export const policyIdOf = (config: Config, options: Options): string | undefined =>
  options.privacy_policy_id ?? config.privacy_policy_id ?? undefined;

const isAnother = (config: Config, { privacy_policy_id: id }: Options) =>
  id !== undefined && id !== config.privacy_policy_id;

/** Deployment before policy before default. What nobody can read is taken for the strictest. */
function own(config: Config, policy: Found): Pick<Privacy, 'logs' | 'response'> {
  const unread = policy === 'unreadable';
  const said = policy === undefined || unread ? {} : policy.settings;
  return {
    logs: config.privacy_anonymize_logs ?? said.anonymize_logs ?? policy !== undefined,
    response: config.privacy_anonymize_response ?? said.anonymize_response ?? unread,
  };
}

/**
 * A policy in place of another one may do less, and so may one where everything was redacted. Where nothing was
 * anonymised, any policy strengthens.
 */
export function swaps(config: Config, options: Options): Weakening[] {
  if (!isAnother(config, options)) return [];
  const { logs, response } = own(config, undefined);
  return config.privacy_policy_id || logs || response ? ['privacy_policy_id'] : [];
}

/** What holds for a request; `policy` is the one that it goes by. */
export function privacyOf(config: Config, options: Options, policy: Found): Privacy {
  const given = own(config, policy);
  const before = isAnother(config, options) && !config.privacy_policy_id ? own(config, undefined) : given;
  const weakened = swaps(config, options);
  if (before.logs && options.anonymize_logs === false) weakened.push('anonymize_logs');
  if (before.response && options.anonymize_response === false) weakened.push('anonymize_response');
  return {
    logs: options.anonymize_logs ?? given.logs,
    response: options.anonymize_response ?? given.response,
    weakened,
  };
}

/** A request may always strengthen; weakening needs a scope of its own. */
export function assertMayWeaken({ scopes }: Caller, weakened: readonly Weakening[]): void {
  if (weakened.length > 0 && !scopes.includes('privacy:override'))
    throw forbidden('Missing scope: privacy:override');
}

const defaultThreshold = 0.4;
const types: ReadonlySet<string> = new Set(PiiType.options);

/** How data is anonymised by a policy and what its deployment says; without a policy, or rules in it, all that is found is redacted. */
export function treatmentOf(config: Config, policy: Policy | undefined): Omit<Treatment, 'key'> {
  const { rules = [], settings = {} } = policy ?? {};
  return {
    rules: new Map(
      rules
        .filter(({ is_enabled }) => is_enabled)
        .map(({ pii_type, action, config }) => [pii_type, { action, config }]),
    ),
    everything: rules.length === 0,
    columns: columnsOf({ ...settings.column_map, ...config.privacy_column_map }),
    threshold: config.privacy_threshold ?? settings.threshold ?? defaultThreshold,
  };
}

/** A type that is not known, of a map that was stored before types were checked, is no reason to let its column pass. */
const columnsOf = (map: Readonly<Record<string, string>>): ReadonlyMap<string, ColumnType> =>
  new Map(Object.entries(map).map(([column, type]) => [column, isKnown(type) ? type : ('custom' as const)]));

const isKnown = (type: string): type is ColumnType => type === 'none' || types.has(type);

/** For what cannot be treated as it should be: whatever looks like personal data goes. */
export const strictest: Omit<Treatment, 'key'> = {
  rules: new Map(),
  everything: true,
  columns: new Map(),
  threshold: 0,
};
