import { readsTables, writesTables } from './catalogs.ts';
import type { DataStack } from './data.ts';
import { type Grant, gets, putsBeside, queries, reads, starts, stores, tellsMissing } from './grants.ts';
import type { Grants } from './permissions.ts';
import type { Workflow } from './workflow.ts';

type BatchStep = 'checkBatch' | 'planRun' | 'scorePart' | 'commitRun' | 'endRun';

/** What the steps of a batch run may do, and the one that looks at its tables before there is any. */
export function batchPermissions(data: DataStack): Grants<BatchStep> {
  const { control, models, data: files } = data;
  const sees = [gets(control, 'P#*', 'DEP#*', 'M#*', 'MODELNAME#*')];
  const records = putsBeside(control, 'P#*');
  const ownFiles = [reads(files, 'runs'), stores(files, 'runs'), tellsMissing(files)];
  return {
    checkBatch: [
      ...sees,
      queries(control, 'P#*'),
      reads(models, 'models'),
      reads(files, 'runs'),
      readsTables(data),
    ],
    planRun: [...sees, records, ...ownFiles, reads(models, 'models'), writesTables(data)],
    scorePart: [...sees, ...ownFiles, reads(models, 'models'), writesTables(data)],
    commitRun: [...sees, records, ...ownFiles, writesTables(data)],
    endRun: [...sees, records, ...ownFiles, readsTables(data)],
  };
}

/** What starts runs by itself: a schedule's call, and what keeps schedules. */
export const schedulePermissions = (
  { control }: DataStack,
  batchScore: Workflow,
): Record<'startScheduledRun' | 'alignSchedule', readonly Grant[]> => ({
  startScheduledRun: [
    gets(control, 'P#*', 'DEP#*', 'MODELNAME#*'),
    putsBeside(control, 'P#*', 'DEP#*'),
    starts(batchScore),
  ],
  // A deployment may be made with a run of its own, which the create could not start.
  alignSchedule: [gets(control, 'P#*', 'DEP#*'), putsBeside(control, 'P#*', 'DEP#*'), starts(batchScore)],
});
