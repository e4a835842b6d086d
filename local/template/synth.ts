import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cleanEnv } from '../loopback.ts';

/** All that the template is made of. */
const parts = ['bin', 'lib', 'contracts', 'domain', 'statemachines', 'package-lock.json', 'cdk.json'];

export interface Application {
  root: string;
  /** The entry of the application, from its root. */
  entry: string;
  parts?: readonly string[];
}

/**
 * The folder of the synthesized application; made when something it comes from has changed, else found.
 * A folder appears under its name only when it is whole.
 */
export async function synthesize(
  home: string,
  application: Application,
  signal?: AbortSignal,
): Promise<{ folder: string; made: boolean }> {
  const templates = join(home, 'template');
  const name = fingerprint(application);
  const folder = join(templates, name);
  if (existsSync(join(folder, 'manifest.json'))) return { folder, made: false };
  mkdirSync(templates, { recursive: true });
  const draft = join(templates, `draft-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  await run(application, draft, signal);
  for (const old of readdirSync(templates))
    if (old !== `draft-${process.pid}`) rmSync(join(templates, old), { recursive: true, force: true });
  renameSync(draft, folder);
  return { folder, made: true };
}

async function run({ root, entry }: Application, out: string, signal?: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [entry], {
    cwd: root,
    env: cleanEnv({
      CDK_OUTDIR: out,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...contextOf(root),
        // Functions run from their sources here.
        'aws:cdk:bundling-stacks': [],
        // A nested stack then says which file is its template.
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:enable-path-metadata': false,
        'aws:cdk:version-reporting': false,
      }),
      // Templates are checked where they are tested and deployed; here that would be most of the wait.
      CDK_VALIDATION: 'false',
    }),
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const [words, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the template could not be made:\n${words.trim().slice(-4000)}`);
}

function contextOf(root: string): Record<string, unknown> {
  const file = join(root, 'cdk.json');
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')).context ?? {};
}

function fingerprint(application: Application): string {
  const hash = createHash('sha256').update(application.entry);
  for (const part of application.parts ?? parts)
    for (const file of filesOf(application.root, part))
      hash.update(`\n${file}\n`).update(readFileSync(join(application.root, file)));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(root: string, path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesOf(root, join(path, name)));
}
