import { judgesAlerts } from './alertPermissions.ts';
import type { DataStack } from './data.ts';
import { deletes, gets, puts, queries, reads, stores, tells, updatesOnly } from './grants.ts';
import type { Grants } from './permissions.ts';

type DriftStep = 'listDeployed' | 'refreshDrift' | 'computeDrift' | 'failDrift';

/** Say whose turn it is to compute a deployment's drift, and write nothing else beside it. */
export const leasesDrift = (control: DataStack['control']) =>
  updatesOnly(control, ['pk', 'sk', 'v', 'job_id', 'until', 'exp'], 'DEP#*');

/** What is known of a model by its baseline. */
const freezing = ['pk', 'sk', 'status', 'profile', 'first_rows', 'baseline_rows', 'has_baseline'];

/** What the steps of the computation of drift may do. */
export function driftPermissions(data: DataStack): Grants<DriftStep> {
  const { control, logs, aggregates, models, data: files } = data;
  const computes = [
    // Whoever makes a result judges it.
    ...judgesAlerts(data),
    gets(control, 'DEP#*', 'OP#*', 'P#*', 'POLICY#*'),
    reads(models, 'models'),
    gets(aggregates, 'S#*', 'L#*'),
    queries(aggregates, 'S#*', 'L#*', 'A#*'),
    queries(logs),
    reads(files, 'payloads'),
    puts(aggregates, 'R#*'),
    // A baseline made of the first rows is frozen with its model, and the rows since are counted into their hours.
    stores(models, 'models'),
    updatesOnly(control, freezing, 'P#*'),
    puts(aggregates, 'L#*', 'S#*', 'OPEN#*'),
    tells(control),
  ];
  const ends = [puts(control, 'OP#*'), deletes(control, 'OPEN')];
  return {
    listDeployed: [queries(control, 'PROJECTS', 'P#*')],
    refreshDrift: computes,
    computeDrift: [...computes, ...ends],
    failDrift: [gets(control, 'OP#*'), ...ends],
  };
}
