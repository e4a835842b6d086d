import * as rules from '../../adapters/alerts/rules.ts';
import { takeTurns } from '../kit/alerts/turns.ts';
import { metric } from '../kit/metrics.ts';

/** Evaluate every alert rule, and say how many have to wait for the next minute. Without any rule it asks once. */
export const handler = async (): Promise<void> => {
  const every = await rules.every();
  if (every.length === 0) return;
  const { left, failed } = await takeTurns(every);
  if (left > 0) metric({ AlertsWaiting: [left, 'Count'] }, { operationId: 'evaluateAlerts' });
  // Each has told of itself in the log; the alarm on errors of functions wakes somebody where it goes on.
  if (failed > 0) throw new Error(`${failed} alert rules could not be evaluated`);
};
