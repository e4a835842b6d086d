import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { recall as Recall, remember as Remember } from '../../adapters/models/disk.ts';

let recall: typeof Recall;
let remember: typeof Remember;
let home: string;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'disk-'));
  vi.stubEnv('TMPDIR', home);
  vi.resetModules();
  ({ recall, remember } = await import('../../adapters/models/disk.ts'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const kept = (name: string) => ({ key: name, sha256: name, bytes: 3 });
const folder = () => join(home, `slipway-${process.pid}`);

test('what was remembered is recalled, and nothing else', () => {
  remember(kept('a'), Uint8Array.of(1, 2, 3));
  expect(recall(kept('a'))).toEqual(Buffer.from([1, 2, 3]));
  expect(recall(kept('a'))).toEqual(Buffer.from([1, 2, 3]));
  expect(recall(kept('b'))).toBeUndefined();
});

test('a file that was cut or is gone is not taken, and is remembered again', () => {
  for (const harm of [
    () => writeFileSync(join(folder(), 'a'), 'x'),
    () => rmSync(folder(), { recursive: true }),
  ]) {
    remember(kept('a'), Uint8Array.of(1, 2, 3));
    harm();
    expect(recall(kept('a'))).toBeUndefined();
    remember(kept('a'), Uint8Array.of(1, 2, 3));
    expect(recall(kept('a'))).toHaveLength(3);
  }
});

test('the least recently used goes when the disk is full, and a huge one is never kept', () => {
  const part = new Uint8Array(64 * 1024 * 1024);
  for (const name of ['a', 'b', 'c', 'd']) remember(kept(name), part);
  recall(kept('a'));
  remember(kept('e'), Uint8Array.of(1));
  expect(readdirSync(folder()).sort()).toEqual(['a', 'c', 'd', 'e']);
  expect(recall(kept('b'))).toBeUndefined();
  remember(kept('huge'), new Uint8Array(64 * 1024 * 1024 + 1));
  expect(recall(kept('huge'))).toBeUndefined();
});

test('a disk that takes nothing changes nothing', () => {
  writeFileSync(folder(), 'a file where the folder should be');
  chmodSync(folder(), 0o400);
  remember(kept('a'), Uint8Array.of(1, 2, 3));
  expect(recall(kept('a'))).toBeUndefined();
});
