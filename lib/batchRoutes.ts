import type * as batch from '../contracts/batch.ts';
import type { DataStack } from './data.ts';
import { type Grant, gets, putsBeside, queries, runs, starts, stores } from './grants.ts';
import type { Grants, Machines } from './permissions.ts';
import { knowsSpark } from './spark.ts';

type Many = readonly Grant[];

/** What the endpoints of the batch dialect may do. Whoever changes something is a caller who may repeat it. */
export function batchRoutes(
  { control, data: files }: DataStack,
  machine: Machines,
  { caller, repeats }: { caller: Many; repeats: Many },
): Grants<keyof typeof batch> {
  const finds = [gets(control, 'P#*', 'MODELNAME#*'), queries(control, 'P#*', 'MODELNAME#*')];
  const views = [...caller, ...finds];
  const manages = [...views, ...repeats];
  const changes = [...manages, gets(control, 'OP#*'), runs(machine.deactivate)];
  // Of a run its record, and that somebody looks after it and later through its files.
  const records = putsBeside(control, 'P#*', 'DEP#*', 'OPEN', 'RUNFILES', 'OUT#*');
  const findsRun = gets(control, 'DEP#*');
  return {
    createBatchDeployment: [
      ...manages,
      gets(control, 'OP#*'),
      stores(files, 'definitions'),
      runs(machine.deploy),
      findsRun,
      records,
      starts(machine.batchScore),
      knowsSpark,
    ],
    listBatchDeployments: views,
    getBatchDeployment: views,
    deleteBatchDeployment: changes,
    triggerBatchDeployment: [...manages, findsRun, records, starts(machine.batchScore)],
    stopBatchDeployment: changes,
    startBatchDeployment: [...manages, gets(control, 'OP#*'), runs(machine.promote)],
    putAllowedRoles: [...manages, putsBeside(control, 'P#*', 'OUT#*')],
    listRuns: views,
    reportRun: [...manages, findsRun, putsBeside(control, 'P#*', 'DEP#*', 'OUT#*')],
  };
}
