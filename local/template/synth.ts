import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cleanEnv } from '../loopback.ts';

/** All that the template is made of. */
const parts = ['bin', 'lib', 'contracts', 'domain', 'statemachines', 'package-lock.json', 'cdk.json'];

export interface Application {
  root: string;
  /** The entry of the application, from its root. */
  entry: string;
  parts?: readonly string[];
  /** Where templates lie for every home of this checkout: a new home need not make its own. */
  shared?: string;
}

const root = join(import.meta.dirname, '..', '..');
export const slipway: Application = {
  root,
  entry: 'bin/slipway.ts',
  shared: join(root, 'node_modules', '.cache', 'slipway'),
};

/**
 * The folder of the synthesized application; made when something it comes from has changed, else found or copied.
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
  const known = application.shared && join(application.shared, name);
  const made = !(known && copied(known, draft));
  if (made) await run(application, draft, signal);
  for (const old of readdirSync(templates))
    if (old !== `draft-${process.pid}`) rmSync(join(templates, old), { recursive: true, force: true });
  renameSync(draft, folder);
  if (made && known) share(folder, known);
  return { folder, made };
}

/** Whether there was a whole one; one that is thrown away meanwhile is as good as none. */
function copied(from: string, to: string): boolean {
  try {
    cpSync(from, to, { recursive: true });
    return existsSync(join(to, 'manifest.json'));
  } catch {
    rmSync(to, { recursive: true, force: true });
    return false;
  }
}

const mostShared = 4;

/** Lay a template down for other homes. That it cannot be done, or that another did it first, is no fault. */
function share(folder: string, to: string): void {
  const shared = dirname(to);
  const draft = `${to}-${process.pid}`;
  const age = (name: string) => statSync(join(shared, name)).mtimeMs;
  try {
    cpSync(folder, draft, { recursive: true });
    rmSync(to, { recursive: true, force: true });
    renameSync(draft, to);
    const old = readdirSync(shared).toSorted((a, b) => age(b) - age(a));
    for (const name of old.slice(mostShared)) rmSync(join(shared, name), { recursive: true, force: true });
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function run({ root, entry }: Application, out: string, signal?: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [entry], {
    cwd: root,
    env: cleanEnv({
      CDK_OUTDIR: out,
      CDK_CONTEXT_JSON: JSON.stringify({
        // Mail is kept here and goes nowhere, so nobody has to name a sender.
        alertSender: 'slipway@localhost.localdomain',
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
