import { type Decision, moved, refuse, type Seen, settle, write } from './change.ts';
import type { RequestOf } from './operation.ts';
import { absent, moreRecent, wrongLife } from './refusals.ts';

const moves = {
  stop: { from: 'active', to: 'stopped', type: 'deployment.stopped' },
  start: { from: 'stopped', to: 'active', type: 'deployment.started' },
} as const;

/** Take a deployment out of service for a while, or back into it. The pointer stays: a stopped production is production. */
export function pause(request: RequestOf<'stop' | 'start'>, seen: Seen, at: string): Decision {
  const { deployment } = seen;
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, deployment);
  if (changed) return refuse(seen, changed, at);
  const { from, to, type } = moves[request.kind];
  if (deployment.life === to) return settle(seen, { ok: true }, at);
  if (deployment.life !== from) return refuse(seen, wrongLife(deployment, request), at);
  const next = { life: to, stopped_at: to === 'stopped' ? at : undefined };
  return write(type, seen, { deployments: [moved(deployment, next, request, at)], result: { ok: true }, at });
}
