import * as z from 'zod';
import { Id, Time } from '../fields.ts';
import { Alert, Window } from './alert.ts';
import type { Rule } from './rule.ts';

/** What one evaluation of a rule found. Times are in the wire's spelling. */
export const Outcome = z.object({
  /** `no_data`: nothing in the window; `insufficient`: fewer samples than the rule asks for. */
  verdict: z.enum(['breach', 'clear', 'insufficient', 'no_data']),
  value: z.number().nullable(),
  n: z.int().min(0),
  window: Window,
  /** Which features breach, worst first, at most ten. */
  features: z.array(z.string()).max(10).optional(),
});
export type Outcome = z.infer<typeof Outcome>;

export const WatchState = z.enum(['ok', 'pending', 'firing', 'recovering', 'insufficient', 'no_data']);
export type WatchState = z.infer<typeof WatchState>;

const Milliseconds = z.int().min(0);

/** What the state machine remembers of one rule and one deployment. Times are epoch milliseconds. */
export const Watch = z.object({
  rule_id: Id,
  deployment_id: Id,
  /** The edition of the rule that all but `cooling` was found under. */
  edition: z.int().min(1),
  /** 0: it was never written. */
  rev: z.int().min(0),
  state: WatchState,
  /** The last verdicts, oldest first, as many as the rule looks at, from the first breach among them. */
  recent: z.array(z.enum(['breach', 'clear'])),
  last: Outcome.nullable(),
  /** The time of the last outcome that counted: the same minute counts once, however often it is evaluated. */
  evaluated_at: Milliseconds.nullable(),
  /** When there was a verdict last, breach or clear; at first, when the watch began. */
  verdict_at: Milliseconds,
  /** When there was anything in the window last. */
  data_at: Milliseconds,
  /** The open incident. */
  incident: Alert.nullable(),
  /** When a message of each severity went out last: it outlives incidents and editions. */
  cooling: z.object({ info: Milliseconds, warning: Milliseconds, critical: Milliseconds }).partial(),
});
export type Watch = z.infer<typeof Watch>;

/** One step of the state machine, or something that was done to an incident, as it is kept for the history. */
export const Transition = z.object({
  at: Time,
  from: WatchState,
  to: WatchState,
  value: z.number().nullable(),
  threshold: z.number(),
  n: z.int().min(0),
  window: Window.nullable(),
  reason: z.string(),
  actor: z.string().optional(),
  note: z.string().optional(),
});
export type Transition = z.infer<typeof Transition>;

/** A watch that has seen nothing yet; `at` in epoch milliseconds. */
export const newWatch = (rule: Pick<Rule, 'id' | 'edition'>, deploymentId: string, at: number): Watch => ({
  rule_id: rule.id,
  deployment_id: deploymentId,
  edition: rule.edition,
  rev: 0,
  state: 'ok',
  recent: [],
  last: null,
  evaluated_at: null,
  verdict_at: at,
  data_at: at,
  incident: null,
  cooling: {},
});
