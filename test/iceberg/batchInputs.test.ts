import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inputsOf } from '../../functions/kit/batch/run/features.ts';
import { scorerOf } from '../../functions/kit/batch/run/scorer.ts';
import type { Field, PrimitiveType } from '../../iceberg/model.ts';
import { quoted } from '../../iceberg/sqlText.ts';
import type { Feature, Ir } from '../../scoring/ir.ts';
import { irOf, linearOf, stumps } from '../scoring/irs.ts';
import { type LockedEngine, lockedEngine } from './support/lockedEngine.ts';
import { modelOf } from './support/runWorld.ts';

let engine: LockedEngine;
beforeEach(async () => {
  engine = await lockedEngine();
});
afterEach(() => engine.end());

const field = (id: number, name: string, type: PrimitiveType): Field => ({ id, name, required: false, type });
type Cell = string | number | boolean | null;

/** What the engine makes of rows of one column: the first answer of each, or `refused`. */
async function scored(ir: Ir, type: PrimitiveType, sqlType: string, cells: readonly Cell[]) {
  const model = modelOf(ir);
  const scorer = scorerOf(model, inputsOf(model.features, [field(1, model.features[0]?.name ?? '', type)]));
  engine.registerScore(scorer);
  const [input] = inputsOf(model.features, [field(1, model.features[0]?.name ?? '', type)]);
  const text = (cell: Cell) => (cell === null ? 'NULL' : quoted(String(cell)));
  const rows = cells.map((cell, i) => `(${i}, CAST(${text(cell)} AS ${sqlType}))`).join(', ');
  const answer = scorer.outputs === 1 ? `score(${input?.sql})` : `score(${input?.sql}).o0`;
  const found: (number | 'refused')[] = [];
  for (let i = 0; i < cells.length; i++)
    found.push(
      await engine.query(`SELECT ${answer} AS s FROM (VALUES ${rows}) t(i, c1) WHERE i = ${i}`).then(
        ([row]) => Number(row?.s),
        () => 'refused' as const,
      ),
    );
  return found;
}

function single(ir: Ir, cells: readonly Cell[]): (number | 'refused')[] {
  const model = modelOf(ir);
  return cells.map((cell) => {
    const row = model.read({ [model.features[0]?.name ?? '']: cell });
    return Array.isArray(row) ? 'refused' : Number(model.predict(row).prediction);
  });
}

/** The code of the category itself is the answer; a missing one weighs −1, one never seen whatever its code is. */
const categories = (feature: Partial<Feature> & { levels: string[] }): Ir =>
  irOf({
    features: [{ name: 'colour', kind: 'category', ...feature }],
    encoding: [
      { kind: 'lookup', feature: 0, values: feature.levels.map((_, i) => 10 + i), other: 99, missing: -1 },
    ],
    core: linearOf([1], [0]),
  });

const odd = [
  '',
  'red',
  'RED',
  'blue',
  "it's",
  'true',
  'TRUE',
  'False',
  '1',
  '1.0',
  'colour.red',
  'green',
  '?',
  '??',
  ' red',
];
const levels = ['red', "it's", 'true', '1', 'colour.green', '?'];

describe.each([
  ['plain levels', { levels }],
  ['levels with a prefix', { levels, prefix: 'colour.' }],
  ['levels of which others count', { levels, other: true as const }],
  ['levels that must not be missing', { levels: ['red', 'False'], required: true as const }],
])('%s', (_, feature) => {
  const ir = categories(feature);

  test('texts mean the categories that they mean in a request', async () => {
    const cells = [...odd, null];
    expect(await scored(ir, { type: 'string' }, 'VARCHAR', cells)).toEqual(single(ir, cells));
  });

  test('truths and numbers do as well', async () => {
    const truths = [true, false, null];
    expect(await scored(ir, { type: 'boolean' }, 'BOOLEAN', truths)).toEqual(single(ir, truths));
    const other = await lockedEngine();
    await engine.end();
    engine = other;
    const numbers = [1, 0, 2, null];
    expect(await scored(ir, { type: 'long' }, 'BIGINT', numbers)).toEqual(single(ir, numbers));
  });
});

const identity = irOf({ features: [{ name: 'x', kind: 'number' }], core: linearOf([1], [0]) });

test('texts are numbers where they are so in a request', async () => {
  const cells = [
    '1',
    ' 2.5 ',
    '+3',
    '.5',
    '5.',
    '-1e3',
    '1E+2',
    '0x10',
    'inf',
    'nan',
    '1_000',
    'abc',
    '1e400',
    '--1',
    '1 2',
  ];
  expect(await scored(identity, { type: 'string' }, 'VARCHAR', cells)).toEqual(single(identity, cells));
});

test('numbers of every kind and truths are what they are; times are seconds', async () => {
  const missing = irOf({
    features: [{ name: 'x', kind: 'number' }],
    core: stumps([[0, 100, 1, 2]], { missingRight: Uint8Array.of(1, 0, 0) }),
  });
  expect(
    await scored(missing, { type: 'decimal', precision: 9, scale: 2 }, 'DECIMAL(9,2)', [
      '99.99',
      '100.00',
      null,
    ]),
  ).toEqual([1, 2, 2]);
  const next = async () => {
    await engine.end();
    engine = await lockedEngine();
  };
  await next();
  expect(await scored(identity, { type: 'boolean' }, 'BOOLEAN', [true, false])).toEqual([1, 0]);
  await next();
  expect(await scored(identity, { type: 'date' }, 'DATE', ['1970-01-02'])).toEqual([86_400]);
  await next();
  expect(
    await scored(identity, { type: 'timestamptz' }, 'TIMESTAMPTZ', ['1970-01-01 00:00:01.5+00']),
  ).toEqual([1.5]);
});

test('what cannot be scored names the feature and never the value', async () => {
  const model = modelOf(identity);
  const scorer = scorerOf(model, inputsOf(model.features, [field(1, 'x', { type: 'string' })]));
  expect(() =>
    scorer.score([Float64Array.of(1, Number.POSITIVE_INFINITY)], 2, [new Float64Array(2)]),
  ).toThrow("a row cannot be scored: feature 'x' is no finite number");
});

test.each<[string, Feature[], Field[], string]>([
  [
    'a feature that the source lacks',
    [{ name: 'x', kind: 'number' }],
    [],
    "feature 'x' is not a column of the table",
  ],
  [
    'a feature of bytes',
    [{ name: 'x', kind: 'number' }],
    [field(1, 'x', { type: 'binary' })],
    "feature 'x' is a column of a type",
  ],
  [
    'a feature of a nested type',
    [{ name: 'x', kind: 'number' }],
    [{ ...field(1, 'x', { type: 'int' }), type: { type: 'other', name: 'list' } }],
    "feature 'x' is a column of a type",
  ],
  [
    'a feature that two columns could be',
    [{ name: 'X', kind: 'number' }],
    [field(1, 'x', { type: 'int' }), field(2, 'x', { type: 'int' })],
    "feature 'X' fits several columns",
  ],
])('%s is refused by name', (_, features, fields, message) => {
  expect(() => inputsOf(features, fields)).toThrow(message);
});
