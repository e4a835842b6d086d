import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Write a small file so that whoever reads it sees the old whole or the new whole. */
export function writeWhole(file: string, value: unknown, mode = 0o600): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, typeof value === 'string' ? value : JSON.stringify(value), { mode });
  renameSync(draft, file);
}

/** The JSON in a file; undefined where there is none, or none that can be read. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
