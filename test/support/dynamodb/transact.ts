import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { cancelled, invalid, isInvalid, otherRequest } from './errors.ts';
import { refuseUnknown } from './fields.ts';
import { find, isUnanswered, write } from './rows.ts';
import type { State } from './state.ts';
import type { Input, Item } from './types.ts';
import { count, writeUnits } from './units.ts';
import { copiedItem, itemBytes } from './value.ts';
import { type Action, current, type Prepared, passes, prepare, refuseRepeats } from './write.ts';

type Part = { Put?: Input; Update?: Input; Delete?: Input; ConditionCheck?: Input };
type Request = { TransactItems?: Part[]; ClientRequestToken?: string };

const actions: Readonly<Record<keyof Part, Action>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheck',
};
const tenMinutes = 600_000;
const fourMegabytes = 4 * 1024 * 1024;
const none: CancellationReason = { Code: 'None' };

/** One text for one content, whatever the order its fields were written in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('base64');
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function read(state: State, part: Part): Prepared {
  const [name, ...others] = Object.keys(part).filter((one) => part[one as keyof Part] !== undefined);
  const action = actions[name as keyof Part];
  if (!action || others.length > 0)
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  return prepare(state, action, part[name as keyof Part] as Input);
}

type Outcome = { reason: CancellationReason; old: Item | undefined; now: Item | undefined };

function outcome(state: State, one: Prepared): Outcome {
  const old = current(one);
  if (isUnanswered(find(one.at)) && state.chaos?.conflict())
    return {
      reason: { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
      old,
      now: old,
    };
  if (!passes(one, old)) {
    const shown = old && one.input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const reason = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    return { reason: shown ? { ...reason, Item: copiedItem(old) } : reason, old, now: old };
  }
  try {
    return { reason: none, old, now: one.next(old) };
  } catch (error) {
    if (!isInvalid(error)) throw error;
    return { reason: { Code: 'ValidationError', Message: error.message }, old, now: old };
  }
}

/** A token that has committed says so again and changes nothing, for ten minutes. */
function isRepeat(state: State, token: string, content: string): boolean {
  const known = state.tokens.get(token);
  if (!known || known.until <= state.now()) return false;
  if (known.content !== content) throw otherRequest();
  return true;
}

function refuseSize(count: number): void {
  if (count === 0 || count > 100) throw invalid('A transaction holds between 1 and 100 items');
}

export function transactWrite(state: State, input: Request): object {
  refuseUnknown('TransactWriteItems', input);
  const parts = input.TransactItems ?? [];
  refuseSize(parts.length);
  const all = parts.map((part) => read(state, part));
  refuseRepeats(all.map((one) => one.at));
  const token = input.ClientRequestToken;
  if (token !== undefined && (token.length < 1 || token.length > 36))
    throw invalid('A token has 1 to 36 characters');
  const content = token === undefined ? '' : canonical(parts);
  if (token !== undefined && isRepeat(state, token, content)) {
    count(state.meter, 'TransactWriteItems', { read: 2 * all.length });
    return {};
  }
  const outcomes = all.map((one) => outcome(state, one));
  const units = outcomes.reduce((sum, { old, now }) => sum + 2 * writeUnits(old, now), 0);
  count(state.meter, 'TransactWriteItems', { write: units });
  if (outcomes.some(({ reason }) => reason !== none)) throw cancelled(outcomes.map(({ reason }) => reason));
  if (outcomes.reduce((sum, { now }) => sum + (now ? itemBytes(now) : 0), 0) > fourMegabytes)
    throw invalid('A transaction holds at most 4 MB');
  all.forEach((one, at) => {
    if (one.action === 'ConditionCheck') return;
    write(one.at, outcomes[at]?.now, state.chaos !== undefined, state.mark);
  });
  if (token !== undefined) state.tokens.set(token, { content, until: state.now() + tenMinutes });
  return {};
}
