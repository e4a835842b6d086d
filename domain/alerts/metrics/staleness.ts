import { day } from '../../aggregates/time.ts';
import type { Outcome } from '../watch.ts';
import { type Asked, outcomeOf } from './verdict.ts';

/** How old a model is, in days with their fraction; it is a sample of one, and never without a verdict. */
export const staleness = (rule: Asked, trainedAt: string, now: number): Outcome => {
  const trained = Date.parse(trainedAt);
  return outcomeOf(rule, { value: (now - trained) / day, n: 1 }, { from: trained, to: now }, 0);
};
