import * as sdk from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Command, Item } from './dynamodb/types.ts';

export type Ask = readonly [Command, object];

type Reply = Record<string, unknown>;
type Sendable = Parameters<sdk.DynamoDBClient['send']>[0];

/** Sets and the rows of a batch have no order that is promised. */
function settled(value: unknown, name = ''): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) {
    const all = value.map((one) => settled(one));
    return ['SS', 'NS', 'BS'].includes(name) ? all.sort() : all;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([inner, one]) => [inner, settled(one, inner)]),
  );
}

const byText = (left: unknown, right: unknown): number =>
  JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;

function refusal(error: Error & { Item?: Item }): Reply {
  const reasons =
    error instanceof TransactionCanceledException
      ? { reasons: error.CancellationReasons?.map(({ Code, Item }) => ({ Code, ...(Item ? { Item } : {}) })) }
      : {};
  return { error: error.name, ...reasons, ...(error.Item ? { Item: error.Item } : {}) };
}

function comparable(command: Command, { $metadata: _, ...output }: Reply): Reply {
  if (command !== 'BatchGetItem') return output;
  const responses = Object.entries((settled(output) as { Responses: Record<string, unknown[]> }).Responses);
  return { Responses: Object.fromEntries(responses.map(([name, all]) => [name, all.sort(byText)])) };
}

/** What a caller sees, without the wording of messages and without what is in no order. */
export async function ask(client: sdk.DynamoDBClient, [command, input]: Ask): Promise<Reply> {
  const commands = sdk as unknown as Record<string, new (input: object) => Sendable>;
  const Constructor = commands[`${command}Command`];
  if (!Constructor) throw new Error(`no ${command}Command`);
  try {
    const output = (await client.send(new Constructor(input))) as unknown as Reply;
    return settled(comparable(command, output)) as Reply;
  } catch (error) {
    return settled(refusal(error as Error)) as Reply;
  }
}
