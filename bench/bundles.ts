import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { aliases } from '../lib/handler.ts';

export const budgets = {
  predict: { kilobytes: 300, milliseconds: 50 },
  others: { kilobytes: 600, milliseconds: 100 },
};

/** Every function as it is deployed: its size, and the CPU that its import costs a fresh process, least of seven. */
export async function bundles() {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bundles-'));
  try {
    const rows = [];
    for (const file of globSync('functions/*/*.ts', { exclude: ['functions/kit/**'] }).sort()) {
      const name = basename(file, '.ts');
      const { outputFiles } = await build({
        ...{ entryPoints: [file], bundle: true, minify: true, write: false, logLevel: 'silent' },
        ...{ format: 'esm', platform: 'node', target: 'node24', mainFields: ['module', 'main'] },
        alias: aliases,
      });
      const path = join(folder, `${name}.mjs`);
      writeFileSync(path, outputFiles[0]?.contents ?? '');
      const runs = Array.from({ length: 7 }, () => importCost(path));
      const kilobytes = (outputFiles[0]?.contents.length ?? 0) / 1000;
      rows.push({
        name,
        kilobytes,
        milliseconds: Math.min(...runs),
        median: runs.toSorted((a, b) => a - b)[3] ?? 0,
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const measured = (path: string) =>
  `const u = process.cpuUsage(); await import(${JSON.stringify(path)}); const { user, system } = process.cpuUsage(u); console.log((user + system) / 1000)`;

const importCost = (path: string): number =>
  Number(execFileSync(process.execPath, ['--input-type=module', '-e', measured(path)], { encoding: 'utf8' }));
