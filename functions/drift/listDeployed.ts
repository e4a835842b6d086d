import { after } from '../../adapters/deployments/deployed.ts';
import { listDeployed } from '../../contracts/tasks.ts';
import { task } from '../kit/machines/task.ts';

/** So many together are a part of an hour's work; so many parts are a page, of some 50 KB. */
const together = 20;
const parts = 20;

/** The deployments whose drift is computed every hour, some at a time: all that is handed on fits into a machine's state. */
export const handler = task('listDeployed', listDeployed, async ({ cursor }) => {
  const { found, next } = await after(cursor, together * parts);
  const groups = Array.from({ length: Math.ceil(found.length / together) }, (_, i) => ({
    deployments: found.slice(i * together, (i + 1) * together),
  }));
  return { groups, next };
});
