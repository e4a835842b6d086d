import { parseArgs } from 'node:util';
import { findings } from '../domain/invariants.ts';

const usage = 'usage: node scripts/fsck.ts --control-table NAME --idempotency-table NAME';

/** Read two tables whole and say what contradicts the invariants. Nothing is written. */
export async function fsck({
  controlTable,
  idempotencyTable,
}: {
  controlTable: string;
  idempotencyTable: string;
}) {
  process.env.CONTROL_TABLE = controlTable;
  process.env.IDEMPOTENCY_TABLE = idempotencyTable;
  const { scan } = await import('../adapters/fsck.ts');
  const survey = await scan();
  return { survey, found: findings(survey) };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      'control-table': { type: 'string' },
      'idempotency-table': { type: 'string' },
      repair: { type: 'boolean' },
    },
  });
  const { 'control-table': controlTable, 'idempotency-table': idempotencyTable, repair } = values;
  if (repair) {
    console.error('--repair does not exist yet: this command only reads and tells');
    process.exit(2);
  }
  if (!controlTable || !idempotencyTable) {
    console.error(usage);
    process.exit(2);
  }
  const { survey, found } = await fsck({ controlTable, idempotencyTable });
  for (const { invariant, what } of found) console.log(`${invariant}: ${what}`);
  const { projects, deployments, operations } = survey;
  console.log(
    `${projects.length} projects, ${deployments.length} deployments, ${operations.length} operations: ` +
      `${found.length === 0 ? 'sound' : `${found.length} contradictions`}`,
  );
  process.exit(found.length === 0 ? 0 : 1);
}
