import * as z from 'zod';
import { Id } from '../domain/fields.ts';
import { DeployRequest, Outcome, Request } from '../domain/operation.ts';

/** An operation that is over: what follows in its machine is the way out. */
const Settled = z.object({ outcome: z.literal('settled'), answer: Outcome });
/** Go on: the operation stands, and this is the model that has to load first. */
const Open = z.object({ outcome: z.literal('open'), model_id: Id.nullable() });

/** What each step of a machine is given and gives back. */
export const beginOperation = { input: Request, output: z.union([Open, Settled]) };
export const reserveDeployment = { input: DeployRequest, output: z.union([Open, Settled]) };
export const probeModel = {
  input: z.object({ project_id: Id, model_id: Id }),
  output: z.object({ outcome: z.enum(['passed', 'failed']), reason: z.string() }),
};
export const commitChange = {
  input: z.object({ request: Request, probe: probeModel.output }),
  output: Settled,
};

/** The answer of a whole machine. */
export const machineOutput = Settled;
/** What runs without a caller: on a stream, on a schedule, or behind every path that no route has. */
export const background = {
  publishEvents: 'Put the outbox on the event bus',
  sweepOperations: 'Close the operations that nobody finished',
  ingestSpool: 'Write the logs that could not be written at once',
  aggregateLogs: 'Count every new log once',
  closeHours: 'Close the hours whose logs are all counted',
  unknownRoute: 'Word 404 and 405 in the dialect of the path',
} as const;
