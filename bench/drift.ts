import { parseArgs } from 'node:util';
import { bounds } from '../domain/drift/bands.ts';
import { binner } from '../domain/drift/bin.ts';
import { featureDrift } from '../domain/drift/feature.ts';
import { type Profile, partsOf } from '../domain/drift/profile.ts';
import { profiler } from '../domain/drift/profiler.ts';
import { countRow, emptyWindow } from '../domain/drift/window.ts';
import { normals } from './drift/normals.ts';

const usage =
  'usage: node bench/drift.ts [--windows 10000] [--shifted 1000] [--seed 1]; rows of a normal feature, each window against a baseline of its own';
const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '10000' },
    shifted: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

/** Without drift what is counted is rare: that takes more windows. */
const windows = Number(values.windows);
const shifted = Math.min(windows, Number(values.shifted));
const baseline = 10_000;
const sizes = [200, 500, 5000];
const shifts = [0, 0.1, 0.2, 0.5];
/** What the rates are held to: of windows without drift, and of half a standard deviation. */
const aims = { falseAlarms: 0.001, noise: 0.003, found: 0.99 };

type Tally = { noise: number; material: number; both: number; sum: number };

const normal = normals(Number(values.seed));
const started = performance.now();
const tallies = new Map<string, Tally>();
for (let i = 0; i < windows; i++) {
  const profile = fresh();
  for (const rows of sizes) for (const shift of i < shifted ? shifts : [0]) judge(profile, rows, shift);
}
report();

function fresh(): Profile {
  const { add, profile } = profiler([{ name: 'x', type: 'number' }], {
    source: 'sample',
    problem: 'regression',
  });
  const row = { record: { x: 0 } };
  for (let i = 0; i < baseline; i++) {
    row.record.x = normal();
    add(row);
  }
  return profile();
}

function judge(profile: Profile, rows: number, shift: number): void {
  const bin = binner(profile);
  const window = emptyWindow(profile);
  const record = { x: 0 };
  for (let i = 0; i < rows; i++) {
    record.x = normal() + shift;
    countRow(window, bin(record, { prediction: 0 }));
  }
  const [feature] = partsOf(profile);
  const [counts] = window.counts;
  if (!feature || !counts) throw new Error('a profile without its feature');
  const { psi, above_noise } = featureDrift(feature, counts);
  const tally = tallies.get(`${rows} ${shift}`) ?? { noise: 0, material: 0, both: 0, sum: 0 };
  const material = psi >= bounds.moderate;
  tallies.set(`${rows} ${shift}`, {
    noise: tally.noise + Number(above_noise),
    material: tally.material + Number(material),
    both: tally.both + Number(above_noise && material),
    sum: tally.sum + psi,
  });
}

function report(): void {
  const lines = [...tallies].map(([key, { noise, material, both, sum }]) => {
    const [rows = '', shift = ''] = key.split(' ');
    const of = shift === '0' ? windows : shifted;
    const rate = (count: number) => `${((100 * count) / of).toFixed(2)} %`;
    return [rows, `${shift}σ`, (sum / of).toFixed(4), rate(noise), rate(material), rate(both)];
  });
  const head = ['rows', 'shift', 'mean PSI', 'above noise', 'PSI ≥ 0.1', 'both'];
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of [head, ...lines])
    console.log(line.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
  console.log(
    `\n${windows} windows each without drift, ${shifted} with, baselines of ${baseline} rows, ten bins, seed ${values.seed}`,
  );
  for (const [what, kept] of verdicts()) console.log(`${kept ? 'kept' : 'MISSED'}: ${what}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s, Node ${process.version}`);
}

function verdicts(): [what: string, kept: boolean][] {
  const of = (rows: number, shift: number) => tallies.get(`${rows} ${shift}`) as Tally;
  return [
    ...sizes.map((rows): [string, boolean] => [
      `${rows} rows without drift, above noise and PSI ≥ 0.1: at most ${100 * aims.falseAlarms} %`,
      of(rows, 0).both <= aims.falseAlarms * windows,
    ]),
    ...sizes.map((rows): [string, boolean] => [
      `${rows} rows without drift, above noise: at most ${100 * aims.noise} %`,
      of(rows, 0).noise <= aims.noise * windows,
    ]),
    [
      `500 rows shifted by 0.5σ are found: at least ${100 * aims.found} %`,
      of(500, 0.5).both >= aims.found * shifted,
    ],
  ];
}
