import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { minted, Scope } from '../domain/apiKey.ts';
import { time } from '../domain/fields.ts';
import { idAt } from '../domain/id.ts';
import { stackOutputs } from './stackOutputs.ts';

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

/** The two tables: as they are named, or as the stack of an installation names them. */
async function tablesOf(asked: {
  stack?: string;
  'control-table'?: string;
  'keys-table'?: string;
}): Promise<{ controlTable: string; keysTable: string } | undefined> {
  const { stack, 'control-table': controlTable, 'keys-table': keysTable } = asked;
  if (!stack) return controlTable && keysTable ? { controlTable, keysTable } : undefined;
  const name = `${stack.replace(/-(?:data|platform)$/, '')}-data`;
  const { ControlTable, KeysTable } = await stackOutputs(name);
  if (!ControlTable || !KeysTable) throw new Error(`the stack ${name} names no tables`);
  return { controlTable: ControlTable, keysTable: KeysTable };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      stack: { type: 'string' },
      'control-table': { type: 'string' },
      'keys-table': { type: 'string' },
    },
  });
  const tables = await tablesOf(values).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
  if (!tables) {
    console.error('usage: npm run admin-key -- --stack Slipway | --control-table NAME --keys-table NAME');
    process.exit(2);
  }
  console.log(await makeAdminKey(tables));
}
