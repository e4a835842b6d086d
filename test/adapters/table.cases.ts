import type { Ask } from '../support/conformance.ts';
import type { Command, Item } from '../support/dynamodb/types.ts';

const S = (text: string) => ({ S: text });
const N = (number: number | string) => ({ N: String(number) });
const TableName = 'control';
const key = (pk: string, sk: string): Item => ({ pk: S(pk), sk: S(sk) });
const put = (pk: string, sk: string, rest: Item = {}): Ask => [
  'PutItem',
  { TableName, Item: { ...key(pk, sk), ...rest } },
];
const get = (pk: string, sk: string): Ask => [
  'GetItem',
  { TableName, Key: key(pk, sk), ConsistentRead: true },
];
const update = (pk: string, sk: string, UpdateExpression: string, more: object = {}): Ask => [
  'UpdateItem',
  { TableName, Key: key(pk, sk), UpdateExpression, ReturnValues: 'ALL_NEW', ...more },
];
const values = (all: Item) => ({ ExpressionAttributeValues: all });
const query = (KeyConditionExpression: string, all: Item, more: object = {}): Ask => [
  'Query',
  { TableName, KeyConditionExpression, ...values(all), ...more },
];
const transact = (...TransactItems: object[]): Ask => ['TransactWriteItems', { TransactItems }];
const line = (pk: string): Ask[] =>
  ['a', 'b#1', 'b#2', 'b#10', 'c', '😀', 'é', '￿'].map((sk, at) => put(pk, sk, { at: N(at) }));
const rich: Item = {
  n: N(5),
  motto: S('hello'),
  flag: { BOOL: true },
  nothing: { NULL: true },
  list_: { L: [S('x'), N(1), { M: { deep: S('y') } }] },
  doc: { M: { a: N(1), b: { M: { c: S('z') } } } },
  tags: { SS: ['p', 'q'] },
  counts: { NS: ['1', '2'] },
  raw_: { B: new Uint8Array([1, 2, 3]) },
};
const condition = (ConditionExpression: string, all: Item = {}): Ask => [
  'UpdateItem',
  {
    ...{ TableName, Key: key('rich', 'r'), UpdateExpression: 'SET touched = :t', ConditionExpression },
    ...values({ ':t': S('yes'), ...all }),
  },
];
const failed = 'ConditionalCheckFailedException';
const refused = 'ValidationException';

/** Name, what is done before, what is asked, and how it ends: `ok` or the name of an error. */
export type Case = readonly [name: string, before: Ask[], asked: Ask, ends: string];

const conditions: Case[] = (
  [
    ['n = :v', { ':v': N('5.0') }, 'ok'],
    ['n = :v', { ':v': S('5') }, failed],
    ['n <> :v', { ':v': S('5') }, 'ok'],
    ['absent <> :v', { ':v': S('5') }, 'ok'],
    ['absent = :v', { ':v': S('5') }, failed],
    ['NOT absent = :v', { ':v': S('5') }, 'ok'],
    ['n < :v', { ':v': N(6) }, 'ok'],
    ['n < :v', { ':v': N('5.00') }, failed],
    ['n >= :v AND n <= :v', { ':v': N(5) }, 'ok'],
    ['n BETWEEN :a AND :b', { ':a': N(1), ':b': N(5) }, 'ok'],
    ['n BETWEEN :a AND :b', { ':a': N(6), ':b': N(5) }, refused],
    ['n IN (:a, :b)', { ':a': N(1), ':b': N(5) }, 'ok'],
    ['n < :v', { ':v': { BOOL: true } }, refused],
    ['motto < :v', { ':v': N(1) }, failed],
    ['attribute_exists(doc.b.c)', {}, 'ok'],
    ['attribute_exists(doc.b.d)', {}, failed],
    ['attribute_not_exists(list_[3])', {}, 'ok'],
    ['list_[2].deep = :v', { ':v': S('y') }, 'ok'],
    ['attribute_type(doc, :v)', { ':v': S('M') }, 'ok'],
    ['attribute_type(doc, :v)', { ':v': S('X') }, refused],
    ['begins_with(motto, :v)', { ':v': S('hell') }, 'ok'],
    ['begins_with(n, :v)', { ':v': S('5') }, failed],
    ['begins_with(motto, :v)', { ':v': N(5) }, refused],
    ['contains(motto, :v)', { ':v': S('ell') }, 'ok'],
    ['contains(tags, :v)', { ':v': S('q') }, 'ok'],
    ['contains(counts, :v)', { ':v': N('2.0') }, 'ok'],
    ['contains(list_, :v)', { ':v': N(1) }, 'ok'],
    ['contains(list_, :v)', { ':v': S('1') }, failed],
    ['size(tags) = :v', { ':v': N(2) }, 'ok'],
    ['size(motto) > :v', { ':v': N(4) }, 'ok'],
    ['size(raw_) = :v', { ':v': N(3) }, 'ok'],
    ['size(n) = :v', { ':v': N(1) }, failed],
    ['tags = :v', { ':v': { SS: ['q', 'p'] } }, 'ok'],
    ['doc = :v', { ':v': { M: { b: { M: { c: S('z') } }, a: N('1.0') } } }, 'ok'],
    ['n = :a OR n = :b AND n = :a', { ':a': N(1), ':b': N(5) }, failed],
    ['(n = :b OR n = :a) AND NOT (n = :a)', { ':a': N(1), ':b': N(5) }, 'ok'],
    ['status = :v', { ':v': N(1) }, refused],
    ['n = :missing', {}, refused],
    ['n = :v', { ':v': N(5), ':unused': N(1) }, refused],
    ['#gone = :v', { ':v': N(5) }, refused],
    ['n = ', {}, refused],
    ['n == :v', { ':v': N(5) }, refused],
    ['n = :v n', { ':v': N(5) }, refused],
    ['unknown(n)', {}, refused],
    ['', {}, refused],
  ] satisfies [string, Item, string][]
).map(([text, all, ends]) => [
  `the condition ${text} with ${JSON.stringify(all)}`,
  [put('rich', 'r', rich)],
  condition(text, all),
  ends,
]);

const updates: Case[] = (
  [
    ['SET a = :v', { ':v': N('1.50') }, 'ok'],
    ['SET n = n + :v', { ':v': N('0.1') }, 'ok'],
    ['SET n = n - :v', { ':v': N('12345678901234567890') }, 'ok'],
    ['SET n = motto + :v', { ':v': N(1) }, refused],
    ['SET n = if_not_exists(m, :v)', { ':v': N(7) }, 'ok'],
    ['SET n = if_not_exists(n, :v) + :v', { ':v': N(7) }, 'ok'],
    ['SET list_ = list_append(list_, :v)', { ':v': { L: [S('w')] } }, 'ok'],
    ['SET list_ = list_append(:v, list_)', { ':v': { L: [S('w')] } }, 'ok'],
    ['SET list_[0] = :v', { ':v': S('new') }, 'ok'],
    ['SET list_[9] = :v', { ':v': S('last') }, 'ok'],
    ['SET doc.b.c = :v, doc.d = :v', { ':v': S('new') }, 'ok'],
    ['SET absent.b = :v', { ':v': S('new') }, refused],
    ['SET motto.b = :v', { ':v': S('new') }, refused],
    ['SET a = absent', {}, refused],
    ['SET a = n, n = :v', { ':v': N(9) }, 'ok'],
    ['SET a = :v, a = :v', { ':v': N(9) }, refused],
    ['SET doc = :v, doc.a = :v', { ':v': N(9) }, refused],
    ['SET pk = :v', { ':v': S('x') }, refused],
    ['SET a = :v SET b = :v', { ':v': S('x') }, refused],
    ['SET status = :v', { ':v': S('x') }, refused],
    ['REMOVE n, absent, doc.b', {}, 'ok'],
    ['REMOVE list_[0], list_[1]', {}, 'ok'],
    ['REMOVE list_[7]', {}, 'ok'],
    ['REMOVE doc.nothere', {}, 'ok'],
    ['REMOVE absent.b', {}, refused],
    ['ADD n :v', { ':v': N(-7) }, 'ok'],
    ['ADD fresh :v', { ':v': N(3) }, 'ok'],
    ['ADD tags :v', { ':v': { SS: ['q', 'r'] } }, 'ok'],
    ['ADD fresh :v', { ':v': { NS: ['3'] } }, 'ok'],
    ['ADD motto :v', { ':v': N(3) }, refused],
    ['ADD n :v', { ':v': S('3') }, refused],
    ['DELETE tags :v', { ':v': { SS: ['q', 'r'] } }, 'ok'],
    ['DELETE tags :v', { ':v': { SS: ['p', 'q'] } }, 'ok'],
    ['DELETE fresh :v', { ':v': { SS: ['p'] } }, 'ok'],
    ['DELETE tags :v', { ':v': S('p') }, refused],
    ['SET a = :v REMOVE n ADD fresh :v DELETE counts :c', { ':v': N(1), ':c': { NS: ['1.0'] } }, 'ok'],
    ['SET a = :v', { ':v': { SS: [] } }, refused],
    ['SET a = :v', { ':v': { NS: ['1', '1.0'] } }, refused],
    ['SET a = :v', { ':v': N('abc') }, refused],
    ['SET a = :v', { ':v': N('1e126') }, refused],
    ['SET a = :v', { ':v': N('1e-5') }, 'ok'],
    ['SET a = :v', { ':v': N('0.00') }, 'ok'],
    ['SET a = :v', { ':v': N('-1.230e2') }, 'ok'],
    ['SET a = :v', { ':v': N('1e20') }, 'ok'],
    ['SET a = :v', { ':v': N('123456789012345678901234567890123456789') }, refused],
    ['SET a = :v', { ':v': S('') }, 'ok'],
  ] satisfies [string, Item, string][]
).map(([text, all, ends]) => [
  `the update ${text} with ${JSON.stringify(all)}`,
  [put('rich', 'r', rich)],
  update('rich', 'r', text, Object.keys(all).length > 0 ? values(all) : {}),
  ends,
]);

const queries: Case[] = (
  [
    ['pk = :p', {}, {}],
    ['pk = :p AND sk = :s', { ':s': S('b#1') }, {}],
    ['sk > :s AND pk = :p', { ':s': S('b#1') }, {}],
    ['pk = :p AND sk >= :s', { ':s': S('b#1') }, { ScanIndexForward: false }],
    ['pk = :p AND sk < :s', { ':s': S('c') }, { ScanIndexForward: false, Limit: 2 }],
    ['pk = :p AND sk <= :s', { ':s': S('c') }, { Limit: 3 }],
    ['pk = :p AND sk BETWEEN :s AND :t', { ':s': S('b'), ':t': S('c') }, {}],
    ['pk = :p AND begins_with(sk, :s)', { ':s': S('b#') }, { ScanIndexForward: false }],
    ['pk = :p AND begins_with(sk, :s)', { ':s': S('zz') }, {}],
    ['pk = :p', {}, { ExclusiveStartKey: key('line', 'b#10'), Limit: 2 }],
    ['pk = :p', {}, { ExclusiveStartKey: key('line', 'b#15'), ScanIndexForward: false }],
    ['pk = :p', {}, { Select: 'COUNT' }],
    ['pk = :p', {}, { ProjectionExpression: 'sk' }],
    [
      'pk = :p',
      { ':f': N(3) },
      { FilterExpression: '#at > :f', ExpressionAttributeNames: { '#at': 'at' }, Limit: 5 },
    ],
    ['(pk = :p) AND (sk = :s)', { ':s': S('a') }, {}],
    ['pk = :p', {}, { Limit: 8 }],
  ] satisfies [string, Item, object][]
).map(([text, all, more]) => [
  `the query ${text} with ${JSON.stringify({ ...all, ...more })}`,
  line('line'),
  query(text, { ':p': S('line'), ...all }, more),
  'ok',
]);

const badQueries: Case[] = (
  [
    ['sk = :p', {}, {}],
    ['pk > :p', {}, {}],
    ['pk = :p OR sk = :p', {}, {}],
    ['pk = :p AND sk <> :p', {}, {}],
    ['pk = :p AND sk IN (:p)', {}, {}],
    ['pk = :p AND at = :p', {}, {}],
    ['pk = :p AND sk = :s', { ':s': N(1) }, {}],
    ['pk = :p', {}, { Limit: 0 }],
    ['pk = :p', {}, { ExclusiveStartKey: key('other', 'a') }],
    ['pk = :p', {}, { FilterExpression: 'sk = :p' }],
    ['pk = :p', {}, { Select: 'COUNT', ProjectionExpression: 'sk' }],
  ] satisfies [string, Item, object][]
).map(([text, all, more]) => [
  `the query ${text} with ${JSON.stringify({ ...all, ...more })}`,
  [],
  query(text, { ':p': S('line'), ...all }, more),
  refused,
]);

const write = (kind: string, sk: string, more: object = {}): object => ({
  [kind]: { TableName, ...(kind === 'Put' ? { Item: key('t', sk) } : { Key: key('t', sk) }), ...more },
});
const absent = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};
const add = { UpdateExpression: 'ADD n :v', ...values({ ':v': N(1) }) };
const clean: Ask[] = ['a', 'b', 'c'].map((sk) => ['DeleteItem', { TableName, Key: key('t', sk) }]);
const tokened = (ClientRequestToken: string, more: object = {}): Ask => [
  'TransactWriteItems',
  { TransactItems: [write('Update', 'c', { ...add, ...more })], ClientRequestToken },
];
const cancelled = 'TransactionCanceledException';

const transactions: Case[] = [
  [
    'a transaction of all four kinds',
    [...clean, put('t', 'b')],
    transact(write('Put', 'a', absent), write('Delete', 'b'), write('Update', 'c', add), {
      ConditionCheck: { TableName, Key: key('t', 'z'), ConditionExpression: 'attribute_not_exists(pk)' },
    }),
    'ok',
  ],
  [
    'one failed condition cancels all, with its old item',
    [...clean, put('t', 'a', rich)],
    transact(write('Update', 'c', add), write('Put', 'a', absent)),
    cancelled,
  ],
  [
    'two failed conditions are both named',
    [...clean, put('t', 'a'), put('t', 'b')],
    transact(
      write('Put', 'a', absent),
      write('Put', 'b', { ConditionExpression: 'attribute_not_exists(pk)' }),
    ),
    cancelled,
  ],
  [
    'an update that cannot be applied cancels',
    [...clean, put('t', 'c', { n: S('x') })],
    transact(write('Put', 'a'), write('Update', 'c', add)),
    cancelled,
  ],
  ['two writes of one item are refused', clean, transact(write('Put', 'a'), write('Delete', 'a')), refused],
  ['a transaction of nothing is refused', clean, transact(), refused],
  [
    'a hundred items are a transaction',
    clean,
    transact(...Array.from({ length: 100 }, (_, at) => write('Put', `n${at}`))),
    'ok',
  ],
  [
    'a hundred and one items are refused',
    clean,
    transact(...Array.from({ length: 101 }, (_, at) => write('Put', `n${at}`))),
    refused,
  ],
  ['a token repeated changes nothing', [...clean, tokened('one')], tokened('one'), 'ok'],
  [
    'a token with other content is refused',
    [...clean, tokened('two')],
    tokened('two', values({ ':v': N(2) })),
    'IdempotentParameterMismatchException',
  ],
  [
    'a token of a cancelled transaction may be used again',
    [...clean, tokened('three', { ConditionExpression: 'attribute_exists(pk)' }), put('t', 'c')],
    tokened('three', { ConditionExpression: 'attribute_exists(pk)' }),
    'ok',
  ],
  [
    'a check needs a condition',
    clean,
    transact({ ConditionCheck: { TableName, Key: key('t', 'z') } }),
    refused,
  ],
  [
    'a transaction with a wrong expression is refused whole',
    clean,
    transact(write('Put', 'a', { ConditionExpression: 'n = ' })),
    refused,
  ],
  [
    'items are read together',
    [...clean, put('t', 'a', rich)],
    [
      'TransactGetItems',
      {
        TransactItems: [
          { Get: { TableName, Key: key('t', 'a'), ProjectionExpression: 'n, doc.b' } },
          { Get: { TableName, Key: key('t', 'b') } },
        ],
      },
    ],
    'ok',
  ],
];

const single = (command: Command, input: object): Ask => [command, { TableName, ...input }];
const large = { big: S('x'.repeat(400 * 1024)) };

const singles: Case[] = [
  [
    'a put returns what it replaced',
    [put('s', 'a', rich)],
    single('PutItem', { Item: key('s', 'a'), ReturnValues: 'ALL_OLD' }),
    'ok',
  ],
  [
    'a put returns nothing when there was nothing',
    [['DeleteItem', { TableName, Key: key('s', 'a') }]],
    single('PutItem', { Item: key('s', 'a'), ReturnValues: 'ALL_OLD' }),
    'ok',
  ],
  [
    'a put cannot return the new item',
    [],
    single('PutItem', { Item: key('s', 'a'), ReturnValues: 'ALL_NEW' }),
    refused,
  ],
  [
    'a refused put shows the old item when asked',
    [put('s', 'a', rich)],
    single('PutItem', { Item: key('s', 'a'), ...absent }),
    failed,
  ],
  [
    'a delete returns what it took',
    [put('s', 'a', rich)],
    single('DeleteItem', { Key: key('s', 'a'), ReturnValues: 'ALL_OLD' }),
    'ok',
  ],
  [
    'a delete of nothing is no error',
    [['DeleteItem', { TableName, Key: key('s', 'a') }]],
    single('DeleteItem', { Key: key('s', 'a') }),
    'ok',
  ],
  [
    'a conditional delete of nothing is refused',
    [['DeleteItem', { TableName, Key: key('s', 'a') }]],
    single('DeleteItem', { Key: key('s', 'a'), ConditionExpression: 'attribute_exists(pk)' }),
    failed,
  ],
  [
    'an update makes the item',
    [['DeleteItem', { TableName, Key: key('s', 'a') }]],
    update('s', 'a', 'SET n = :v', values({ ':v': N(1) })),
    'ok',
  ],
  [
    'an update that makes an item returns nothing old',
    [['DeleteItem', { TableName, Key: key('s', 'a') }]],
    update('s', 'a', 'SET n = :v', { ...values({ ':v': N(1) }), ReturnValues: 'ALL_OLD' }),
    'ok',
  ],
  [
    'an update returns what it changed, as it was',
    [put('s', 'a', rich)],
    update('s', 'a', 'SET n = :v, doc.b.c = :v', { ...values({ ':v': N(1) }), ReturnValues: 'UPDATED_OLD' }),
    'ok',
  ],
  [
    'an update returns what it changed, as it is',
    [put('s', 'a', rich)],
    update('s', 'a', 'SET n = :v, doc.b.c = :v', { ...values({ ':v': N(1) }), ReturnValues: 'UPDATED_NEW' }),
    'ok',
  ],
  [
    'a get of a path',
    [put('s', 'a', rich)],
    single('GetItem', {
      Key: key('s', 'a'),
      ProjectionExpression: 'doc.b, list_[2].deep, list_[0], #n',
      ExpressionAttributeNames: { '#n': 'n' },
    }),
    'ok',
  ],
  [
    'a get of overlapping paths is refused',
    [],
    single('GetItem', { Key: key('s', 'a'), ProjectionExpression: 'doc, doc.b' }),
    refused,
  ],
  ['a get of nothing has no item', [], single('GetItem', { Key: key('s', 'nothing') }), 'ok'],
  ['a key without its sort key is refused', [], single('GetItem', { Key: { pk: S('s') } }), refused],
  [
    'a key with more than the key is refused',
    [],
    single('GetItem', { Key: { ...key('s', 'a'), n: N(1) } }),
    refused,
  ],
  ['a key of another type is refused', [], single('GetItem', { Key: { pk: S('s'), sk: N(1) } }), refused],
  ['an empty key is refused', [], put('s', ''), refused],
  ['an item without its key is refused', [], single('PutItem', { Item: { pk: S('s') } }), refused],
  ['an item of more than 400 KB is refused', [], put('s', 'a', large), refused],
  [
    'a table that is not there',
    [],
    ['GetItem', { TableName: 'nowhere', Key: key('s', 'a') }],
    'ResourceNotFoundException',
  ],
  [
    'an update of nothing keeps the item',
    [put('s', 'a', rich)],
    single('UpdateItem', { Key: key('s', 'a'), ReturnValues: 'ALL_NEW' }),
    'ok',
  ],
  [
    'a batch is read',
    [put('s', 'a', rich), put('s', 'b')],
    [
      'BatchGetItem',
      { RequestItems: { control: { Keys: [key('s', 'a'), key('s', 'b'), key('s', 'nothing')] } } },
    ],
    'ok',
  ],
  [
    'a batch with a key twice is refused',
    [],
    ['BatchGetItem', { RequestItems: { control: { Keys: [key('s', 'a'), key('s', 'a')] } } }],
    refused,
  ],
  [
    'a batch is written',
    [put('s', 'b')],
    [
      'BatchWriteItem',
      {
        RequestItems: {
          control: [{ PutRequest: { Item: key('s', 'a') } }, { DeleteRequest: { Key: key('s', 'b') } }],
        },
      },
    ],
    'ok',
  ],
  [
    'numbers sort by their worth',
    [
      ...[10, 9, -1, '0.5', '1e3'].map(
        (at): Ask => ['PutItem', { TableName: 'series', Item: { pk: S('n'), at: N(at) } }],
      ),
    ],
    [
      'Query',
      {
        TableName: 'series',
        KeyConditionExpression: 'pk = :p AND #at > :a',
        ExpressionAttributeNames: { '#at': 'at' },
        ...values({ ':p': S('n'), ':a': N(0) }),
      },
    ],
    'ok',
  ],
];

export const cases: Case[] = [
  ...conditions,
  ...updates,
  ...queries,
  ...badQueries,
  ...transactions,
  ...singles,
];

/** What is looked at after a case: everything it can have touched. */
export const traces: Ask[] = [
  get('rich', 'r'),
  ...['t', 's', 'line'].map((pk) => query('pk = :p', { ':p': S(pk) })),
];

/** Cases in which the local engine departs from the service, and what the service says. */
export const departures: ReadonlyMap<string, string> = new Map([
  ['the condition n < :v with {":v":{"BOOL":true}}', 'only text, numbers and bytes are ordered'],
  ['the condition attribute_type(doc, :v) with {":v":{"S":"X"}}', 'the type has to be one there is'],
  ['the update SET list_[9] = :v with {":v":{"S":"last"}}', 'an element beyond the end is appended'],
  ['the update REMOVE list_[0], list_[1] with {}', 'elements are those the list had before'],
  [
    'the update SET a = :v REMOVE n ADD fresh :v DELETE counts :c with {":v":{"N":"1"},":c":{"NS":["1.0"]}}',
    'numbers in a set are compared as numbers',
  ],
  ['the query pk = :p AND sk = :s with {":s":{"N":"1"}}', 'a value for a key has the type of the key'],
  [
    'the query pk = :p with {"ExclusiveStartKey":{"pk":{"S":"other"},"sk":{"S":"a"}}}',
    'a page starts within what is asked for',
  ],
  ['a transaction with a wrong expression is refused whole', 'what is wrong in itself is no cancellation'],
  ['an update that makes an item returns nothing old', 'there was no item'],
  ['the update REMOVE absent.b with {}', 'what is removed has to have a place'],
  ['items are read together', 'a projection gives what it names, keys not added'],
]);
