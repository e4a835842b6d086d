/**
 * Times this engine, bundled as it is deployed: `ours PREDICT_IMAGE EXPLAIN_IMAGE|- ROWS COLUMNS measure|first`.
 */
import { readFileSync } from 'node:fs';
import { loadExplainer } from '../../scoring/explain.ts';
import { load } from '../../scoring/load.ts';
import type { Model } from '../../scoring/model.ts';
import { warmUp } from '../../scoring/warm.ts';
import { calls, counts, type Measured, passes, resident, rowsAt, tell } from './measure.ts';

const [predictPath = '', explainPath = '-', rowsPath = '', width = '', what] = process.argv.slice(2);
const columns = Number(width);
const image = bytesAt(predictPath);
const flat = rowsAt(rowsPath);
const count = flat.length / columns;
const rows = Array.from({ length: count }, (_, i) =>
  Float64Array.from(flat.subarray(i * columns, (i + 1) * columns)),
);
let sink: unknown;

if (what === 'first') first();
else await measure();

function bytesAt(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function opened(): Model {
  const model = load(image);
  if ('recompile' in model) throw new Error(`${predictPath} is of another version`);
  return model;
}

function first(): void {
  // As the function that predicts does while it starts.
  warmUp();
  const start = performance.now();
  sink = opened().predict(rows[0] as Float64Array);
  tell({ milliseconds: performance.now() - start, kilobytes: resident() });
}

async function measure(): Promise<void> {
  const model = opened();
  const told: Measured = {
    single: await passes(counts.single, () => {
      for (let i = 0; i < counts.single; i++) sink = model.predict(rows[i] as Float64Array);
    }),
    calls: await calls(200_000, (i) => {
      sink = model.predict(rows[i] as Float64Array);
    }),
    record: await passes(counts.single, readAndPredict(model)),
    batch1000: await passes(1_000, scorer(model, 1_000)),
    batch10000: await passes(count, scorer(model, count)),
    margins: rows.slice(0, counts.told).map((row) => model.margin(row)[0] ?? Number.NaN),
    probabilities: rows.slice(0, counts.told).map((row) => probability(model, row)),
  };
  tell(explainPath === '-' ? told : { ...told, ...(await explained(bytesAt(explainPath))) });
}

function probability(model: Model, row: Float64Array): number {
  const { prediction, probabilities } = model.predict(row);
  return probabilities ? (Object.values(probabilities)[1] ?? Number.NaN) : Number(prediction);
}

function readAndPredict(model: Model): () => void {
  const names = model.features.map(({ name }) => name);
  const records = rows.slice(0, counts.single).map((row) => {
    const values = names.map((name, i) => [name, Number.isNaN(row[i]) ? null : row[i]]);
    return Object.fromEntries(values);
  });
  return () => {
    for (const record of records) {
      const row = model.read(record);
      if (row instanceof Float64Array) sink = model.predict(row);
      else throw new Error(`a record is not read: ${JSON.stringify(row)}`);
    }
  };
}

function scorer(model: Model, many: number): () => void {
  const table = new Map(
    model.features.map(({ name }, column) => [
      name,
      Float64Array.from({ length: many }, (_, i) => flat[i * columns + column] ?? Number.NaN),
    ]),
  );
  const out = new Float64Array(many);
  return () => {
    const scored = model.score(table, many, out);
    if (Array.isArray(scored)) throw new Error(`columns are not read: ${JSON.stringify(scored)}`);
    sink = scored;
  };
}

async function explained(more: Uint8Array): Promise<Measured> {
  const explain = loadExplainer(image, more);
  const contributions = await passes(counts.explained, () => {
    for (let i = 0; i < counts.explained; i++) sink = explain(rows[i] as Float64Array);
  });
  return { contributions, parts: rows.slice(0, counts.toldParts).flatMap((row) => [...explain(row)]) };
}

process.on('exit', () => {
  if (sink === undefined) process.exitCode = 1;
});
