import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ofCommand } from '../granted/asked.ts';
import { allowed } from '../granted/granted.ts';
import type { Command } from './types.ts';

export type Client = DynamoDBClient | DynamoDBDocumentClient;
type Send = (command: Command, input: object) => Promise<object>;
type Step = { request: unknown; input: object };
type Middleware = (
  next: (step: Step) => Promise<unknown>,
  context: { commandName?: string },
) => (step: Step) => Promise<unknown>;
type Stack = { add(middleware: Middleware, options: object): void; remove(name: string): boolean };

/** What makes and signs an HTTP request; without a network there is nothing to make one for. */
const wireSteps = [
  'httpSigningMiddleware',
  'contentLengthMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'serializerMiddleware',
  'deserializerMiddleware',
];

/**
 * Puts the table where the client would read the reply from the network, so that the marshalling of a document
 * client, its retries and every other middleware stay what they are. What runs in the SDK is then its own code.
 */
export function attach(client: Client, send: Send): void {
  const stack = client.middlewareStack as unknown as Stack;
  for (const name of wireSteps) stack.remove(name);
  stack.add((next) => (step) => next({ ...step, request: {} }), {
    name: 'serializerMiddleware',
    step: 'serialize',
  });
  const answer: Middleware = (_, context) => async (step) => {
    const command = (context.commandName ?? '').replace(/Command$/, '') as Command;
    const output = await allowed(
      () => ofCommand(command, step.input),
      () => send(command, step.input),
    );
    return { response: {}, output: { $metadata: { httpStatusCode: 200 }, ...output } };
  };
  stack.add(answer, { name: 'deserializerMiddleware', step: 'deserialize' });
}
