import * as z from 'zod';
import { Id, Time } from '../domain/fields.ts';
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

const Placed = z.object({ project_id: Id, deployment_id: Id });
const Run = z.object({ job_id: Id });

/** What each step of the computation of drift is given and gives back. */
export const closeHours = { input: z.unknown(), output: z.unknown() };
export const listDeployed = {
  /** Where to go on; empty for the first page, and after the last. */
  input: z.object({ cursor: z.string() }),
  output: z.object({ groups: z.array(z.object({ deployments: z.array(Placed) })), next: z.string() }),
};
export const refreshDrift = {
  input: z.object({ deployments: z.array(Placed) }),
  output: z.object({ outcome: z.literal('done'), failed: z.int() }),
};
export const computeDrift = {
  input: Run,
  /** `behind`: not all that is to be included has been counted yet. */
  output: z.object({ outcome: z.enum(['behind', 'over']) }),
};
export const failDrift = { input: Run, output: z.object({ outcome: z.literal('over') }) };

/** One run of a batch deployment; `scheduled_at` is its slot, whenever it really runs. */
const BatchRun = z.object({ project_id: Id, deployment_id: Id, run_id: Id, scheduled_at: Time });
export type BatchRun = z.infer<typeof BatchRun>;

/** What each step of batch scoring is given and gives back; all that is large lies in the files of the run. */
export const checkBatch = {
  input: z.object({ project_id: Id, deployment_id: Id }),
  output: z.object({ outcome: z.enum(['passed', 'failed']), reason: z.string() }),
};
export const planRun = {
  input: BatchRun,
  /** `parts` is the object that lists them for a Map, or of `spark` what its job reads; `over`: the run ended before. */
  output: z.object({
    outcome: z.enum(['empty', 'one', 'many', 'spark', 'failed', 'over']),
    parts: z.object({ bucket: z.string(), name: z.string() }),
  }),
};
export const scorePart = {
  input: BatchRun.extend({ part: z.int().min(0) }),
  output: z.object({ outcome: z.enum(['scored', 'failed']) }),
};
export const commitRun = {
  input: BatchRun,
  output: z.object({ outcome: z.enum(['committed', 'failed', 'over']) }),
};
export const endRun = { input: BatchRun, output: z.object({ outcome: z.enum(['failed', 'succeeded']) }) };

/** One message for one channel, by its place among those of its project. */
const Sent = z.object({ project_id: Id, delivery_sk: z.string() });

/** What each step of the sending of a message is given and gives back. */
export const sendDelivery = {
  input: Sent,
  /** `wait`: so many seconds until it is to be asked again; `failed`: no try follows. */
  output: z.object({ outcome: z.enum(['over', 'failed', 'wait']), seconds: z.int().min(0) }),
};
export const giveUpDelivery = { input: Sent, output: z.object({ outcome: z.literal('over') }) };

/** The answer of a whole machine. */
export const machineOutput = Settled;
/** What runs without a caller: on a stream, on a schedule, or behind every path that no route has. */
export const background = {
  publishEvents: 'Put the outbox on the event bus',
  sweepOperations: 'Close the operations that nobody finished',
  ingestSpool: 'Write the logs that could not be written at once',
  aggregateLogs: 'Count every new log once',
  closeHours: 'Close the hours whose logs are all counted',
  evaluateAlerts: 'Evaluate the rules of alerts',
  redriveLogs: 'Count the logs whose records were set aside, when somebody asks for it',
  alignSchedule: 'Make the schedule of a batch deployment follow what became of it',
  startScheduledRun: 'Start the run of a slot when its time has come',
  sweepRuns: 'Take away the files that runs left and no table refers to',
  alignConcurrency: 'Keep as many functions started as the active deployments ask for',
  unknownRoute: 'Word 404 and 405 in the dialect of the path',
} as const;
