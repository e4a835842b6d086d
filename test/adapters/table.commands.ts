import fc from 'fast-check';
import type { Ask } from '../support/conformance.ts';
import type { Item } from '../support/dynamodb/types.ts';

const TableName = 'control';
const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });

const number = fc.integer({ min: -3, max: 3 });
const word = fc.constantFrom('a', 'ab', 'b', 'é');
const sort = fc.constantFrom('a', 'a#1', 'a#2', 'b', 'c');
const scalar = fc.oneof(number.map(N), word.map(S), fc.constant({ BOOL: true }));
const value = fc.oneof(
  scalar,
  fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
  fc.array(scalar, { maxLength: 3 }).map((L) => ({ L })),
  fc.dictionary(fc.constantFrom('x', 'y'), scalar, { maxKeys: 2 }).map((M) => ({ M })),
);
const name = fc.constantFrom('n', 'm', 'doc', 'doc.x', 'list_', 'list_[0]', 'tags');
const comparator = fc.constantFrom('=', '<>', '<', '<=', '>', '>=');

type Text = { text: string; values: Item };
let placeholders = 0;
const given = (from: Item[string]): [string, Item] => {
  const at = `:v${placeholders++}`;
  return [at, { [at]: from }];
};

const simple: fc.Arbitrary<Text> = fc.oneof(
  fc
    .tuple(
      name,
      comparator,
      scalar.filter((one) => !('BOOL' in one)),
    )
    .map(([path, by, one]) => {
      const [at, values] = given(one);
      return { text: `${path} ${by} ${at}`, values };
    }),
  name.map((path) => ({ text: `attribute_exists(${path})`, values: {} })),
  name.map((path) => ({ text: `attribute_not_exists(${path})`, values: {} })),
  fc.tuple(name, word).map(([path, one]) => {
    const [at, values] = given(S(one));
    return { text: `begins_with(${path}, ${at})`, values };
  }),
  fc.tuple(name, scalar).map(([path, one]) => {
    const [at, values] = given(one);
    return { text: `contains(${path}, ${at})`, values };
  }),
);

const condition: fc.Arbitrary<Text> = fc.oneof(
  { weight: 3, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc
      .tuple(simple, fc.constantFrom('AND', 'OR', 'AND NOT', 'OR NOT'), simple)
      .map(([a, by, b]) => ({
        text: `(${a.text}) ${by} ${b.text}`,
        values: { ...a.values, ...b.values },
      })),
  },
);

const change: fc.Arbitrary<Text> = fc.oneof(
  fc.tuple(name, value).map(([path, one]) => {
    const [at, values] = given(one);
    return { text: `SET ${path} = ${at}`, values };
  }),
  fc.tuple(fc.constantFrom('n', 'm'), fc.constantFrom('+', '-'), number).map(([path, by, one]) => {
    const [at, values] = given(N(one));
    return { text: `SET ${path} = if_not_exists(${path}, ${at}) ${by} ${at}`, values };
  }),
  fc
    .tuple(
      fc.constantFrom('n', 'tags', 'm'),
      fc.oneof(
        number.map(N),
        word.map((one) => ({ SS: [one] })),
      ),
    )
    .map(([path, one]) => {
      const [at, values] = given(one);
      return { text: `ADD ${path} ${at}`, values };
    }),
  word.map((one) => {
    const [at, values] = given({ SS: [one] });
    return { text: `DELETE tags ${at}`, values };
  }),
  fc.constantFrom('n', 'm', 'doc', 'list_', 'tags').map((path) => ({ text: `REMOVE ${path}`, values: {} })),
);

const values = (all: Item) => (Object.keys(all).length > 0 ? { ExpressionAttributeValues: all } : {});
const sometimes = fc.option(condition, { nil: undefined });
const conditional = (one: Text | undefined, more: Item = {}): object => ({
  ...(one ? { ConditionExpression: one.text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}),
  ...values({ ...more, ...one?.values }),
});
const item = fc.dictionary(fc.constantFrom('n', 'm', 'doc', 'list_', 'tags'), value, { maxKeys: 4 });

/** A command that touches only the partition it is given, so that one run does not see another. */
type Made = (pk: string) => Ask;

const parts = {
  Put: fc.tuple(sort, item, sometimes).map(([sk, rest, when]) => (pk: string) => ({
    ...{ TableName, Item: { ...rest, pk: S(pk), sk: S(sk) } },
    ...conditional(when),
  })),
  Update: fc.tuple(sort, change, sometimes).map(([sk, { text, values: more }, when]) => (pk: string) => ({
    ...{ TableName, Key: { pk: S(pk), sk: S(sk) }, UpdateExpression: text },
    ...conditional(when, more),
  })),
  Delete: fc.tuple(sort, sometimes).map(([sk, when]) => (pk: string) => ({
    ...{ TableName, Key: { pk: S(pk), sk: S(sk) } },
    ...conditional(when),
  })),
  ConditionCheck: fc.tuple(sort, condition).map(([sk, when]) => (pk: string) => ({
    ...{ TableName, Key: { pk: S(pk), sk: S(sk) } },
    ...conditional(when),
  })),
};
const part = fc.oneof(
  ...Object.entries(parts).map(([kind, one]) => one.map((make) => (pk: string) => ({ [kind]: make(pk) }))),
);

const sorts = fc.oneof(
  fc
    .tuple(
      comparator.filter((by) => by !== '<>'),
      sort,
    )
    .map(([by, one]): Text => {
      const [at, all] = given(S(one));
      return { text: ` AND sk ${by} ${at}`, values: all };
    }),
  sort.map((one): Text => {
    const [at, all] = given(S(one));
    return { text: ` AND begins_with(sk, ${at})`, values: all };
  }),
  fc.constant<Text>({ text: '', values: {} }),
);
const query: fc.Arbitrary<Made> = fc
  .tuple(
    sorts,
    sometimes,
    fc.boolean(),
    fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    fc.option(sort),
  )
  .map(([key, filter, ScanIndexForward, Limit, start]) => (pk) => [
    'Query',
    {
      ...{ TableName, ScanIndexForward, ConsistentRead: true, KeyConditionExpression: `pk = :pk${key.text}` },
      ...(filter ? { FilterExpression: filter.text } : {}),
      ...values({ ':pk': S(pk), ...key.values, ...filter?.values }),
      ...(Limit === undefined ? {} : { Limit }),
      ...(start === null ? {} : { ExclusiveStartKey: { pk: S(pk), sk: S(start) } }),
    },
  ]);

const returning = (one: object, ReturnValues: string): object => ({ ...one, ReturnValues });
export const command: fc.Arbitrary<Made> = fc.oneof(
  parts.Put.map(
    (make): Made =>
      (pk) => ['PutItem', returning(make(pk), 'ALL_OLD')],
  ),
  fc.tuple(parts.Update, fc.constantFrom('ALL_NEW', 'UPDATED_NEW')).map(
    ([make, wanted]): Made =>
      (pk) => ['UpdateItem', returning(make(pk), wanted)],
  ),
  parts.Delete.map(
    (make): Made =>
      (pk) => ['DeleteItem', returning(make(pk), 'ALL_OLD')],
  ),
  fc.array(part, { minLength: 1, maxLength: 4 }).map(
    (all): Made =>
      (pk) => ['TransactWriteItems', { TransactItems: all.map((make) => make(pk)) }],
  ),
  query,
);
