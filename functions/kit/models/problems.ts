import type { Model } from '../../../scoring/model.ts';

const problems = {
  binomial: 'binary',
  multinomial: 'multiclass',
  ordinal: 'multiclass',
  regression: 'regression',
  anomaly: 'anomaly',
} as const;

/** What kind of question a model answers, in the words of schemas. */
export const problemOf = ({ kind }: Model['output']) => problems[kind];
