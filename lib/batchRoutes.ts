import type * as batch from '../contracts/batch.ts';
import type { DataStack } from './data.ts';
import { type Grant, gets, putsBeside, queries, runs, starts, stores } from './grants.ts';
import type { Grants, Machines } from './permissions.ts';

type Many = readonly Grant[];

/** What the endpoints of the batch dialect may do. Whoever changes something is a caller who may repeat it. */
export function batchRoutes(
  { control, data: files }: DataStack,
  machine: Machines,
  { caller, repeats }: { caller: Many; repeats: Many },
): Grants<keyof typeof batch> {
  const finds = [gets(control, 'P#*', 'DEP#*', 'MODELNAME#*'), queries(control, 'P#*', 'MODELNAME#*')];
  const views = [...caller, ...finds];
  const manages = [...views, ...repeats];
  const changes = [...manages, gets(control, 'OP#*'), runs(machine.deactivate)];
  const records = putsBeside(control, 'P#*', 'DEP#*');
  return {
    createBatchDeployment: [
      ...manages,
      gets(control, 'OP#*'),
      stores(files, 'definitions'),
      runs(machine.deploy),
      records,
      starts(machine.batchScore),
    ],
    listBatchDeployments: views,
    getBatchDeployment: views,
    deleteBatchDeployment: changes,
    triggerBatchDeployment: [...manages, records, starts(machine.batchScore)],
    stopBatchDeployment: changes,
    startBatchDeployment: [...manages, gets(control, 'OP#*'), runs(machine.promote)],
    putAllowedRoles: [...manages, putsBeside(control, 'P#*')],
    listRuns: views,
    reportRun: [...manages, records],
  };
}
