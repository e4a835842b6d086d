import * as inferences from '../../../adapters/logs/inferences.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { type Log, logId } from '../../../domain/log.ts';
import type { Copies } from '../../../domain/privacy/copies.ts';
import { newId } from '../clock.ts';
import { metric } from '../metrics.ts';

/** What a request is logged with, however it ended. */
export interface Logging {
  deployment: Deployment;
  caller: Caller;
  requestId: string | undefined;
  /** Whether the caller lets inputs be kept. */
  storesInputs: boolean;
  /** What of the request may leave. */
  copies: Copies;
}

/** Log a request under a fresh id, and give the id. Whatever happens to the log, the prediction stands. */
export async function log(
  { deployment, caller, requestId, storesInputs, copies }: Logging,
  ended: Pick<Log, 'rows' | 'status_code' | 'latency_ms' | 'inputs' | 'bins' | 'probabilities'> & {
    predictions: (string | number)[] | null;
  },
): Promise<string> {
  const id = logId(newId());
  const written = await inferences.record(
    {
      ...ended,
      ...copies.kept(ended, storesInputs),
      id,
      deployment_id: deployment.id,
      request_id: requestId,
      key_id: caller.id,
      exp: Math.floor(Date.now() / 1000) + deployment.retention_days * 86_400,
    },
    deployment.log_shards,
  );
  if (written === 'spooled') metric({ LogSpooled: [1, 'Count'] }, { deployment: deployment.id });
  if (written === 'dropped') metric({ LogDropped: [1, 'Count'] }, { deployment: deployment.id });
  return id;
}

/** Only the model's own columns: no other enters the score, and no privacy rule knows of others. */
export const ownColumns = (
  features: readonly { name: string }[],
  record: Readonly<Record<string, unknown>>,
) =>
  Object.fromEntries(
    features.filter(({ name }) => Object.hasOwn(record, name)).map(({ name }) => [name, record[name]]),
  );
