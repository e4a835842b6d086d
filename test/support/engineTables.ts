import * as sdk from '@aws-sdk/client-dynamodb';
import type { Command, Item } from './dynamodb/types.ts';
import { commandOf, decode, encode, encodeError } from './dynamodb/wire.ts';
import { dynoxideBinary, startDynoxide } from './dynoxide.ts';
import type { Table } from './table.ts';
import type { World } from './world.ts';

type Sendable = Parameters<sdk.DynamoDBClient['send']>[0];
interface Asked {
  command: Command;
  table: string;
}
interface Watched<T> {
  value: T;
  asked: Asked[];
  /** Of each round, which tables were asked: no answer of a round came before its last question. */
  rounds: string[][];
}

const schema = {
  ...{ control: ['pk', 'sk'], logs: ['pk', 'sk'], aggregates: ['pk', 'sk'] },
  ...{ idempotency: ['pk'], keys: ['pk'] },
};
const atOnce = 25;

/**
 * Moves the tables of a world, with what they hold, into the engine of the local stack. `watch` counts what is asked
 * meanwhile, and the rounds: every answer is held back until nobody asks any more, so a chain of questions that need
 * each other's answers can never take fewer rounds than it is long.
 */
export async function inEngine(world: World) {
  const found = dynoxideBinary();
  if ('reason' in found) throw new Error(found.reason);
  const engine = await startDynoxide(found.binary, schema, { inMemory: true });
  const rounds = holding();
  const commands = sdk as unknown as Record<string, new (input: object) => Sendable>;
  const send = async (command: Command, input: object): Promise<object> => {
    const Command = commands[`${command}Command`];
    if (!Command) throw new Error(`no ${command}Command`);
    const { TableName: table = '' } = input as { TableName?: string };
    const run = () => engine.client.send(new Command(input)) as Promise<object>;
    return rounds.through({ command, table }, run);
  };
  /** Write items as they are, past everybody. */
  const put = async (table: string, items: readonly Item[]) => {
    for (let i = 0; i < items.length; i += atOnce) {
      const Requests = items.slice(i, i + atOnce).map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems = {} } = await engine.client.send(
        new sdk.BatchWriteItemCommand({ RequestItems: { [table]: Requests } }),
      );
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('the engine did not take all items');
    }
  };
  for (const name of Object.keys(schema)) await put(name, world.hooks.table.items(name));
  world.hooks.table = {
    ...world.hooks.table,
    send: send as Table['send'],
    answer: async (target, body) => {
      try {
        return { status: 200, body: encode(await send(commandOf(target), decode(body))) };
      } catch (error) {
        return encodeError(error);
      }
    },
  };
  return { client: engine.client, put, watch: rounds.watch, stop: engine.stop };
}

const quiet = 5;

function holding() {
  let asked: Asked[] | undefined;
  let held: (() => void)[] = [];
  let [rounds, begun, open]: [string[][], number, number] = [[], 0, 0];
  let timer: NodeJS.Timeout | undefined;

  function release() {
    rounds.push((asked ?? []).slice(begun).map(({ table }) => table));
    begun = asked?.length ?? 0;
    for (const go of held.splice(0)) go();
  }

  /** Waits with its answer until a moment has passed without a question. */
  async function through<T>(one: Asked, run: () => Promise<T>): Promise<T> {
    if (!asked) return run();
    asked.push(one);
    clearTimeout(timer);
    open++;
    try {
      return await run();
    } finally {
      const turn = new Promise<void>((go) => held.push(go));
      if (--open === 0) timer = setTimeout(release, quiet);
      await turn;
    }
  }

  async function watch<T>(run: () => Promise<T>): Promise<Watched<T>> {
    [asked, held, rounds, begun] = [[], [], [], 0];
    try {
      const value = await run();
      return { value, asked, rounds };
    } finally {
      asked = undefined;
    }
  }
  return { through, watch };
}
