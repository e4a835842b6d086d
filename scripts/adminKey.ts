import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { minted, Scope } from '../domain/apiKey.ts';
import { time } from '../domain/fields.ts';
import { idAt } from '../domain/id.ts';

/**
 * Make the first key of an installation: platform, every scope, every project. It goes by the caller's own right to
 * the two tables, never over HTTP.
 */
export async function makeAdminKey({ controlTable, keysTable }: { controlTable: string; keysTable: string }) {
  process.env.CONTROL_TABLE = controlTable;
  process.env.KEYS_TABLE = keysTable;
  const { install } = await import('../adapters/apiKeys.ts');
  const { key, digest, spelled } = minted(
    {
      name: 'admin',
      scopes: Scope.options,
      kind: 'platform',
      roles: [],
      project_ids: null,
      expires_at: null,
    },
    { id: idAt(Date.now(), randomBytes(10)), by: 'installation', at: time(Date.now()) },
    randomBytes(24),
  );
  if (!(await install(key, digest))) throw new Error('the key could not be written');
  return spelled;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { 'control-table': { type: 'string' }, 'keys-table': { type: 'string' } },
  });
  const { 'control-table': controlTable, 'keys-table': keysTable } = values;
  if (!controlTable || !keysTable) {
    console.error('usage: node scripts/adminKey.ts --control-table NAME --keys-table NAME');
    process.exit(2);
  }
  console.log(await makeAdminKey({ controlTable, keysTable }));
}
