import type { Deployment } from '../deployment.ts';
import type { Metric } from './rule.ts';

/**
 * What a rule does about a deployment in this life: `closes` what is open, for it is archived; is `muted`, for a
 * deployment that failed has one thing to say; `waits`, as far as its clocks go; or `judges`.
 */
export type Attention = 'closes' | 'muted' | 'waits' | 'judges';

/** What a deployment answers can be told whether it serves or not; how good that is, only while it serves. */
const service: ReadonlySet<Metric> = new Set(['error_rate', 'latency_p99']);

export function attentionTo({ life }: Pick<Deployment, 'life'>, metric: Metric): Attention {
  if (life === 'archived') return 'closes';
  if (life === 'failed') return metric === 'error_rate' ? 'judges' : 'muted';
  return life === 'active' || service.has(metric) ? 'judges' : 'waits';
}
