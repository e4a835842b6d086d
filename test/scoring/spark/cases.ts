import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scorerOf } from '../../../functions/kit/batch/run/scorer.ts';
import { predictImage } from '../../../scoring/image/predict.ts';
import { importModel } from '../../../scoring/import.ts';
import type { Feature, Ir } from '../../../scoring/ir.ts';
import { load } from '../../../scoring/load.ts';
import type { Model } from '../../../scoring/model.ts';
import { random } from '../../support/random.ts';
import type { Asked } from './python.ts';

type Value = number | string | null;

/** Rows that a model takes, and our own answers to them as a run writes them. */
export interface Case {
  name: string;
  core: string;
  asked: Asked;
  ours: number[][];
}

const rowsEach = 48;
const { next: draw } = random(20_261_121);
const among = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
const drawn = [
  () => (draw() - 0.5) * 6,
  () => Math.round((draw() - 0.3) * 12),
  () => 0,
  () => draw() * 120,
  () => (draw() - 0.5) * 1e4,
];

function drawValue({ levels, kind, required }: Feature, asNumbers: boolean): Value {
  if (!required && draw() < 0.12) return null;
  if (levels) return asNumbers ? levelNumber(levels) : levelText(levels, required);
  return kind === 'category' ? Math.floor(draw() * 8) : among(drawn)();
}
const levelText = (levels: readonly string[], required?: boolean) =>
  !required && draw() < 0.15 ? 'never seen' : among(levels.filter((level) => level !== '')) || 'a';
function levelNumber(levels: readonly string[]): number {
  const level = Number(among(levels));
  return Number.isFinite(level) ? level : Math.floor(draw() * 4);
}

const recordOf = (features: readonly Feature[], row: readonly Value[]) =>
  Object.fromEntries(features.map(({ name }, i) => [name, row[i]]));
const textsOf = (values: readonly Value[]) => [
  ...new Set(values.flatMap((value) => (value === null ? [] : [String(value)]))),
];

/** Undefined where the model gives no finite number. */
function answered(model: Model, rows: readonly Value[][]): number[][] | undefined {
  const columns = model.features.map((_, i) => rows.map((row) => row[i] ?? null));
  const inputs = model.features.map(({ name }, i) => ({
    ...{ feature: name, field: { id: i, name, required: false, type: { type: 'double' as const } }, sql: '' },
    ...(columns[i]?.some((value) => typeof value === 'string') && { dictionary: textsOf(columns[i]) }),
  }));
  const scorer = scorerOf(model, inputs);
  const given = inputs.map(({ dictionary }, i) =>
    Float64Array.from(columns[i] ?? [], (value) => {
      if (value === null) return Number.NaN;
      return dictionary ? dictionary.indexOf(String(value)) : Number(value);
    }),
  );
  const outputs = scorer.columns.map(() => new Float64Array(rows.length));
  try {
    scorer.score(given, rows.length, outputs);
  } catch {
    return undefined;
  }
  return outputs.map((output) => [...output]);
}

export function imageOf(name: string, ir: Ir, folder: string): string {
  const image = join(folder, `${encodeURIComponent(name).slice(-200)}.img`);
  writeFileSync(image, predictImage(ir));
  return image;
}

interface Drawn {
  asNumbers?: boolean;
  /** In place of rows that are drawn. */
  rows?: Value[][];
}

export function caseOf(
  name: string,
  ir: Ir,
  folder: string,
  { asNumbers = false, rows: given }: Drawn = {},
): Case | undefined {
  const image = imageOf(name, ir, folder);
  const model = load(readFileSync(image));
  if ('recompile' in model) throw new Error('an image of this version asks to be compiled again');
  const { features } = model;
  const draws = () =>
    Array.from({ length: rowsEach }, () => features.map((one) => drawValue(one, asNumbers)));
  const rows = given ?? draws();
  const taken = rows.filter((row) => !Array.isArray(model.read(recordOf(features, row))));
  const finite = taken.filter((row) => answered(model, [row]) !== undefined);
  const ours = finite.length > 0 ? answered(model, finite) : undefined;
  if (!ours) return undefined;
  const columns = features.map((_, i) => finite.map((row) => row[i] ?? null));
  return { name, core: ir.core.type, ours, asked: { image, columns } };
}

function imported(path: string): Ir | undefined {
  try {
    const read = importModel(readFileSync(path), { values: valuesBeside(path) });
    return 'refusal' in read ? undefined : read.model;
  } catch {
    return undefined;
  }
}

/** Levels that are registered with a model whose file does not hold them. */
function valuesBeside(path: string): Record<string, string[]> | undefined {
  try {
    return JSON.parse(readFileSync(path.replace(/\.\w+$/, '.golden.json'), 'utf8')).values;
  } catch {
    return undefined;
  }
}

/** A case for each file that is a model; features with levels are also given numbers. */
export const casesIn = (paths: readonly string[], folder: string): Case[] =>
  paths.flatMap((path) => {
    const ir = path.endsWith('.golden.json') ? undefined : imported(path);
    if (!ir) return [];
    const ways = [false, true].filter((one) => !one || ir.features.some(({ levels }) => levels));
    return ways.flatMap((asNumbers) => caseOf(`${path} ${asNumbers}`, ir, folder, { asNumbers }) ?? []);
  });
