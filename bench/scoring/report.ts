import { cpus } from 'node:os';
import { type Aim, apart, partsApart } from './aims.ts';
import type { Missing, Result } from './engines.ts';
import type { Calls, Passes } from './measure.ts';

const table = (head: string[], rows: (string | number)[][]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const whole = (nanoseconds: number) => Math.round(nanoseconds).toLocaleString('en');
const pair = (one: Passes | undefined) => (one ? `${whole(one.best)} / ${whole(one.median)}` : '');
const tails = (one: Calls | undefined) => (one ? `${whole(one.p50)} / ${whole(one.p99)}` : '');
const micro = (one: Passes | undefined) =>
  one ? `${(one.best / 1000).toFixed(1)} / ${(one.median / 1000).toFixed(1)}` : '';

const shortly = (distance: number) => (distance === 0 ? '0' : distance.toExponential(0));

export function report(
  results: readonly Result[],
  missing: readonly Missing[],
  aims: readonly Aim[],
  versions: string,
): string {
  const own = (model: string) => results.find((one) => one.model === model && one.engine === 'Slipway');
  const rows = results.map((one) => {
    const { measured, first } = one;
    const beside = own(one.model);
    const far =
      beside && beside !== one ? [apart, partsApart].map((by) => by(beside.measured, measured)) : [];
    return [
      ...[one.model, one.engine, pair(measured.single), tails(measured.calls)],
      ...[pair(measured.batch1000), pair(measured.batch10000), micro(measured.contributions)],
      ...[`${first.best.toFixed(2)} / ${first.median.toFixed(2)}`, (one.size / 1000).toFixed(0)],
      ...[
        first.megabytes.toFixed(0),
        far
          .filter((by) => !Number.isNaN(by))
          .map(shortly)
          .join('; '),
      ],
    ];
  });
  const records = results.flatMap(({ model, measured }) =>
    measured.record ? [[model, pair(measured.single), pair(measured.record)]] : [],
  );
  return `
Written by \`npm run bench:scoring\` on ${new Date().toISOString().slice(0, 10)}: ${versions}; ${process.arch}, ${cpus().length} shared cores (${cpus()[0]?.model ?? 'unknown'}).
Models as \`bench/peers/train.py\` and \`train_h2o.py\` train them; the same models, rows (28 columns, single precision, 5 % missing or none) and one thread for all.
Every engine has a process of its own, and the engines take turns over several rounds. A figure is the least of all passes over the same rows and the middle of the rounds' medians: 1,000 single calls, one call with 1,000 or 10,000 rows, 100 rows of contributions.
Single rows and onnxruntime-node, scikit-learn and h2o-genmodel in batches end in probabilities; our batches and those of XGBoost and LightGBM end in margins.
XGBoost: \`XGBoosterPredictFromDense\` in place; contributions by \`XGBoosterPredictFromDMatrix\` on a matrix made before. LightGBM: \`LGBM_BoosterPredictForMatSingleRowFast\`, \`LGBM_BoosterPredictForMat\`; both from C.
h2o-genmodel: \`score0\` and \`calculateContributions\` on arrays, after four times as long to warm up as is measured. onnxruntime-node: \`session.run\` with a tensor made before.
First prediction: a fresh process, its code loaded (ours after the warm-up that the function that predicts runs while it starts), from the bytes of the image (ours) or of the model file (the others), least and median of nine; MB: resident memory of that process afterwards, runtime included.
Apart: the largest distance of the engine's first 200 answers from ours, relative to max(1, |value|); after it that of its contributions of five rows.

${table(
  [
    ...['model', 'engine', 'one row ns, least / median', 'p50 / p99 of single calls', '1,000 rows, ns a row'],
    ...['10,000 rows, ns a row', 'contributions, µs a row', 'first prediction ms', 'file KB', 'MB', 'apart'],
  ],
  rows,
)}

${missing.map(({ model, engine, missing: why }) => `- Not measured: ${engine}, ${model}: ${why}\n`).join('')}
From a record as it comes out of JSON, nanoseconds a row, least / median:

${table(['model', 'a row of numbers', 'read and predict'], records)}

Aims; of two ratios the smaller one counts:

${table(
  ['what', 'figure', 'aim', 'met'],
  aims.map(({ what, figure, aim, met }) => [what, figure, aim, met === null ? '–' : met ? 'yes' : '**no**']),
)}
`;
}
