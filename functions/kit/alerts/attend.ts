import * as watches from '../../../adapters/alerts/watches.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import { attentionTo } from '../../../domain/alerts/attention.ts';
import { isFresh } from '../../../domain/alerts/machine.ts';
import { isDue } from '../../../domain/alerts/metrics/cadence.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { newWatch, type Watch } from '../../../domain/alerts/watch.ts';
import { fault } from '../metrics.ts';
import { advance, archive, lastOf } from './advance.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { found } from './found.ts';
import type { Target } from './targets.ts';

/** When this turn is: `at` is the minute that counts, `now` how far the evidence goes; epoch milliseconds. */
interface Turn {
  at: number;
  now: number;
}

/** Evaluate all rules of a target, each for itself. How many of them failed. */
export async function attend({ deployment, rules }: Target, { at, now }: Turn): Promise<number> {
  const evidence = deployment && evidenceOf(deployment, now);
  let failed = 0;
  for (const rule of rules)
    try {
      const known = await watched(rule, deployment?.id, at);
      if (evidence) await judge(rule, evidence, known, at);
    } catch (error) {
      fault('evaluateAlerts', error);
      failed++;
    }
  return failed;
}

/** What is remembered of the target. A rule that follows the pointer has left behind what was in production before. */
async function watched(rule: Rule, current: string | undefined, at: number): Promise<Watch | undefined> {
  if (rule.deployment_id !== null) return current === undefined ? undefined : watches.get(rule.id, current);
  const all = await watches.ofRule(rule.id);
  for (const watch of all)
    if (watch.deployment_id !== current && !isFresh(watch)) await leave(rule, watch, at);
  return all.find(({ deployment_id }) => deployment_id === current);
}

async function leave(rule: Rule, watch: Watch, at: number): Promise<void> {
  const deployment = await deployments.get(rule.project_id, 'online', watch.deployment_id);
  if (deployment) await archive({ rule, deployment }, watch, at);
}

async function judge(rule: Rule, evidence: Evidence, known: Watch | undefined, at: number): Promise<void> {
  const { deployment } = evidence;
  const attention = attentionTo(deployment, rule.metric);
  if (attention === 'muted') return;
  const before = known ?? newWatch(rule, deployment.id, at);
  if (attention === 'closes') {
    if (known) await archive({ rule, deployment }, before, at);
    return;
  }
  const last = lastOf(rule, before);
  const hasTurn = rule.enabled && attention === 'judges' && isDue(rule, last, at);
  const outcome = hasTurn ? await found(rule, evidence, last) : undefined;
  // Time passes for what is remembered; of a rule that has found nothing yet there is nothing to remember.
  if (outcome || known) await advance({ rule, deployment }, before, outcome, at);
}
