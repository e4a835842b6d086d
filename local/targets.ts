import type { Deliver } from './delivery.ts';
import { isMachine } from './template/compute.ts';

/** What a rule calls: a function; or a machine, which is started and not waited for. */
export const toTargets =
  (invoke: Deliver, start: (machine: string, input: string) => void): Deliver =>
  async (target, event) => {
    if (!isMachine(target)) return invoke(target, event);
    start(target, event);
    return { ok: true, payload: '{}' };
  };
