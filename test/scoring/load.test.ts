import { globSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { compile } from '../../scoring/compile.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import { decodeImage, type Image, imageVersion } from '../../scoring/image/container.ts';
import { headerOf } from '../../scoring/image/predict.ts';
import { importModel } from '../../scoring/import.ts';
import { type Core, type Ir, type Output, outputsOf } from '../../scoring/ir.ts';
import { load } from '../../scoring/load.ts';
import type { Model } from '../../scoring/model.ts';
import { haveThirdParty, own, thirdParty } from './goldens.ts';
import { generator, type Kind, randomIr } from './kernelsForests.ts';

afterEach(() => vi.unstubAllGlobals());

function irAt(path: string): Ir | null {
  const read = importModel(readFileSync(path), { trees: 'all' });
  return 'model' in read ? read.model : null;
}

function loaded(ir: Ir): Model {
  const model = load(compile(ir).predict);
  if ('recompile' in model) throw new Error('of another version');
  return model;
}

/** What splits look at: thresholds of every tree in a model, and of those in its parts. */
function marksOf(core: Core): number[] {
  if (core.type === 'trees') return [...core.threshold.filter(Number.isFinite)];
  if (core.type !== 'stack') return [];
  return core.bases.flatMap(({ model }) => (model ? marksOf(model.core) : [])).slice(0, 5000);
}

function rowsOf(ir: Ir, count: number): Float64Array[] {
  const random = generator(5);
  const marks = [0, 1, -1, 2.5, 100, ...marksOf(ir.core)];
  const single = ir.encoding === null && ir.core.compare === 'f32';
  return Array.from({ length: count }, () =>
    Float64Array.from(ir.features, (feature) => {
      if (feature.required === undefined && random(8) === 0) return Number.NaN;
      if (feature.kind === 'category') return random(feature.levels?.length ?? 8);
      const x = marks[random(marks.length)] as number;
      return single ? Math.fround(x) : x;
    }),
  );
}

function expectSame(model: Model, ir: Ir): void {
  const whole = reference(ir);
  const rows = rowsOf(ir, 60);
  const outputs = outputsOf(ir.output);
  const expected = rows.map((row) => whole.margin(row));
  expect(rows.map((row) => model.margin(row))).toEqual(expected);
  expect(rows.map((row) => model.predict(row))).toEqual(rows.map((row) => whole.predict(row)));
  const columns = new Map(
    ir.features.map(({ name, levels }, i) => [
      name,
      levels
        ? rows.map((row) => levels[row[i] as number] ?? null)
        : Float64Array.from(rows, (row) => row[i] as number),
    ]),
  );
  const out = new Float64Array(rows.length * outputs);
  expect(model.score(columns, rows.length, out)).toEqual(
    whole.score(columns, rows.length, new Float64Array(out.length)),
  );
}

function modelsBelow(folder: string, most: number) {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(csv|tsv|svm|f32|f64|md|golden\.json)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => readFileSync(path).length < most)
    .flatMap((path) => {
      const ir = irAt(path);
      return ir ? [{ name: path.slice(folder.length + 1), ir }] : [];
    });
}

describe('a loaded image answers as the evaluator does, bit for bit', () => {
  const ownModels = modelsBelow(own, 1_000_000);
  test('there are models of its own', () => expect(ownModels.length).toBeGreaterThan(20));
  test.each(ownModels)('$name', ({ ir }) => expectSame(loaded(ir), ir));

  if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');
  const models = haveThirdParty ? modelsBelow(thirdParty, 1_500_000) : [];
  test.skipIf(!haveThirdParty)('there are models of other projects', () => {
    expect(models.length).toBeGreaterThan(50);
  });
  test.each(models)('$name', ({ ir }) => expectSame(loaded(ir), ir));
});

describe('an image', () => {
  const file = (name: string): Ir => irAt(`${own}/${name}`) as Ir;

  test('of a stack breaks ties by the answers of its parts, as the evaluator does', () => {
    const kind = { seed: 3, trees: 9, outputs: 1, depth: 3, columns: 2, compare: 'f64', sum: 'f64' };
    const plain = { categories: false, zeros: false, skewed: false, baseLast: false, encoded: false };
    const base = randomIr({ ...kind, ...plain } as Kind);
    const empty = randomIr({ ...kind, ...plain, trees: 0, outputs: 3, columns: 1 } as Kind);
    if (empty.core.type === 'trees') empty.core.base.fill(0);
    const output: Output = { ...base.output, kind: 'multinomial', classes: ['a', 'b', 'c'], ties: [1, 1, 1] };
    const meta: Ir = { ...empty, output: { ...output, link: 'softmax' } };
    const bases = [{ model: base, columns: Int32Array.of(0, 1), answers: 'value' as const, width: 1 }];
    const core: Core = { type: 'stack', compare: 'f64', bases, transform: 'none', meta };
    const ir: Ir = { ...meta, features: base.features, core };
    expectSame(loaded(ir), ir);
    const labels = rowsOf(ir, 60).map((row) => loaded(ir).predict(row).prediction);
    expect(new Set(labels).size).toBeGreaterThan(1);
  });

  test('of plain trees is scored by a kernel, and its trees are not decoded', () => {
    const ir = file('xgboost-binary.json');
    const { predict } = compile(ir);
    const image = decodeImage(predict) as Image;
    expect(headerOf(image).kernel).toMatchObject({ precision: 'f32', tables: false });
    const model = loaded(ir);
    expect(model).not.toHaveProperty('core');
    expect(model.features).toEqual(ir.features);
  });

  test.each([
    ['lightgbm-linear.txt', 'leaves are linear functions'],
    ['xgboost-linear.json', 'the booster is linear'],
  ])('%s is scored by the evaluator: %s', (name) => {
    const ir = file(name);
    expect(headerOf(decodeImage(compile(ir).predict) as Image).kernel).toBeNull();
    expectSame(loaded(ir), ir);
  });

  const { Memory, Instance } = (globalThis as { WebAssembly?: object }).WebAssembly as Record<
    string,
    unknown
  >;
  const { Module } = (globalThis as { WebAssembly?: object }).WebAssembly as Record<string, unknown>;
  const refused = function refused() {
    throw new RangeError('not here');
  };

  test.each([
    ['is missing', undefined],
    ['makes no code', { Memory, Instance, Module: refused }],
    ['has no memory left', { Memory: refused, Instance, Module }],
  ])('gives the same answers where WebAssembly %s', (_, stub) => {
    const ir = file('xgboost-categorical.json');
    const { predict } = compile(ir);
    vi.stubGlobal('WebAssembly', stub);
    const model = load(predict);
    if ('recompile' in model) throw new Error('of another version');
    expectSame(model, ir);
  });

  test('of another version asks to be compiled again', () => {
    const { predict } = compile(file('xgboost-binary.json'));
    new DataView(predict.buffer).setUint16(4, imageVersion + 1, true);
    expect(load(predict)).toEqual({ recompile: true });
  });

  test('that is cut, or something else, is an error', () => {
    const { predict, explain } = compile(file('xgboost-binary.json'));
    expect(() => load(explain as Uint8Array)).toThrow('not the one for predictions');
    expect(() => load(predict.subarray(0, predict.length - 1))).toThrow('no image of a model');
    expect(() => load(readFileSync(`${own}/xgboost-binary.json`))).toThrow('no image of a model');
  });
});
