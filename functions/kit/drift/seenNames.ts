import * as logs from '../../../adapters/logs/inferenceLogs.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { newNames } from '../../../domain/drift/newNames.ts';
import type { Profile, Raw } from '../../../domain/drift/profile.ts';
import { isEmpty, windowOf } from '../../../domain/log.ts';
import { coverFor, tellable } from './cover.ts';

const mostRows = 200;

/** Names of values that the baseline lacks, from the newest rows of a window whose inputs are stored. */
export async function seenNames(
  deployment: Deployment,
  profile: Profile,
  { from, to }: { from: number; to: number },
): Promise<Map<string, string[]>> {
  const window = windowOf(deployment, {}, to);
  const span = { since: Math.max(window.since, from - 1), until: to + 1 };
  if (isEmpty(span)) return new Map();
  const shards = deployment.log_shards;
  const { rows } = await logs.page(deployment, { ...span, now: to, shards, limit: mostRows, offset: 0 });
  const shown = await logs.shown(deployment, rows);
  const records = shown.flatMap(({ inputs, status_code }) =>
    inputs && status_code === 200 ? [inputs as Raw] : [],
  );
  return tellable(await coverFor(deployment), newNames(profile, records));
}
