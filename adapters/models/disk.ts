import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kept } from '../../domain/model.ts';

/** Half of the disk that a function has when nothing else is asked for. */
const mostBytes = 256 * 1024 * 1024;

const folder = () => join(tmpdir(), `slipway-${process.pid}`);
const path = ({ sha256 }: Kept) => join(folder(), sha256);

/** What lies on the disk, the least recently used first. */
const sizes = new Map<string, number>();
let total = 0;

/**
 * The bytes from the disk of this environment, where they lie there; they were checked before they were written.
 * It does not wait in turns: an environment answers one request at a time.
 */
export function recall(kept: Kept): Uint8Array | undefined {
  const size = sizes.get(kept.sha256);
  if (size === undefined) return undefined;
  sizes.delete(kept.sha256);
  const found = bytesAt(path(kept));
  if (found?.length === size) {
    sizes.set(kept.sha256, size);
    return found;
  }
  total -= size;
  return undefined;
}

function bytesAt(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Put checked bytes on the disk and take the oldest off it. A full or read-only disk only makes the next start slower. */
export function remember(kept: Kept, bytes: Uint8Array): void {
  if (bytes.length > mostBytes / 4 || sizes.has(kept.sha256)) return;
  const half = `${path(kept)}.part`;
  try {
    while (total + bytes.length > mostBytes) forgetOldest();
    mkdirSync(folder(), { recursive: true });
    writeFileSync(half, bytes);
    renameSync(half, path(kept));
    sizes.set(kept.sha256, bytes.length);
    total += bytes.length;
  } catch {
    drop(half);
  }
}

function forgetOldest(): void {
  const [sha256 = '', size = 0] = sizes.entries().next().value ?? [];
  sizes.delete(sha256);
  total -= size;
  drop(join(folder(), sha256));
}

function drop(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What cannot be taken off a disk is in nobody's way.
  }
}
