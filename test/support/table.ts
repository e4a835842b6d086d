import { attach, type Client } from './dynamodb/client.ts';
import { query, scan } from './dynamodb/query.ts';
import { batchGet, get, transactGet } from './dynamodb/read.ts';
import { emptyRows, find, place, rowsOf } from './dynamodb/rows.ts';
import type { State } from './dynamodb/state.ts';
import { transactWrite } from './dynamodb/transact.ts';
import type { Chaos, Command, Commands, Item } from './dynamodb/types.ts';
import { type Meter, meter, reset } from './dynamodb/units.ts';
import { copiedItem } from './dynamodb/value.ts';
import { commandOf, decode, encode, encodeError } from './dynamodb/wire.ts';
import { batchWrite, single } from './dynamodb/write.ts';
import type { Gated } from './gate.ts';

export type { Command, Item } from './dynamodb/types.ts';

/** A DynamoDB of one process: the calls of the real one, and what a test wants to know besides. */
export type Table = Gated & {
  /** Low-level input and output, through the gate if there is one. */
  send<C extends Command>(command: C, input: Commands[C][0]): Promise<Commands[C][1]>;
  /** The JSON protocol that clients without the SDK speak. */
  answer(target: string, body: string): Promise<{ status: number; body: string }>;
  /** From now on this client asks the table. */
  install(client: Client): void;
  /** For tests: past the gate, uncounted, always the newest. */
  peek(table: string, key: Item): Item | undefined;
  items(table: string): Item[];
  readonly units: Meter;
  resetUnits(): void;
  chaos(chaos: Chaos | undefined): void;
};

type Run = (state: State, input: object) => object;

const operations: Readonly<Record<Command, Run>> = {
  GetItem: get,
  Query: query,
  Scan: scan,
  BatchGetItem: batchGet as Run,
  TransactGetItems: transactGet as Run,
  PutItem: (state, input) => single(state, 'PutItem', input),
  UpdateItem: (state, input) => single(state, 'UpdateItem', input),
  DeleteItem: (state, input) => single(state, 'DeleteItem', input),
  BatchWriteItem: batchWrite as Run,
  TransactWriteItems: transactWrite as Run,
};

function* everything(state: State, name: string): Generator<Item> {
  for (const { rows } of rowsOf(state.tables, name).partitions.values())
    for (const { item } of rows) if (item) yield item;
}

/**
 * `createTable({ control: ['pk', 'sk'], idempotency: ['pk'] })`; a key is text unless it says `at:N` or `hash:B`.
 * `now` ages the tokens of transactions.
 */
export function createTable(schema: Readonly<Record<string, readonly string[]>>, now = () => 0): Table {
  const tables = new Map(Object.entries(schema).map(([name, keys]) => [name, emptyRows(name, keys)]));
  const state: State = { tables, meter: meter(), tokens: new Map(), now, chaos: undefined, mark: undefined };

  async function send(command: Command, input: object): Promise<object> {
    const operation = operations[command];
    if (!operation) throw new Error(`the table of the tests does not know ${command}`);
    if (!table.gate) return operation(state, input);
    const mark = { answered: false };
    const apply = () => {
      state.mark = mark;
      try {
        return operation(state, input);
      } finally {
        state.mark = undefined;
      }
    };
    const settle = () => {
      mark.answered = true;
    };
    return table.gate(command, apply, settle);
  }

  const table: Table = {
    gate: undefined,
    send: send as Table['send'],
    install: (client) => attach(client, send),
    answer: async (target, body) => {
      try {
        return { status: 200, body: encode(await send(commandOf(target), decode(body))) };
      } catch (error) {
        return encodeError(error);
      }
    },
    peek: (name, key) => {
      const item = find(place(rowsOf(tables, name), key, true))?.item;
      return item && copiedItem(item);
    },
    items: (name) => [...everything(state, name)].map(copiedItem),
    units: state.meter,
    resetUnits: () => reset(state.meter),
    chaos: (chaos) => {
      state.chaos = chaos;
    },
  };
  return table;
}
