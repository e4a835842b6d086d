/** Times onnxruntime-node, one thread, tensors reused: `onnx FOLDER_OF_ITS_PACKAGE MODEL ROWS COLUMNS measure|first`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { calls, counts, passes, resident, rowsAt, tell } from './measure.ts';

/** The little that is used of the package, which is no dependency of ours. */
type Tensor = { data: Float32Array };
type Session = {
  inputNames: string[];
  outputNames: string[];
  run(feeds: Record<string, Tensor>, fetches: string[]): Promise<Record<string, Tensor>>;
};
type Runtime = {
  Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => Tensor;
  InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
};

const [folder = '', modelPath = '', rowsPath = '', width = '', what] = process.argv.slice(2);
const { Tensor, InferenceSession }: Runtime = createRequire(join(folder, 'package.json'))('onnxruntime-node');
const bytes = readFileSync(modelPath);
const columns = Number(width);
const rows = rowsAt(rowsPath);

const start = performance.now();
const session = await InferenceSession.create(bytes, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
// The label is left out: only probabilities are fetched.
const output = session.outputNames[1] ?? session.outputNames[0] ?? '';
const input = session.inputNames[0] ?? '';

const tensorOf = (count: number) => new Tensor('float32', rows.slice(0, count * columns), [count, columns]);
const one = tensorOf(1);
const feeds = { [input]: one };

const single = (i: number) => {
  one.data.set(rows.subarray(i * columns, (i + 1) * columns));
  return session.run(feeds, [output]);
};
const batch = (count: number) => {
  const many = { [input]: tensorOf(count) };
  return () => session.run(many, [output]);
};

if (what === 'first') {
  await single(0);
  tell({ milliseconds: performance.now() - start, kilobytes: resident() });
} else {
  const oneByOne = async () => {
    for (let i = 0; i < counts.single; i++) await single(i);
  };
  const answers = await batch(counts.told)();
  const data = answers[output]?.data ?? new Float32Array();
  tell({
    single: await passes(counts.single, oneByOne),
    calls: await calls(50_000, single),
    batch1000: await passes(1_000, batch(1_000)),
    batch10000: await passes(rows.length / columns, batch(rows.length / columns)),
    probabilities: Array.from({ length: counts.told }, (_, i) => data[2 * i + 1] ?? Number.NaN),
  });
}
