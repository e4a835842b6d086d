import { settle } from '../../adapters/changes.ts';
import * as operations from '../../adapters/operations.ts';
import { giveUp } from '../../domain/decide.ts';
import { now } from '../kit/clock.ts';
import { fault, metric } from '../kit/metrics.ts';

const grace = 30_000;

/** Close the operations that nobody finished: what was reserved and never came up is then a failed deployment. */
export const handler = async (): Promise<void> => {
  for (const id of await operations.overdue(Date.now() - grace)) {
    const operation = await operations.get(id);
    if (!operation) continue;
    const { request } = operation;
    try {
      await settle(
        request,
        (seen) => giveUp(request, seen, 'The operation was not finished in time', now()),
        now(),
      );
      metric({ OperationsSwept: [1, 'Count'] }, { operation: id, kind: operation.kind });
    } catch (error) {
      fault('sweepOperations', error);
    }
  }
};
