import type { Deployment } from '../deployment.ts';
import { Inputs, type Record_ } from '../inference.ts';
import { type Fault, Problem } from '../problem.ts';
import { named, problem } from './errors.ts';

/** What was sent to be scored: a table under its name, or one record. */
export interface Sent {
  inputs: Record_ | Record_[];
  /** The name of the table; undefined for one record. */
  table: string | undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Exactly one key whose value is a list of objects is a table; anything else is one record. */
export function sent(input: Record<string, unknown>, liveDeploymentRid: string): Sent {
  const [[name, value] = ['', undefined], ...more] = Object.entries(input);
  const isTable = more.length === 0 && Array.isArray(value) && (value.length === 0 || value.some(isRecord));
  const { data, error } = Inputs.safeParse(isTable ? value : input);
  if (!data) {
    const issue = error.issues[0];
    const type = issue && 'params' in issue ? String(issue.params?.type) : '';
    throw refused(type, liveDeploymentRid);
  }
  return { inputs: data, table: isTable ? name : undefined };
}

/** The answer in the form of what was sent: `input_df` comes back as `output_df`. */
export const output = (predictions: readonly object[], { table }: Pick<Sent, 'table'>) =>
  table === undefined ? { ...predictions[0] } : { [outputName(table)]: predictions };

const outputName = (name: string) => (name.startsWith('input') ? `output${name.slice(5)}` : 'output_df');

/** What clients know the faults of a record by; what is not named here is of the wrong type. */
const errorTypes: Record<string, string> = {
  too_short: 'invalidTabularFormat',
  too_long: 'invalidTabularFormat',
  dict_type: 'invalidTabularFormat',
  value_type: 'unsupportedType',
  string_too_long: 'unsupportedType',
  missing: 'requiredValueMissing',
};

const refused = (type: string, liveDeploymentRid: string) =>
  problem(
    named('InferenceInvalidInput', { liveDeploymentRid, errorType: errorTypes[type] ?? 'typeMismatch' }),
  );

const failed = (errorMessage: string, liveDeploymentRid: string) =>
  problem(named('InferenceFailure', { liveDeploymentRid, errorMessage }));

/** What is out of service answers nothing. */
export function assertServes({ life }: Pick<Deployment, 'life'>, liveDeploymentRid: string): void {
  if (life !== 'active') throw failed('Deployment is not active', liveDeploymentRid);
}

/** How the refusals of scoring read here; whatever else is thrown stays what it is. */
export function worded(thrown: unknown, liveDeploymentRid: string): unknown {
  if (!(thrown instanceof Problem) || thrown.named) return thrown;
  const { code, detail } = thrown;
  if (code !== 'invalid') return thrown;
  if (typeof detail === 'string') return failed(detail, liveDeploymentRid);
  const [first]: (Fault | undefined)[] = detail;
  return refused(first?.type ?? '', liveDeploymentRid);
}
