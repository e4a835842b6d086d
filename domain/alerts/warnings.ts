import type { Rule } from './rule.ts';

type About = Pick<
  Rule,
  'metric' | 'params' | 'operator' | 'threshold' | 'window_minutes' | 'min_samples' | 'channels'
>;

const isVolume = ({ metric, params }: About) => metric === 'prediction_anomaly' && params.of === 'volume';

const warnings: { says: string; when(rule: About): boolean }[] = [
  {
    says: 'eq and neq compare a measured value exactly, to its last binary digit; gt, gte, lt or lte is likely meant',
    when: ({ operator }) => operator === 'eq' || operator === 'neq',
  },
  {
    says: 'The value grows as things get worse: lt and lte fire while all is well',
    when: ({ operator }) => operator === 'lt' || operator === 'lte',
  },
  {
    says: 'error_rate is in percent, from 0 to 100: this threshold is below one percent',
    when: ({ metric, threshold }) => metric === 'error_rate' && threshold > 0 && threshold < 1,
  },
  {
    says: 'error_rate is in percent, from 0 to 100: the threshold is never passed',
    when: ({ metric, operator, threshold }) =>
      metric === 'error_rate' && (threshold > 100 || (operator === 'gt' && threshold === 100)),
  },
  {
    says: 'window_minutes has no effect: the window of drift_psi is the one that drift is computed over',
    when: ({ metric, window_minutes }) => metric === 'drift_psi' && window_minutes !== null,
  },
  {
    says: 'window_minutes and min_samples have no effect on model_staleness',
    when: ({ metric, window_minutes, min_samples }) =>
      metric === 'model_staleness' && (window_minutes !== null || min_samples !== null),
  },
  {
    says: 'window_minutes and min_samples have no effect on the volume of requests',
    when: (rule) => isVolume(rule) && (rule.window_minutes !== null || rule.min_samples !== null),
  },
];

/** What is allowed in a rule and seldom meant. `hasSender`: whether this installation has an address to send mail from. */
export const warningsOf = (rule: About, hasSender: boolean): string[] => [
  ...warnings.filter(({ when }) => when(rule)).map(({ says }) => says),
  ...(!hasSender && rule.channels.some(({ type }) => type === 'email')
    ? ['No sender of e-mail is configured here: what this rule sends by e-mail fails']
    : []),
];
