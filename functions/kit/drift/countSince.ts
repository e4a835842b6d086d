import { inOrder, type LoggedItem, rowsIn } from '../../../adapters/logs/loggedRows.ts';
import * as passages from '../../../adapters/monitoring/passages.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { binner } from '../../../domain/drift/bin.ts';
import { isUsable } from '../../../domain/drift/firstRows.ts';
import {
  type Binned,
  begun,
  type Passage,
  passed,
  rowsLeft,
  type Step,
  stepper,
  stretchOf,
} from '../../../domain/drift/passage.ts';
import type { Profile } from '../../../domain/drift/profile.ts';
import { rowId } from '../../../domain/id.ts';
import { hoursOf, openHour } from '../aggregates/fold.ts';
import { answerOf, isWhole } from './answers.ts';
import { holding } from './holding.ts';

/** Requests that one run passes, a few more where steps end: the next run goes on. */
const mostRows = 50_000;

/**
 * Count the rows that were answered before all predictions knew of the baseline, from their inputs; `after` is the last
 * row of the baseline, where it was made of this deployment's. Called with the baseline in hand, so it is there
 * already. However many runs there are, and wherever they stop, every row counts once.
 */
export async function countSince(deployment: Deployment, profile: Profile, after: string | undefined) {
  const now = Date.now();
  let passage = (await passages.get(deployment.id)) ?? begun(after, now);
  let rows = 0;
  let whole = passage.done;
  while (!whole && rows < mostRows) {
    const step = await nextStep(deployment, passage, now);
    const next = passed(passage, step, await binsOf(deployment, passage, step, profile), now);
    const hours = hoursOf(next.lanes.map(({ start }) => ({ deploymentId: deployment.id, start })));
    for (const of of hours) await openHour(deployment.id, of.hour, Date.now());
    const saved = await passages.save(deployment.id, next.passage, next.lanes);
    // Somebody else made that step: go on from where it ended.
    passage = saved ? next.passage : ((await passages.get(deployment.id)) ?? next.passage);
    rows += step.rows;
    whole = saved ? step.whole : passage.done;
  }
  return { partial: !whole, left_out: passage.left_out };
}

async function nextStep(deployment: Deployment, passage: Passage, now: number): Promise<Step<LoggedItem>> {
  const stretch = stretchOf(passage, now);
  const { take, step } = stepper<LoggedItem>(passage);
  const hours = await holding(deployment.id, stretch.from, now);
  for await (const log of inOrder(deployment, hours, stretch)) if (!take(log)) break;
  return step;
}

/** The bins of all rows of a step that are to be counted. */
async function binsOf(
  deployment: Deployment,
  passage: Passage,
  { logs }: Step<LoggedItem>,
  profile: Profile,
): Promise<Binned[]> {
  const bin = binner(profile);
  const positive = profile.score?.positive;
  const counted = logs.filter((log) => rowsLeft(passage, log).length > 0);
  const stored = counted.filter(isUsable);
  const read = new Map((await rowsIn(deployment.id, stored)).map((rows, i) => [stored[i]?.id, rows]));
  return counted.flatMap((log) =>
    rowsLeft(passage, log).map((row): Binned => {
      const of = read.get(log.id)?.[row];
      return {
        id: rowId(log.id, row),
        bins: of && isWhole(of) ? bin(of.record, answerOf(of, positive)) : null,
      };
    }),
  );
}
