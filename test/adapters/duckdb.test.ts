import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../../iceberg/fault.ts';
import { type LockedEngine, lockedEngine } from '../iceberg/support/lockedEngine.ts';

const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.code : `not a fault: ${String(error)}`;
  }
  return 'done';
};
const write = (path: string) => `COPY (SELECT 1 AS a) TO '${path}' (FORMAT parquet, RETURN_STATS)`;

describe('the lock', () => {
  let engine: LockedEngine;
  let work = '';
  let outside = '';
  beforeAll(async () => {
    engine = await lockedEngine();
    work = engine.work;
    outside = await mkdtemp(join(tmpdir(), 'slipway-outside-'));
    await writeFile(join(work, 'neighbour.csv'), 'secret\n1\n');
    await mkdir(join(work, 'input'));
    await writeFile(join(work, 'input', 'x.csv'), 'secret\n1\n');
    await symlink('/etc', join(work, 'in', 'etc'));
    await symlink(join(work, 'neighbour.csv'), join(work, 'in', 'link.csv'));
    await engine.copy(write(join(work, 'in', 'good.parquet')));
  });
  afterAll(async () => {
    await engine.end();
    await rm(outside, { recursive: true });
  });

  test('what is in the work folder is read and written', async () => {
    expect(await engine.query(`SELECT a FROM '${work}/in/good.parquet'`)).toEqual([{ a: 1 }]);
    expect(await codeOf(engine.copy(write(`${work}/out/good.parquet`)))).toBe('done');
    expect(await readdir(join(work, 'out'))).toEqual(['good.parquet']);
  });

  const escapes = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM 'WORK/neighbour.csv'",
    "SELECT * FROM 'WORK/input/x.csv'",
    "SELECT * FROM 'WORK/in/../neighbour.csv'",
    "SELECT * FROM read_text('WORK/in/../../../etc/passwd')",
    "SELECT * FROM read_csv('WORK/in/link.csv')",
    "SELECT * FROM read_text('WORK/in/etc/passwd')",
    "SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SELECT * FROM read_parquet(['WORK/in/good.parquet', '/etc/passwd'])",
    write('OUTSIDE/escaped.parquet'),
    write('WORK/escaped.parquet'),
    write('WORK/out/../escaped.parquet'),
    "COPY (SELECT 1) TO '/dev/stdout' (FORMAT csv)",
    "ATTACH 'OUTSIDE/escaped.db' AS other",
    "ATTACH 'WORK/other.db' AS other",
    "EXPORT DATABASE 'OUTSIDE/escaped'",
    "IMPORT DATABASE 'OUTSIDE/escaped'",
    'INSTALL httpfs',
    'LOAD httpfs',
    "LOAD '/tmp/x.duckdb_extension'",
    'INSTALL spatial FROM community',
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "SELECT getenv('HOME')",
    'SET enable_external_access=true',
    "SET allowed_directories=['/']",
    "SET allowed_paths=['/etc/passwd']",
    "SET temp_directory='OUTSIDE/escaped'",
    "SET memory_limit='100GB'",
    'SET threads=64',
    "SET max_temp_directory_size='1TB'",
    'SET autoinstall_known_extensions=true',
    'SET autoload_known_extensions=true',
    'SET allow_community_extensions=true',
    'SET allow_unsigned_extensions=true',
    'SET allow_persistent_secrets=true',
    "SET TimeZone='Europe/Berlin'",
    'SET errors_as_json=false',
    "SET custom_extension_repository='http://127.0.0.1:9'",
    "SET secret_directory='/tmp'",
    "SET extension_directory='/tmp'",
    "SET home_directory='/tmp'",
    "SET log_query_path='OUTSIDE/escaped.log'",
    'SET lock_configuration=false',
    'RESET lock_configuration',
    'RESET enable_external_access',
    'PRAGMA threads=64',
    'SET GLOBAL enable_external_access=true',
    'SET SESSION allow_community_extensions=true',
  ];
  test.each(escapes)('refused: %s', async (sql) => {
    const error = await engine
      .query(sql.replaceAll('WORK', work).replaceAll('OUTSIDE', outside))
      .catch((thrown: unknown) => thrown);
    // Refused because it is forbidden or not there, and not for a slip of the pen.
    expect(error).toMatchObject({
      code: 'engine',
      kind: expect.stringMatching(/^(?:Permission|Invalid Input|Catalog)$/),
    });
  });

  test('nothing was written elsewhere', async () => {
    expect((await readdir(work)).sort()).toEqual(['in', 'input', 'neighbour.csv', 'out']);
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('errors and time', () => {
  test('a message tells the kind of an error and never a value', async () => {
    const engine = await lockedEngine();
    const error = await engine
      .query("SELECT CAST(v AS INTEGER) FROM (VALUES ('12'), ('secret')) t(v)")
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'engine',
      kind: 'Conversion',
      message: 'the engine failed: Conversion error',
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
    await engine.end();
  });

  test('a column that cannot be passed on is an error', async () => {
    const engine = await lockedEngine();
    expect(await codeOf(engine.query('SELECT [1, 2] AS list'))).toBe('engine');
    await engine.end();
  });

  test('what needs more memory than there is ends with that, and the engine lives on', async () => {
    const engine = await lockedEngine({ memoryBytes: 32 * 1024 ** 2, spillBytes: 1024 ** 2 });
    const sql = 'SELECT count(*) AS n FROM (SELECT DISTINCT hash(i) FROM range(5000000) t(i))';
    expect(await codeOf(engine.query(sql))).toBe('outOfMemory');
    expect(await engine.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await engine.end();
  });

  test('a statement ends at the deadline', async () => {
    const end = Date.now() + 300;
    const engine = await lockedEngine({ timeLeft: () => end - Date.now() });
    const started = performance.now();
    const sql = 'SELECT sum(sqrt(i * 1.5)) AS n FROM range(100000000000) t(i)';
    expect(await codeOf(engine.query(sql))).toBe('deadline');
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await codeOf(engine.query('SELECT 1'))).toBe('deadline');
    await engine.end();
  });

  test('instances come and go within one process', async () => {
    for (let i = 0; i < 10; i++) await (await lockedEngine()).end();
  });
});
