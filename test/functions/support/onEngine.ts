import * as sdk from '@aws-sdk/client-dynamodb';
import type { Item } from '../../support/dynamodb/types.ts';
import { commandOf, decode, encode, encodeError } from '../../support/dynamodb/wire.ts';
import { dynoxideBinary, startDynoxide } from '../../support/dynoxide.ts';
import type { Command, Table } from '../../support/table.ts';
import type { World } from '../../support/world.ts';

type Sendable = Parameters<sdk.DynamoDBClient['send']>[0];
const commands = sdk as unknown as Record<string, new (input: object) => Sendable>;

export type Send = (command: Command, input: object) => Promise<object>;

const schema = {
  control: ['pk', 'sk'],
  logs: ['pk', 'sk'],
  aggregates: ['pk', 'sk'],
  idempotency: ['pk'],
  keys: ['pk'],
};

/** Put the engine of the local stack in the place of a world's tables, with what is in them; undefined where it cannot run. */
export async function onEngine(world: World) {
  const found = dynoxideBinary();
  if ('reason' in found) return undefined;
  const { client, stop } = await startDynoxide(found.binary, schema);
  const send: Send = async (command, input) => {
    const Constructor = commands[`${command}Command`];
    if (!Constructor) throw new Error(`no ${command}Command`);
    return (await client.send(new Constructor(input))) as object;
  };
  for (const TableName of Object.keys(schema))
    for (const Item of world.hooks.table.items(TableName)) await send('PutItem', { TableName, Item });
  const answer: Table['answer'] = async (target, body) => {
    try {
      return { status: 200, body: encode(await send(commandOf(target), decode(body))) };
    } catch (error) {
      return encodeError(error);
    }
  };
  world.hooks.table = { ...world.hooks.table, send: send as Table['send'], answer };
  return {
    stop,
    send,
    items: async (TableName: string): Promise<Item[]> => {
      const items: Item[] = [];
      let ExclusiveStartKey: unknown;
      do {
        const page = (await send('Scan', { TableName, ExclusiveStartKey })) as sdk.ScanCommandOutput;
        items.push(...((page.Items ?? []) as Item[]));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    },
  };
}
