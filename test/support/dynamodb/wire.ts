import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { Command } from './types.ts';

const prefix = 'DynamoDB_20120810.';

export const commandOf = (target: string): Command => {
  if (!target.startsWith(prefix)) throw new Error('the target is not one of DynamoDB');
  return target.slice(prefix.length) as Command;
};

/** Bytes travel as base64; `{"B": text}` is a value wherever it stands, since nothing else is a bare text there. */
export const decode = (body: string): object =>
  JSON.parse(body, (name, value: unknown) => {
    if (name === 'B' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
    if (name !== 'BS' || !Array.isArray(value)) return value;
    return value.map((one: unknown) =>
      typeof one === 'string' ? new Uint8Array(Buffer.from(one, 'base64')) : one,
    );
  }) as object;

export const encode = (answer: object): string =>
  JSON.stringify(answer, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );

/** As the service words an error: its type, its message and, where it has them, the item or the reasons. */
export function encodeError(error: unknown): { status: number; body: string } {
  if (!(error instanceof DynamoDBServiceException)) throw error;
  const { name, message, Item, CancellationReasons } = error as DynamoDBServiceException &
    Record<string, unknown>;
  const space =
    name === 'ValidationException' ? 'com.amazon.coral.validate' : 'com.amazonaws.dynamodb.v20120810';
  const status = error.$fault === 'server' ? 500 : 400;
  return { status, body: encode({ __type: `${space}#${name}`, message, Item, CancellationReasons }) };
}
