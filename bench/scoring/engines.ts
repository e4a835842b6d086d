import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compile } from '../../scoring/compile.ts';
import { importModel } from '../../scoring/import.ts';
import { cache, command, type Got, peersFolder, reason, say } from './cache.ts';
import { type First, type Measured, merged, share } from './measure.ts';
import type { Benched } from './models.ts';
import * as peers from './peers.ts';

const columns = '28';
/** In each round. */
const processes = 3;

export type Result = {
  model: string;
  engine: string;
  measured: Measured;
  first: { best: number; median: number; megabytes: number };
  /** Bytes of what is loaded: an image or a model file. */
  size: number;
};
export type Missing = { model: string; engine: string; missing: string };

/** How an engine is started on a file of rows: the words of its command but for the last, `measure` or `first`. */
type Start = { program: string; words(rows: string): string[]; file: string };
export type Engine = {
  name: string;
  start(model: Benched, folder: string): Start | { missing: string } | null;
};

const rowsOf = (model: Benched) => join(cache, 'models', model.rows);

/** The memory of a first prediction is not that of ten thousand rows. */
function oneRow(model: Benched): string {
  const path = `${rowsOf(model)}.first`;
  writeFileSync(path, readFileSync(rowsOf(model)).subarray(0, Number(columns) * 4));
  return path;
}

/** Ours is bundled and minified, as it is deployed. */
export async function bundled(entry: string, name: string): Promise<string> {
  const path = join(cache, `${name}.mjs`);
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, minify: true, write: false, logLevel: 'silent' },
    ...{ format: 'esm', platform: 'node', target: 'node24' },
  });
  writeFileSync(path, outputFiles[0]?.contents ?? '');
  return path;
}

export const ours = (worker: string): Engine => ({
  name: 'Slipway',
  start(model, folder) {
    const bytes = readFileSync(join(folder, model.ours));
    const imported = importModel(new Uint8Array(bytes));
    if ('refusal' in imported) return { missing: imported.refusal.message };
    const { predict, explain } = compile(imported.model);
    const [image, more] = [join(cache, `${model.ours}.predict`), join(cache, `${model.ours}.explain`)];
    writeFileSync(image, predict);
    if (explain) writeFileSync(more, explain);
    const words = (rows: string) => [worker, image, explain ? more : '-', rows, columns];
    return { program: process.execPath, words, file: image };
  },
});

export const native = (): Engine => {
  const got = {
    program: peers.native(),
    xgboost: peers.xgboostLibrary(),
    lightgbm: peers.lightgbmLibrary(),
  };
  return {
    name: 'its library in C',
    start(model, folder) {
      if (model.library !== 'xgboost' && model.library !== 'lightgbm') return null;
      const { program, [model.library]: library } = got;
      const lacking = without(program) ?? without(library);
      if (lacking) return lacking;
      const file = join(folder, model.own);
      const { library: kind } = model;
      const words = (rows: string) => [kind, pathOf(library), file, rows, columns];
      return { program: pathOf(program), words, file };
    },
  };
};

export const onnx = (worker: string): Engine => {
  const runtime = peers.onnxruntime();
  return {
    name: 'onnxruntime-node',
    start(model, folder) {
      if (!model.onnx) return null;
      const file = join(folder, model.onnx);
      const words = (rows: string) => [worker, pathOf(runtime), file, rows, columns];
      return without(runtime) ?? { program: process.execPath, words, file };
    },
  };
};

export const sklearn = (): Engine => {
  const python = peers.sklearn();
  return {
    name: 'scikit-learn',
    start(model, folder) {
      if (model.library !== 'sklearn') return null;
      const file = join(folder, model.own);
      const script = join(peersFolder, 'sklearn_peer.py');
      const words = (rows: string) => ['-B', script, file, rows, columns];
      return without(python) ?? { program: pathOf(python), words, file };
    },
  };
};

export const genmodel = (): Engine => ({
  name: 'h2o-genmodel',
  start(model, folder) {
    if (model.library !== 'h2o') return null;
    const file = join(folder, model.own);
    const jar = join(folder, 'genmodel.jar');
    const program = peers.genmodelProgram(jar);
    // One processor: its collector would run beside the thread that is timed.
    const options = ['-XX:ActiveProcessorCount=1', '-cp', `${jar}:${pathOf(program)}`, 'Genmodel'];
    const words = (rows: string) => [...options, file, rows, columns];
    return without(program) ?? { program: 'java', words, file };
  },
});

/** Engines take turns, so that what else the machine does falls on all of them. */
export function run(
  all: readonly Engine[],
  model: Benched,
  folder: string,
  rounds: number,
): (Result | Missing)[] {
  const told = all.flatMap((engine): (Told | Missing)[] => {
    const start = attempt(() => engine.start(model, folder));
    if (start === null) return [];
    const names = { model: model.name, engine: engine.name };
    return 'missing' in start ? [{ ...names, ...start }] : [{ ...names, start, first: [], measured: [] }];
  });
  for (let round = 0; round < rounds; round++)
    for (const [i, one] of told.entries()) {
      if ('missing' in one) continue;
      say(`${one.model}: ${one.engine}, ${round + 1} of ${rounds}`);
      const failed = attempt(() => ask(one, model));
      if (failed) told[i] = { model: one.model, engine: one.engine, ...failed };
    }
  return told.map((one) => ('missing' in one ? one : resultOf(one)));
}

type Told = { model: string; engine: string; start: Start; first: First[]; measured: Measured[] };

function ask({ start, first, measured }: Told, model: Benched): null {
  for (let i = 0; i < processes; i++) first.push(lineOf<First>(start, oneRow(model), 'first'));
  measured.push(lineOf<Measured>(start, rowsOf(model), 'measure'));
  return null;
}

function attempt<T>(what: () => T): T | { missing: string } {
  try {
    return what();
  } catch (error) {
    return { missing: reason(error) };
  }
}

function resultOf({ model, engine, start, first, measured }: Told): Result {
  const took = first.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const megabytes = first.map(({ kilobytes }) => kilobytes / 1024).sort((a, b) => a - b);
  return {
    ...{ model, engine, measured: merged(measured) },
    first: { best: share(took, 0), median: share(took, 0.5), megabytes: share(megabytes, 0.5) },
    size: readFileSync(start.file).length,
  };
}

/** A process per question, and its answer on the last line that it writes. */
function lineOf<T>({ program, words }: Start, rows: string, what: 'first' | 'measure'): T {
  const lines = command(program, [...words(rows), what])
    .trim()
    .split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}

const without = (got: Got): { missing: string } | null => ('missing' in got ? got : null);
const pathOf = (got: Got): string => ('path' in got ? got.path : '');
