import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../scoring/compile.ts';
import { evaluator } from '../../scoring/evaluate/evaluator.ts';
import { decodeImage, type Image } from '../../scoring/image/container.ts';
import { headerOf, restOf } from '../../scoring/image/predict.ts';
import { importModel } from '../../scoring/import.ts';
import type { Ir } from '../../scoring/ir.ts';
import { kernelEngine } from '../../scoring/kernels/engine.ts';
import { openKernel } from '../../scoring/kernels/open.ts';
import type { Engine } from '../../scoring/model.ts';
import { predictFile, predictKernels, uncompressed } from '../../scripts/kernels.ts';
import { own } from './goldens.ts';
import { type Kind, kinds, randomIr, randomRows } from './kernelsForests.ts';

const runs = { numRuns: Number(process.env.KERNEL_RUNS ?? 80) };

/** The kernel of a model, or null where it has none. */
function kernelOf(ir: Ir): Engine | null {
  const image = decodeImage(compile(ir).predict) as Image;
  const { kernel } = headerOf(image);
  const opened = kernel && openKernel(image, kernel, restOf(image));
  return opened && kernelEngine(opened);
}

const outputsOf = (ir: Ir) => (ir.core.type === 'trees' ? ir.core.base.length : 0);

/** Margins row after row, by one row at a time. */
function margins(engine: Engine, rows: Float64Array[], outputs: number): Float64Array {
  const out = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    engine.margin(row, out.subarray(i * outputs, (i + 1) * outputs));
  });
  return out;
}

function batch(engine: Engine, rows: Float64Array[], outputs: number): Float64Array {
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, i) => Float64Array.from(rows, (row) => row[i] as number));
  const out = new Float64Array(rows.length * outputs);
  engine.batch?.(columns, rows.length, out);
  return out;
}

/** The bits, so that −0 is not 0. */
const bits = (values: Float64Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

describe('a kernel gives the margins of the evaluator bit for bit', () => {
  test('on random forests, whatever their numbers, categories, missing values and shapes', () => {
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 40 }), (kind, count) => {
        const ir = randomIr(kind);
        const kernel = kernelOf(ir);
        if (kernel === null) throw new Error('no kernel for plain trees');
        const rows = randomRows(kind, count);
        const expected = bits(margins(evaluator(ir), rows, kind.outputs));
        expect(bits(margins(kernel, rows, kind.outputs))).toEqual(expected);
        expect(bits(batch(kernel, rows, kind.outputs))).toEqual(expected);
      }),
      runs,
    );
  }, 60_000);

  test('for more rows than fit into one block of a batch', () => {
    for (const encoded of [false, true]) {
      const kind = { ...fc.sample(kinds, { seed: 7, numRuns: 1 })[0], columns: 3, trees: 9, depth: 3 };
      const ready = { ...kind, outputs: 5, encoded } as Parameters<typeof randomIr>[0];
      const ir = randomIr(ready);
      const rows = randomRows(ready, 3000);
      const kernel = kernelOf(ir) as Engine;
      expect(bits(batch(kernel, rows, 5))).toEqual(bits(margins(evaluator(ir), rows, 5)));
    }
  });

  const files = globSync('**/*', { cwd: own, withFileTypes: true }).filter((entry) => entry.isFile());
  const models = files.flatMap((entry) => {
    const path = `${entry.parentPath}/${entry.name}`;
    const read = importModel(readFileSync(path));
    return 'model' in read && read.model.core.type === 'trees' ? [{ name: entry.name, ir: read.model }] : [];
  });

  test('there are models of its own', () => expect(models.length).toBeGreaterThan(5));

  test.each(models)('$name', ({ ir }) => {
    const kernel = kernelOf(ir);
    if (kernel === null) return expect(ir.core).toSatisfy(({ terms, combine }) => terms !== null || combine);
    const outputs = outputsOf(ir);
    const rows = probes(ir);
    const expected = bits(margins(evaluator(ir), rows, outputs));
    expect(bits(margins(kernel, rows, outputs))).toEqual(expected);
    expect(bits(batch(kernel, rows, outputs))).toEqual(expected);
  });
});

test('trees whose nodes lie in another order are left to the evaluator', () => {
  const [kind] = fc.sample(kinds, { seed: 1, numRuns: 1 });
  const ir = randomIr({ ...(kind as Kind), trees: 2, depth: 1 });
  if (ir.core.type !== 'trees') throw new Error('no trees');
  expect(kernelOf(ir)).not.toBeNull();
  expect(kernelOf({ ...ir, core: { ...ir.core, root: ir.core.root.toReversed() } })).toBeNull();
  expect(kernelOf({ ...ir, core: { ...ir.core, root: Int32Array.of(0, 0) } })).toBeNull();
});

/** Rows of values around the thresholds of a model. */
function probes(ir: Ir): Float64Array[] {
  const { core, features } = ir;
  if (core.type !== 'trees') return [];
  const values = [...core.threshold.filter(Number.isFinite).slice(0, 200), Number.NaN, 0, 1, 2, 5, -1];
  return Array.from({ length: 100 }, (_, i) =>
    Float64Array.from(features, (_, f) => Math.fround(values[(i * 31 + f * 17) % values.length] as number)),
  );
}

describe('the kernels that are checked in', () => {
  const have = canResolve('wabt');
  if (!have) console.error('skipped: wabt is not installed, so the kernels are not built again');

  test.skipIf(!have)('are what their source gives, byte for byte', async () => {
    expect(uncompressed(await predictKernels())).toBe(uncompressed(readFileSync(predictFile, 'utf8')));
  });
});

function canResolve(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
