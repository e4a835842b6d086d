import { setTimeout as sleep } from 'node:timers/promises';
import * as actuals from '../../../adapters/monitoring/actuals.ts';
import { hour, startOf } from '../../../domain/aggregates/time.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { time } from '../../../domain/fields.ts';
import { millisecondsOf, rowId } from '../../../domain/id.ts';
import { logId, rowOf, windowOf } from '../../../domain/log.ts';
import { busy, Problem } from '../../../domain/problem.ts';
import { type Reported, reported, transactions } from '../../../domain/quality/actuals.ts';
import type { Judge } from '../../../domain/quality/judge.ts';
import { newId } from '../clock.ts';
import type { Wanted } from './wanted.ts';

interface Of {
  deployment: Deployment;
  judge: Judge;
  actor: string;
}
/** By log what is still to be written of it. */
type Pending = Map<string, Reported[]>;

/** Milliseconds: the gateway waits for the answer, and a transaction that nobody answers takes seconds. */
const patience = 15_000;
const longestPause = 400;

/**
 * Keep what came true, each row together with what it adds to the counters of its hour; the ids that are none of
 * this deployment's answers come back. Sent again, whatever had got through of it, it comes to the same.
 */
export async function take(of: Of, wanted: readonly Wanted[], now: number): Promise<string[]> {
  const unknown = new Set<string>();
  let pending = byLog(of.deployment, wanted, now, unknown);
  for (let tried = 0; pending.size > 0; tried++) {
    if (Date.now() - now > patience) throw busy();
    // Others are at the same rows or hours: whoever waits by chance does not meet them again.
    if (tried > 0) await sleep(Math.random() * Math.min(longestPause, 20 * 2 ** tried));
    pending = await round(of, pending, now, unknown);
  }
  return wanted.map(({ id }) => id).filter((id) => unknown.has(id));
}

function byLog(deployment: Deployment, wanted: readonly Wanted[], now: number, unknown: Set<string>) {
  const { since, until } = windowOf(deployment, {}, now);
  const pending: Pending = new Map();
  for (const { id, ...report } of wanted) {
    const time = millisecondsOf(id);
    const log = logId(id);
    if (time <= since || time >= until) unknown.add(id);
    else pending.set(log, [...(pending.get(log) ?? []), { ...report, row: rowOf(id) }]);
  }
  return pending;
}

/** Read, decide, write; what is left is what changed in between, and what one transaction had no room for. */
async function round(of: Of, pending: Pending, now: number, unknown: Set<string>): Promise<Pending> {
  const found = await actuals.find(of.deployment, [...pending.keys()], now);
  const left: Pending = new Map();
  const changed: actuals.Labelled[] = [];
  for (const [id, reports] of pending) {
    const log = found.get(id);
    const [known, others] = parted(reports, log?.answered.predictions.length ?? 0);
    for (const { row } of others) unknown.add(rowId(id, row));
    const change = log && reported(of.judge, log.answered, known, now);
    if (!log || !change?.changed) continue;
    changed.push({ ...log, change });
    left.set(id, known);
  }
  if (!changed.every(actuals.fits)) throw tooMuch();
  for (const { id, change } of await written(of, changed, now)) left.set(id, change.left);
  return new Map([...left].filter(([, reports]) => reports.length > 0));
}

/** Those that got through. */
async function written({ deployment, actor }: Of, changed: actuals.Labelled[], now: number) {
  const done: actuals.Labelled[] = [];
  for (const group of transactions(changed, (id) => startOf(hour, millisecondsOf(id)))) {
    if (Date.now() - now > patience) throw busy();
    const { id: subject } = deployment;
    const word = { id: newId(), type: 'actuals.reported', subject, actor, at: time(now) } as const;
    if (await actuals.save(deployment, group, word)) done.push(...group.logs);
  }
  return done;
}

function parted(reports: readonly Reported[], rows: number): [known: Reported[], others: Reported[]] {
  return [reports.filter(({ row }) => row < rows), reports.filter(({ row }) => row >= rows)];
}

const tooMuch = () => new Problem('tooLarge', 'The labels of one prediction request take too much room');
