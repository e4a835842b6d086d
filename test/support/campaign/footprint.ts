import { textOf } from '../dynamodb/rows.ts';
import type { Input, Item } from '../dynamodb/types.ts';

/** The items that a call looks at and those it writes; a name that ends in `*` stands for all that begin so. */
export type Footprint = { reads: string[]; writes: string[] };

const name = (table: string | undefined, key: Item | undefined): string =>
  [table, key?.pk && textOf(key.pk), key?.sk && textOf(key.sk)].join('|');

type Part = { Put?: Input; Update?: Input; Delete?: Input; ConditionCheck?: Input };

export function footprint(command: string, input: Input & { TransactItems?: Part[] }): Footprint {
  const { TableName, Key, ExpressionAttributeValues: values = {} } = input;
  switch (command) {
    case 'GetItem':
      return { reads: [name(TableName, Key)], writes: [] };
    case 'Query': {
      const [, pk = ''] = /pk = (:\w+)/.exec(input.KeyConditionExpression ?? '') ?? [];
      const [, sk = ''] = /begins_with\(sk, (:\w+)\)/.exec(input.KeyConditionExpression ?? '') ?? [];
      const start = { pk: values[pk] as Item[string], sk: values[sk] ?? { S: '' } };
      return { reads: [`${name(TableName, start)}*`], writes: [] };
    }
    case 'TransactWriteItems': {
      const all = (input.TransactItems ?? []).map(({ Put, Update, Delete, ConditionCheck }) => ({
        key: name(...placeOf(Put ?? Update ?? Delete ?? ConditionCheck ?? {})),
        writes: ConditionCheck === undefined,
      }));
      return {
        reads: all.map(({ key }) => key),
        writes: all.filter(({ writes }) => writes).map(({ key }) => key),
      };
    }
    default:
      return { reads: [], writes: [name(...placeOf(input))] };
  }
}

const placeOf = ({ TableName, Item, Key }: Input) => [TableName, Key ?? Item] as const;

const meets = (one: string, other: string): boolean =>
  one.endsWith('*') ? other.startsWith(one.slice(0, -1)) : one === other;
const touches = (writes: readonly string[], { reads, writes: others }: Footprint) =>
  writes.some((key) => [...reads, ...others].some((other) => meets(other, key)));

/** Neither writes what the other looks at: in either order both come to the same. */
export const independent = (a: Footprint, b: Footprint): boolean =>
  !touches(a.writes, b) && !touches(b.writes, a);

/** What only one actor ever touches, or nobody writes once the actors have begun: it may be done at once. */
const own = [
  /^idempotency\|/,
  /^keys\|/,
  /^control\|OP#/,
  /^control\|OPEN\|/,
  /^control\|DEP#[^|]*\|LOC$/,
  /^control\|M#[^|]*\|LOC$/,
  /^control\|P#[^|]*\|MODEL#/,
];
export const isOwn = ({ reads, writes }: Footprint): boolean =>
  [...reads, ...writes].every((key) => own.some((pattern) => pattern.test(key)));
