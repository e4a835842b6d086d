import * as turns from '../../../adapters/alerts/turns.ts';
import { minute, startOf } from '../../../domain/aggregates/time.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { attend } from './attend.ts';
import { type Target, targetsOf } from './targets.ts';

/** Targets that are looked at together. */
const atOnce = 8;
/** Milliseconds after which a run begins with no other target: the function has a minute. */
const patience = 40_000;

/** What became of a run: targets that were left for the next one, and rules that could not be evaluated. */
export interface Attended {
  left: number;
  failed: number;
}

/** Evaluate rules for as long as there is time. The next run begins where this one has to stop. */
export async function takeTurns(rules: readonly Rule[]): Promise<Attended> {
  const began = Date.now();
  const targets = await targetsOf(rules);
  const behind = targets.length > atOnce ? await turns.get() : '';
  const order = after(targets, behind);
  let failed = 0;
  let done = 0;
  while (done < order.length && (done === 0 || Date.now() - began < patience)) {
    const some = order.slice(done, done + atOnce);
    const now = Date.now();
    const counts = await Promise.all(some.map((one) => attend(one, { at: startOf(minute, began), now })));
    failed += counts.reduce((sum, count) => sum + count, 0);
    done += some.length;
  }
  const last = done < order.length ? (order[done - 1]?.id ?? '') : '';
  if (last !== behind) await turns.put(last);
  return { left: order.length - done, failed };
}

/** All of them, beginning behind this one. */
function after(targets: readonly Target[], id: string): Target[] {
  const first = targets.findIndex((target) => target.id > id);
  return first <= 0 ? [...targets] : [...targets.slice(first), ...targets.slice(0, first)];
}
