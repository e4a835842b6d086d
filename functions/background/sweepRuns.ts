import * as open from '../../adapters/batch/openRuns.ts';
import * as runs from '../../adapters/batch/runs.ts';
import { asOf, isOver } from '../../domain/batch/run.ts';
import { filesGivenUp } from '../../domain/batch/watch.ts';
import { sweepRun } from '../kit/batch/run/left.ts';
import { fault, metric } from '../kit/metrics.ts';

const patience = 8 * 60_000;

/**
 * Take away the files that runs of two weeks ago left and no table refers to. A run is forgotten once its files are looked
 * through; what goes wrong with one is tried again the next day, and keeps none of the others waiting.
 */
export const handler = async (): Promise<void> => {
  const until = Date.now() + patience;
  for await (const due of open.filesDueBy(Date.now())) {
    if (Date.now() > until) return;
    await sweep(due).catch((error) => fault('sweepRuns', error));
  }
};

async function sweep(due: open.Due): Promise<void> {
  const found = await runs.get(due.dep, due.id);
  const run = found && asOf(found, Date.now());
  if (run && !filesGivenUp(due.at, Date.now())) {
    if (!isOver(run)) return;
    const files = await sweepRun(run);
    if (files > 0) metric({ FilesSwept: [files, 'Count'] }, { run: run.run_id });
  }
  await open.forgetFiles(due);
}
