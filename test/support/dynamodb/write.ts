import type { Condition } from './condition.grammar.ts';
import { holds, refuseBadOperands } from './condition.ts';
import { conditionFailed, conflict, invalid } from './errors.ts';
import { refuseUnknown } from './fields.ts';
import { type Parsed, parseCondition, parseUpdate, resolved, type Scope, scope } from './parse.ts';
import { projected, refuseOverlaps } from './path.ts';
import { find, isUnanswered, type Place, place, rowsOf, write } from './rows.ts';
import type { State } from './state.ts';
import type { Path } from './tokens.ts';
import type { Input, Item } from './types.ts';
import { count, writeUnits } from './units.ts';
import { targets, type Update } from './update.grammar.ts';
import { refuseBadUpdate, updated } from './update.ts';
import { checkedItem, copiedItem, itemBytes } from './value.ts';

export type Action = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheck';

/** One write, read and checked as far as that goes without looking at the item. */
export type Prepared = {
  readonly action: Action;
  readonly at: Place;
  readonly input: Input;
  readonly scope: Scope;
  readonly condition: Condition | undefined;
  readonly paths: readonly Path[];
  next(old: Item | undefined): Item | undefined;
};

const largest = 400 * 1024;

function refuseLarge(item: Item): Item {
  if (itemBytes(item) > largest) throw invalid('Item size has exceeded the maximum allowed size');
  return item;
}

function prepareUpdate(
  at: Place,
  update: Parsed<Update> | undefined,
  names: Scope,
): Pick<Prepared, 'next' | 'paths'> {
  if (!update) return { paths: [], next: (old) => old ?? { ...at.key } };
  const { tree } = update;
  const paths = targets(tree).map((one) => resolved(one, names));
  refuseOverlaps(paths);
  if (at.rows.keys.some(({ name }) => paths.some(([first]) => first === name)))
    throw invalid(
      'One or more parameter values were invalid: Cannot update attribute. This attribute is part of the key',
    );
  refuseBadUpdate(tree, names);
  return { paths, next: (old) => refuseLarge(updated(tree, old ?? at.key, names)) };
}

export function prepare(state: State, action: Action, input: Input): Prepared {
  refuseUnknown(action, input);
  const rows = rowsOf(state.tables, input.TableName);
  const condition =
    input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression);
  const update = input.UpdateExpression === undefined ? undefined : parseUpdate(input.UpdateExpression);
  const names = scope(input, [condition, update]);
  if (condition) refuseBadOperands(condition.tree, names);
  const common = { action, input, scope: names, condition: condition?.tree };
  if (action === 'PutItem') {
    const item = checkedItem(input.Item ?? {});
    const at = place(rows, item, false);
    refuseLarge(item);
    return { ...common, at, paths: [], next: () => item };
  }
  const at = place(rows, checkedItem(input.Key ?? {}), true);
  if (action === 'UpdateItem') return { ...common, at, ...prepareUpdate(at, update, names) };
  if (action === 'ConditionCheck' && !condition) throw invalid('ConditionExpression must be given');
  return { ...common, at, paths: [], next: (old) => (action === 'DeleteItem' ? undefined : old) };
}

export const current = (one: Prepared): Item | undefined => find(one.at)?.item;

export const passes = (one: Prepared, old: Item | undefined): boolean =>
  !one.condition || holds(one.condition, old, one.scope);

const allowed: Readonly<Record<string, readonly string[]>> = {
  PutItem: ['NONE', 'ALL_OLD'],
  DeleteItem: ['NONE', 'ALL_OLD'],
  UpdateItem: ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'],
};

function returned(one: Prepared, old: Item | undefined, now: Item | undefined): { Attributes?: Item } {
  const wanted = one.input.ReturnValues ?? 'NONE';
  if (wanted === 'NONE') return {};
  const from = wanted.endsWith('OLD') ? old : now;
  if (!from) return {};
  const item = wanted.startsWith('ALL') ? from : projected(from, one.paths);
  return Object.keys(item).length > 0 ? { Attributes: copiedItem(item) } : {};
}

export function single(
  state: State,
  action: Exclude<Action, 'ConditionCheck'>,
  input: Input,
): { Attributes?: Item } {
  const one = prepare(state, action, input);
  if (!allowed[action]?.includes(input.ReturnValues ?? 'NONE'))
    throw invalid('ReturnValues can only be what this operation returns');
  const row = find(one.at);
  if (isUnanswered(row) && state.chaos?.conflict()) throw conflict();
  const old = row?.item;
  if (!passes(one, old)) {
    count(state.meter, action, { write: writeUnits(old, undefined) });
    throw conditionFailed(
      old && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? copiedItem(old) : undefined,
    );
  }
  const now = one.next(old);
  write(one.at, now, state.chaos !== undefined);
  count(state.meter, action, { write: writeUnits(old, now) });
  return returned(one, old, now);
}

type WriteRequest = { PutRequest?: { Item?: Item }; DeleteRequest?: { Key?: Item } };

export function batchWrite(state: State, input: { RequestItems?: Record<string, WriteRequest[]> }): object {
  refuseUnknown('BatchWriteItem', input);
  const all = Object.entries(input.RequestItems ?? {}).flatMap(([TableName, requests]) =>
    requests.map((request) => ({
      TableName,
      request,
      one: request.PutRequest
        ? prepare(state, 'PutItem', { TableName, Item: request.PutRequest.Item })
        : prepare(state, 'DeleteItem', { TableName, Key: request.DeleteRequest?.Key }),
    })),
  );
  if (all.length === 0 || all.length > 25) throw invalid('Between 1 and 25 requests may be in a batch');
  refuseRepeats(all.map(({ one }) => one.at));
  const UnprocessedItems: Record<string, WriteRequest[]> = {};
  let units = 0;
  for (const { TableName, request, one } of all) {
    if (state.chaos?.unprocessed()) {
      UnprocessedItems[TableName] = [...(UnprocessedItems[TableName] ?? []), request];
      continue;
    }
    const old = current(one);
    const now = one.next(old);
    write(one.at, now, state.chaos !== undefined);
    units += writeUnits(old, now);
  }
  count(state.meter, 'BatchWriteItem', { write: units });
  return { UnprocessedItems };
}

export function refuseRepeats(places: readonly Place[]): void {
  const seen = new Set(places.map((at) => JSON.stringify([at.rows.name, at.partition, at.sort])));
  if (seen.size < places.length) throw invalid('The request cannot include multiple operations on one item');
}
