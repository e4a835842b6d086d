import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uncompressed } from '../../scripts/kernels.ts';
import { explainFile, explainKernels } from '../../scripts/kernelsExplain.ts';

const root = join(import.meta.dirname, '../..');
const haveCompiler = existsSync(join(root, 'node_modules/assemblyscript'));

if (!haveCompiler) console.error('skipped: assemblyscript is not installed');

test.skipIf(!haveCompiler)(
  'the kernel of contributions is what its source compiles to, byte by byte',
  async () => {
    const kept = readFileSync(join(root, explainFile), 'utf8');
    expect(uncompressed(await explainKernels())).toBe(uncompressed(kept));
    expect(uncompressed(kept)).not.toBe(kept);
  },
  60_000,
);
