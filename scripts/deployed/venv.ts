import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const requirements = join(import.meta.dirname, 'requirements.txt');

/** A Python that has the emulator, in an environment of its own, or why there is none. */
export function emulator(directory: string): { python: string } | { absent: string } {
  const python = join(directory, 'bin', 'python');
  const made = join(directory, 'made-from.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(made) && readFileSync(made, 'utf8') === wanted) return { python };
  if (!works('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']))
    return { absent: 'Python 3.10 or later is needed as python3' };
  rmSync(directory, { recursive: true, force: true });
  if (!works('python3', ['-m', 'venv', directory])) return { absent: 'python3 -m venv does not work here' };
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  if (!works(python, install)) return { absent: 'pip could not install scripts/deployed/requirements.txt' };
  writeFileSync(made, wanted);
  return { python };
}

const works = (command: string, args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
