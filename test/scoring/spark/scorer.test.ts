import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../../scoring/evaluate/graph/operations.ts';
import { imageVersion } from '../../../scoring/image/container.ts';
import type { Isolation } from '../../../scoring/ir.ts';
import { haveThirdParty, thirdParty } from '../goldens.ts';
import { irOf, linearOf, outputOf } from '../irs.ts';
import { type Case, caseOf, casesIn, imageOf } from './cases.ts';
import { havePython, scoredByPython, unlike } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-spark-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sourceOf = (name: string) => readFileSync(`spark/modules/slipway/${name}.py`, 'utf8');

test('the scorer of Spark reads the images that are written now', () => {
  expect(sourceOf('image')).toContain(`IMAGE_VERSION = ${imageVersion}\n`);
});

test('it knows every operation of a graph, every link and every core', () => {
  const lacking = (names: readonly string[], file: string) =>
    names.filter((name) => !sourceOf(file).includes(`"${name}"`));
  expect(Object.keys(operations).length).toBeGreaterThan(20);
  expect(lacking(Object.keys(operations), 'graph')).toEqual([]);
  const declared =
    /export type Link =([\s\S]*?)\n\nexport/.exec(readFileSync('scoring/ir.ts', 'utf8'))?.[1] ?? '';
  const links = [...declared.matchAll(/'(\w+)'/g)].map(([, name]) => String(name));
  expect(links.length).toBeGreaterThan(20);
  expect(lacking(links, 'links')).toEqual([]);
  expect(lacking(['trees', 'linear', 'network', 'isolation', 'stack', 'graph'], 'cores')).toEqual([]);
});

describe.skipIf(!havePython)('what a job of Spark scores with', () => {
  let cases: Case[];
  beforeAll(() => {
    cases = casesIn(globSync('test/fixtures/models/**/*'), folder);
  });

  test('gives the same answers as ours for every model of the goldens', () => {
    expect(cases.length).toBeGreaterThan(150);
    expect(new Set(cases.map(({ core }) => core)).size).toBe(6);
    expect(unlike(cases, 1e-9)).toEqual([]);
  });

  test('a difference would be seen', () => {
    const [first] = cases;
    if (!first) throw new Error('there are no models');
    const ours = first.ours.map((column) => column.map((value) => value + 1e-8));
    expect(unlike([{ ...first, ours }], 1e-9)).toHaveLength(1);
  });

  test.skipIf(!haveThirdParty)('gives the same answers for models of other projects', () => {
    const files = globSync(`${thirdParty}/**/*`).filter((file) =>
      /\.(?:zip|onnx|json|ubj|txt|model)$/.test(file),
    );
    const others = casesIn(files, folder);
    expect(others.length).toBeGreaterThan(20);
    expect(unlike(others, 1e-9)).toEqual([]);
  });

  test('gives the same answers through every link', () => {
    const shares = ['softmax', 'softmaxSingle', 'softmaxFromZero', 'softmaxZero', 'normalise'] as const;
    const single = [
      'identity',
      'logistic',
      'exp',
      'log1pExp',
      'signedSquare',
      'expCapped',
      'expSingle',
    ] as const;
    const more = ['inverse', 'logisticSingle', 'complement', 'probit'] as const;
    const two = linearOf([0.3, -0.2, 0.1, 0.5, 0.02, -0.3], [0.2, 0.4, 0.1]);
    const made = [
      ...shares.map((link) => ({
        core: two,
        output: outputOf({ kind: 'multinomial', classes: ['a', 'b', 'c'], link }),
      })),
      ...[...single, ...more].map((link) => ({
        core: linearOf([0.01, -0.02], [0.5]),
        output: outputOf({ link }),
      })),
      { core: two, output: outputOf({ kind: 'ordinal', classes: ['a', 'b', 'c', 'd'], link: 'ordinal' }) },
      { core: linearOf([0.01, 0.02], [3]), output: outputOf({ link: 'tweedie', power: 2 }) },
      {
        core: linearOf([0.01, 0.02], [3]),
        output: outputOf({ kind: 'binomial', classes: ['n', 'y'], link: 'step' }),
      },
    ] as const;
    const linked = made.flatMap(
      (one, i) => caseOf(`link ${i} ${one.output.link}`, irOf({ ...one }), folder) ?? [],
    );
    expect(linked).toHaveLength(made.length);
    expect(unlike(linked, 1e-9)).toEqual([]);
  });

  test('gives the same answers where rows lie on an edge, are equal, or are named otherwise', () => {
    const binomial = outputOf({ kind: 'binomial', classes: ['n', 'y'], link: 'logistic' });
    const level = {
      name: 'c',
      kind: 'category' as const,
      levels: ['x', 'true', '1.0', '02', 'c.y'],
      prefix: 'c.',
    };
    const steps = {
      kind: 'isotonic' as const,
      x: [0.1, 0.4, 0.8],
      y: [0.05, 0.5, 0.9],
      smallest: 0.1,
      largest: 0.8,
    };
    const isolation: Isolation = {
      ...{ type: 'isolation', compare: 'f64', root: Int32Array.of(0), left: Int32Array.of(1, -1, -1) },
      ...{ normal: Float64Array.of(1, 1, 0, 0, 0, 0), point: Float64Array.of(1, 1, 0, 0, 0, 0) },
      length: Float64Array.of(0, 1, 2),
    };
    const path = { longest: 5, shortest: 0, trees: 1 };
    const made: [Parameters<typeof irOf>[0], Parameters<typeof caseOf>[3]][] = [
      [
        { core: isolation, output: outputOf({ kind: 'anomaly', link: 'isolation', path }) },
        {
          rows: [
            [1, 1],
            [2, 2],
            [0, 2],
            [null, 0],
          ],
        },
      ],
      [
        {
          core: linearOf([0, 0, 0, 0, 0, 0], [1, 1, 0.2]),
          output: outputOf({
            kind: 'multinomial',
            classes: ['a', 'b', 'c'],
            link: 'softmax',
            ties: [0.4, 0.4, 0.2],
          }),
        },
        {},
      ],
      [{ core: linearOf([0.3, -0.2], [0]), output: { ...binomial, calibration: steps } }, {}],
      [
        { features: [level], core: linearOf([1], [0]) },
        { rows: ['x', 'TRUE', 'True', '1.0', '1', 'y', 'c.y', '', 'Y'].map((one) => [one]) },
      ],
      [
        { features: [level], core: linearOf([1], [0]) },
        { rows: [1, 2, 1.5, 1e21, -0, 1e-7].map((one) => [one]) },
      ],
    ];
    const edges = made.flatMap(([ir, rows], i) => caseOf(`edge ${i}`, irOf(ir), folder, rows) ?? []);
    expect(edges).toHaveLength(made.length);
    expect(new Set(edges[1]?.ours[0])).toEqual(new Set([0, 1]));
    expect(unlike(edges, 1e-9)).toEqual([]);
  });

  test('refuses what ours refuses, in the same words, and names the feature', () => {
    const features = [
      { name: 'x', kind: 'number' as const, required: true as const },
      { name: 'c', kind: 'category' as const, levels: ['a'], required: true as const },
    ];
    const image = imageOf('refusing', irOf({ features, core: linearOf([1, 1], [0]) }), folder);
    const told = scoredByPython([
      {
        image,
        columns: [
          [1, null],
          ['a', 'a'],
        ],
      },
      {
        image,
        columns: [
          ['1e3', 'x'],
          ['a', 'a'],
        ],
      },
      {
        image,
        columns: [
          [1, 2],
          ['b', 'a'],
        ],
      },
      { image, columns: [[1, '2'].map(String), ['a', null]] },
    ]);
    const why = 'a row cannot be scored: feature';
    expect(told).toEqual([
      { refused: `${why} 'x' is nothing, and the model has no rule for that` },
      { refused: `${why} 'x' is no finite number` },
      { refused: `${why} 'c' is a category that the model does not know` },
      { refused: `${why} 'c' is nothing, and the model has no rule for that` },
    ]);
  });
});
