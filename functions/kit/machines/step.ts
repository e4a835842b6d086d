import type { Settled } from '../../../adapters/deployments/changes.ts';

/** What a step of a machine says of an operation: it is over, or it goes on with this model. */
export const stepOf = (settled: Settled) =>
  'open' in settled
    ? { outcome: 'open' as const, model_id: settled.open }
    : { outcome: 'settled' as const, answer: settled };

/** The last step: nothing can be open after it. */
export function endOf(settled: Settled) {
  if ('open' in settled) throw new Error('invariant_broken: an operation went on after its last step');
  return { outcome: 'settled' as const, answer: settled };
}
