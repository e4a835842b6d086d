import { spawnSync } from 'node:child_process';
import { distance } from '../goldens.ts';
import type { Case } from './cases.ts';

const python = process.env.SPARK_PYTHON ?? 'python3';
const probed = spawnSync(python, ['-c', 'import numpy'], { encoding: 'utf8' });

/** Whether there is a Python with numpy, which the job of Spark scores with. */
export const havePython = probed.status === 0;
if (!havePython)
  console.error(
    'skipped: no python3 with numpy (SPARK_PYTHON names another), so nothing scores as Spark does',
  );

export interface Asked {
  image: string;
  /** By feature, in the model's order. */
  columns: (number | string | null)[][];
}
export type Answered = { answers: number[][] } | { refused: string };

/** What the scorer of the Spark job says about columns of models, all in one process. */
export function scoredByPython(asked: readonly Asked[]): Answered[] {
  const run = spawnSync(python, ['test/scoring/spark/score.py', 'spark/modules'], {
    input: asked.map((one) => JSON.stringify(one)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The cases whose answers are further from ours than that, with how far. */
export function unlike(cases: readonly Case[], tolerance: number): string[] {
  const told = scoredByPython(cases.map(({ asked }) => asked));
  return cases.flatMap(({ name, ours }, i) => {
    const theirs = told[i];
    if (!theirs || 'refused' in theirs) return [`${name}: ${theirs?.refused}`];
    const far = distance(theirs.answers.flat(), ours.flat());
    return theirs.answers.length === ours.length && far <= tolerance ? [] : [`${name}: ${far}`];
  });
}
