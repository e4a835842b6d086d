import { cancelled, invalid } from './errors.ts';
import { refuseUnknown } from './fields.ts';
import { parseProjection, resolved, scope } from './parse.ts';
import { projected, refuseOverlaps } from './path.ts';
import { find, isUnanswered, place, type Row, rowsOf } from './rows.ts';
import type { State } from './state.ts';
import type { Input, Item } from './types.ts';
import { count, readItemUnits } from './units.ts';
import { checkedItem, copiedItem } from './value.ts';
import { refuseRepeats } from './write.ts';

/**
 * What a reader is shown of a row. One item read consistently is the newest; an eventual read may be one write
 * behind; a read of many may see a transaction in part until its caller was answered.
 */
export function seen(
  state: State,
  row: Row | undefined,
  consistent: boolean,
  many: boolean,
): Item | undefined {
  if (!row) return undefined;
  if (!state.chaos) return row.item;
  if (!consistent && state.chaos.stale()) return row.before;
  if (many && isUnanswered(row) && state.chaos.torn()) return row.before;
  return row.item;
}

export function projection(input: Input): (item: Item) => Item {
  if (input.ProjectionExpression === undefined) return copiedItem;
  const parsed = parseProjection(input.ProjectionExpression);
  const names = { names: input.ExpressionAttributeNames ?? {}, values: {} };
  const paths = parsed.tree.map((path) => resolved(path, names));
  refuseOverlaps(paths);
  return (item) => copiedItem(projected(item, paths));
}

function named(input: Input): void {
  scope(input, [
    input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression),
  ]);
}

export function get(state: State, input: Input): { Item?: Item } {
  refuseUnknown('GetItem', input);
  named(input);
  const show = projection(input);
  const at = place(rowsOf(state.tables, input.TableName), checkedItem(input.Key ?? {}), true);
  const consistent = input.ConsistentRead === true;
  const item = seen(state, find(at), consistent, false);
  count(state.meter, 'GetItem', { read: readItemUnits(item, consistent) });
  return item ? { Item: show(item) } : {};
}

type Keys = Input & { Keys?: Item[] };

export function batchGet(state: State, input: { RequestItems?: Record<string, Keys> }): object {
  refuseUnknown('BatchGetItem', input);
  const all = Object.entries(input.RequestItems ?? {}).flatMap(
    ([TableName, { Keys: keys = [], ...rest }]) => {
      refuseUnknown('GetItem', rest);
      named(rest);
      const show = projection(rest);
      const rows = rowsOf(state.tables, TableName);
      const consistent = rest.ConsistentRead === true;
      return keys.map((Key) => ({
        TableName,
        rest,
        Key,
        show,
        consistent,
        at: place(rows, checkedItem(Key), true),
      }));
    },
  );
  if (all.length === 0 || all.length > 100) throw invalid('Between 1 and 100 keys may be in a batch');
  refuseRepeats(all.map(({ at }) => at));
  const Responses: Record<string, Item[]> = {};
  const UnprocessedKeys: Record<string, Keys> = {};
  let units = 0;
  for (const { TableName, rest, Key, show, consistent, at } of all) {
    Responses[TableName] ??= [];
    if (state.chaos?.unprocessed()) {
      UnprocessedKeys[TableName] = { ...rest, Keys: [...(UnprocessedKeys[TableName]?.Keys ?? []), Key] };
      continue;
    }
    const item = seen(state, find(at), consistent, true);
    units += readItemUnits(item, consistent);
    if (item) Responses[TableName].push(show(item));
  }
  count(state.meter, 'BatchGetItem', { read: units });
  return { Responses, UnprocessedKeys };
}

export function transactGet(state: State, input: { TransactItems?: { Get?: Input }[] }): object {
  refuseUnknown('TransactGetItems', input);
  const all = (input.TransactItems ?? []).map(({ Get = {} }) => {
    refuseUnknown('GetItem', Get);
    named(Get);
    const at = place(rowsOf(state.tables, Get.TableName), checkedItem(Get.Key ?? {}), true);
    return { at, show: projection(Get) };
  });
  if (all.length === 0 || all.length > 100) throw invalid('A transaction holds between 1 and 100 items');
  refuseRepeats(all.map(({ at }) => at));
  const rows = all.map(({ at }) => find(at));
  const conflicts = rows.map((row) => isUnanswered(row) && state.chaos?.conflict() === true);
  if (conflicts.includes(true))
    throw cancelled(conflicts.map((one) => ({ Code: one ? 'TransactionConflict' : 'None' })));
  count(state.meter, 'TransactGetItems', {
    read: rows.reduce((sum, row) => sum + 2 * readItemUnits(row?.item, true), 0),
  });
  return { Responses: all.map(({ show }, at) => (rows[at]?.item ? { Item: show(rows[at].item) } : {})) };
}
