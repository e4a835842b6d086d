import type { reportActuals } from '../../../contracts/monitoring.ts';
import type { Input } from '../../../contracts/route.ts';
import { type Fault, Problem } from '../../../domain/problem.ts';
import { type Judge, readActual } from '../../../domain/quality/judge.ts';

type Sent = Input<typeof reportActuals>['body']['actuals'];

/** What is to be known of a row; `observedAt` in epoch milliseconds. */
export interface Wanted {
  id: string;
  value: string | number;
  observedAt?: number;
}

/** What is reported, read as the model's answers are: of an id that is named twice, the last one. */
export function wantedOf(judge: Judge, actuals: Sent): Wanted[] {
  const wanted = new Map<string, Wanted>();
  const faults: Fault[] = [];
  for (const [i, { id, actual, observed_at }] of actuals.entries()) {
    const value = readActual(judge, actual);
    if (value === undefined) faults.push({ ...noNumber, loc: ['body', 'actuals', i, 'actual'] });
    else wanted.set(id, { id, value, ...(observed_at && { observedAt: Date.parse(observed_at) }) });
  }
  if (faults.length > 0) throw new Problem('invalid', faults.slice(0, 20));
  return [...wanted.values()];
}

const noNumber = {
  type: 'float_parsing',
  msg: 'Input should be a valid number, unable to parse string as a number',
};
