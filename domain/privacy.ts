import type { Caller } from './apiKey.ts';
import type { Config } from './deployment.ts';
import { forbidden, notFound, Problem } from './problem.ts';

interface Options {
  privacy_policy_id?: string;
  anonymize_logs?: boolean;
  anonymize_response?: boolean;
}

/** What of a request's data may be kept and shown. A request may tighten it; weakening needs its own scope. */
export function privacyOf(
  config: Config,
  options: Options,
  caller: Caller,
): { logs: boolean; response: boolean } {
  const logs = config.privacy_anonymize_logs ?? Boolean(config.privacy_policy_id);
  const response = config.privacy_anonymize_response ?? false;
  const weakens =
    (logs && options.anonymize_logs === false) || (response && options.anonymize_response === false);
  const swaps =
    options.privacy_policy_id !== undefined && options.privacy_policy_id !== config.privacy_policy_id;
  if ((weakens || swaps) && !caller.scopes.includes('privacy:override'))
    throw forbidden('Missing scope: privacy:override');
  if (swaps) throw notFound('Privacy policy');
  return { logs: options.anonymize_logs ?? logs, response: options.anonymize_response ?? response };
}

/** No policy can be read yet, so nothing that was to be anonymised leaves: better no answer than a plain one. */
export function assertShowable(privacy: { response: boolean }): void {
  if (privacy.response) throw new Problem('busy', 'Anonymised responses are not available');
}
