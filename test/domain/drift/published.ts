import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const goldens = join(import.meta.dirname, '../../../../shared/fixtures/drift/goldens.json');
export const haveGoldens = existsSync(goldens);

export type Goldens = {
  psi_counts: { name: string; expected: number[]; actual: number[]; eps: number; psi: number }[];
  noise: { N: number; M: number; bins: number; p: number; threshold: number }[];
  two_sample: {
    name: string;
    x: number[];
    y: number[];
    ks: number;
    wasserstein: number;
    wasserstein_norm_evidently: number;
  }[];
  counts_tests: { name: string; expected: number[]; actual: number[]; js_distance_base2: number }[];
};

/** Numbers of numpy and scipy, and of other projects; read in place, absent from this repository. */
export const readGoldens = (): Goldens => JSON.parse(readFileSync(goldens, 'utf8')) as Goldens;

const ten = (count: number) => new Array<number>(10).fill(count);

/** Counts of a baseline and of a window, the floor, and the PSI that the named project publishes or its formula gives. */
export const psis: [name: string, expected: number[], actual: number[], floor: number, psi: number][] = [
  ['Evidently, 0 2 1 to 1 1 1', [0, 2, 1], [1, 1, 1], 1e-4, 2.9341472484810085],
  [
    'feature_engine and Probatus, all in the last',
    ten(50),
    [...ten(0).slice(1), 500],
    1e-4,
    8.283089355027482,
  ],
  ['feature_engine, A only to B only', [500, 0], [0, 500], 1e-4, 18.41883867587797],
  ['feature_engine, identical', [250, 250], [250, 250], 1e-4, 0],
  ['strappy, 6 5 to 5 4', [6, 5], [5, 4], 1e-4, 0.0004123433789924786],
  ['strappy, floor 1e-6', [3, 2, 1, 1, 1, 1, 1, 1, 0], [3, 2, 1, 0, 1, 1, 0, 0, 1], 1e-6, 4.43720149870435],
  ['counts of Evidently', [16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8], 1e-4, 0.037218381577290835],
  ['50/50 to 25/75', [50, 50], [25, 75], 1e-4, 0.2746530721670274],
  ['60/40 to 50/50', [60, 40], [50, 50], 1e-4, 0.04054651081081643],
];

/** Bounds that feature_engine publishes: rows, live rows, bins, tail. */
export const noises: [rows: number, live: number, bins: number, tail: number, bound: number][] = [
  [500, 500, 10, 0.001, 0.11150865948502628],
  [1000, 1500, 32, 0.05, 0.07497557213394188],
  [777, 666, 42, 0.01, 0.18111345503169146],
];

/** Jensen-Shannon distances in base 2; that of halves is NannyML's. */
export const distances: [name: string, expected: number[], actual: number[], js: number][] = [
  ['counts of Evidently', [16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8], 0.08173421330573756],
  ['disjoint', [1, 0], [0, 1], 1],
  ['a b c d to a b c e', [25, 25, 25, 25, 0], [25, 25, 25, 0, 25], 0.5],
];
