import { keepStarted } from '../../../adapters/aws/concurrency.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as warm from '../../../adapters/deployments/warm.ts';
import { mostWarm, replicasOf } from '../../../domain/live/warm.ts';

const mostTurns = 5;

/** Let the functions that are kept started follow what became of these deployments. */
export async function align(ids: readonly string[]): Promise<void> {
  for (const id of ids) await noted(id);
  await settled(async () => Math.min(mostWarm, await warm.sum()), keepStarted);
}

const noted = (id: string) =>
  settled(
    async () => replicasOf(await deployments.find(id)),
    (replicas) => warm.note(id, replicas),
  );

/**
 * Make something what it should be, and look again: whoever acts last has seen what is true by then, so events that
 * come in the wrong order leave the right state.
 */
async function settled(wanted: () => Promise<number>, make: (wanted: number) => Promise<void>) {
  let now = await wanted();
  for (let turn = 0; turn < mostTurns; turn++) {
    await make(now);
    const then = await wanted();
    if (then === now) return;
    now = then;
  }
  throw new Error('deployments change faster than what they keep started can follow');
}
