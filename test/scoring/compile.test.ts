import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../scoring/compile.ts';
import { decodeIr } from '../../scoring/image/predict.ts';
import { importModel } from '../../scoring/import.ts';
import type { Ir, Stack } from '../../scoring/ir.ts';
import { haveThirdParty, own, thirdParty } from './goldens.ts';
import { kinds, randomIr } from './kernelsForests.ts';

/** Every file below a folder that is read as a model. */
function modelsBelow(folder: string, most: number): { name: string; ir: Ir }[] {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => !/\.(csv|tsv|svm|f32|f64|md|golden\.json)$/.test(path))
    .flatMap((path) => {
      const bytes = readFileSync(path);
      const read = bytes.length > most ? { refusal: null } : importModel(bytes, { trees: 'all' });
      return 'model' in read ? [{ name: path.slice(folder.length + 1), ir: read.model }] : [];
    });
}

const withoutCovers = (ir: Ir): Ir =>
  ir.core.type === 'trees'
    ? { ...ir, core: { ...ir.core, cover: new Float64Array(ir.core.cover.length) } }
    : ir.core.type === 'stack'
      ? { ...ir, core: bare(ir.core) }
      : ir;

const bare = (stack: Stack): Stack => ({
  ...stack,
  bases: stack.bases.map((base) => ({ ...base, model: base.model && withoutCovers(base.model) })),
  meta: withoutCovers(stack.meta),
});

function expectRoundTrip(ir: Ir): void {
  const { predict, explain } = compile(ir);
  expect(decodeIr(predict, null)).toEqual(withoutCovers(ir));
  if (explain !== null) expect(decodeIr(predict, explain)).toEqual(ir);
  const again = compile(decodeIr(predict, explain));
  expect(Buffer.compare(again.predict, predict)).toBe(0);
  expect(again.explain === null ? null : Buffer.compare(again.explain, explain ?? new Uint8Array())).toBe(
    explain === null ? null : 0,
  );
}

describe('a model is the same after it was compiled and decoded, and compiles to the same bytes again', () => {
  test('random forests', () => {
    fc.assert(
      fc.property(kinds, fc.boolean(), (kind, available) => {
        const ir = randomIr(kind);
        expectRoundTrip(available ? { ...ir, contributions: { available } } : ir);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  const ownModels = modelsBelow(own, 1_000_000);
  test('there are models of its own', () => expect(ownModels.length).toBeGreaterThan(20));
  test.each(ownModels)('$name', ({ ir }) => expectRoundTrip(ir));

  if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');
  const models = haveThirdParty ? modelsBelow(thirdParty, 1_500_000) : [];
  test.skipIf(!haveThirdParty)('there are models of other projects', () => {
    expect(models.length).toBeGreaterThan(50);
  });
  test.each(models)('$name', ({ ir }) => expectRoundTrip(ir));
});

describe('a predict image', () => {
  const ir = (): Ir => {
    const read = importModel(readFileSync(`${own}/xgboost-regression.json`));
    if ('refusal' in read) throw new Error(read.refusal.message);
    return read.model;
  };

  test('holds nothing that only contributions need', () => {
    const before = ir();
    const after = ir();
    if (after.core.type === 'trees') after.core.cover.fill(1);
    expect(Buffer.compare(compile(after).predict, compile(before).predict)).toBe(0);
  });

  test('comes with an explain image only where contributions are available', () => {
    expect(compile(ir()).explain).not.toBeNull();
    expect(compile({ ...ir(), contributions: { available: false, kind: 'some' } }).explain).toBeNull();
  });
});
