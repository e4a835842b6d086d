import type { LoggedRow } from '../../../adapters/logs/loggedRows.ts';
import type { Answered, Raw } from '../../../domain/drift/profile.ts';

type Whole = LoggedRow & { record: Raw; prediction: string | number };

export const isWhole = (row: LoggedRow): row is Whole => row.record !== null && row.prediction !== undefined;

/** What the model answered to a logged row. Of the two classes of a binary model, the positive one is the second. */
export const answerOf = ({ prediction, probabilities }: Whole, positive: string | undefined): Answered => {
  const score = probabilities?.[1];
  return positive === undefined || score === undefined
    ? { prediction }
    : { prediction, probabilities: { [positive]: score } };
};
