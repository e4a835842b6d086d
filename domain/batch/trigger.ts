import type { Deployment } from '../deployment.ts';
import { conflict, Problem } from '../problem.ts';

/** Refuse to run what is not in service. */
export function assertRunnable({ name, life }: Deployment): void {
  if (life !== 'active') throw conflict(`Deployment '${name}' is ${life}`);
}

/** Refuse a slot that is yet to come. `now` is epoch milliseconds. */
export function assertPast(slot: string, now: number): void {
  if (Date.parse(slot) <= now) return;
  throw new Problem('invalid', [
    {
      type: 'value_error',
      loc: ['body', 'scheduled_at'],
      msg: 'Value error, A slot that is yet to come cannot be run',
      input: slot,
      ctx: { error: {} },
    },
  ]);
}
