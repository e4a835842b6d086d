import type * as live from '../contracts/live.ts';
import type { DataStack } from './data.ts';
import { type Grant, gets, getsMany, puts, putsBeside, queries, reads, runs, stores } from './grants.ts';
import type { Grants, Machines } from './permissions.ts';
import { readsSecrets } from './secrets.ts';

type Many = readonly Grant[];

/** What the endpoints of the live dialect may do. Whoever changes something is a caller who may repeat it. */
export function liveRoutes(
  { control, logs, models, data: files }: DataStack,
  machine: Machines,
  { caller, repeats }: { caller: Many; repeats: Many },
): Grants<keyof typeof live> {
  const views = [...caller, gets(control, 'P#*', 'DEP#*')];
  const commands = [...views, ...repeats, gets(control, 'OP#*')];
  const names = [gets(control, 'M#*', 'MODELNAME#*'), queries(control, 'MODELNAME#*')];
  return {
    getLiveDeployment: views,
    listLiveDeployments: [
      ...caller,
      ...names,
      gets(control, 'P#*'),
      queries(control, 'M#*'),
      getsMany(control, 'P#*'),
    ],
    createLiveDeployment: [
      ...caller,
      ...repeats,
      ...names,
      gets(control, 'P#*', 'OP#*'),
      runs(machine.deploy),
    ],
    replaceLiveDeployment: [...views, ...repeats, putsBeside(control, 'P#*', 'OUT#*')],
    transformJson: [
      ...views,
      reads(models, 'models'),
      puts(logs),
      stores(files, 'payloads', 'spool'),
      gets(control, 'POLICY#*'),
      readsSecrets('privacy'),
    ],
    startLiveDeployment: [...commands, runs(machine.promote)],
    disableLiveDeployment: [...commands, runs(machine.deactivate)],
  };
}
