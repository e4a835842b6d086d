import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../scoring/compile.ts';
import { importModel } from '../../scoring/import.ts';
import type { Ir } from '../../scoring/ir.ts';
import { load } from '../../scoring/load.ts';
import type { Model } from '../../scoring/model.ts';
import { irOf, linearOf, outputOf } from '../../test/scoring/irs.ts';
import { names, type Timed } from './tables.ts';

const python = process.env.BENCH_PYTHON ?? 'python3';
const script = join(import.meta.dirname, '../peers/batch.py');

function modelOf(ir: Ir): Model {
  const loaded = load(compile(ir).predict);
  if ('recompile' in loaded) throw new Error('an image of this version asks to be compiled again');
  return loaded;
}

export const linear = (): Model =>
  modelOf(
    irOf({
      features: names.map((column) => ({ name: column, kind: 'number' })),
      core: linearOf(
        names.map((_, i) => -1 + (2 * i) / 7),
        [0],
      ),
      output: outputOf({ kind: 'binomial', classes: ['no', 'yes'], link: 'logistic' }),
    }),
  );

export function trees(path: string): Model {
  const imported = importModel(readFileSync(path));
  if ('refusal' in imported) throw new Error('the trained model is refused');
  return modelOf(imported.model);
}

/** One thread for every library of Python: ours has one too. */
const alone = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** What Python takes: from files to files, and where it has PyIceberg from table to table with one commit. */
export interface Peer {
  plain: Timed;
  iceberg: Timed | null;
}

export const peer = (task: 'linear' | 'trees', folder: string, model: string): Peer =>
  JSON.parse(
    execFileSync(python, [script, task, folder, model], {
      encoding: 'utf8',
      env: { ...process.env, ...alone },
    }),
  );

/** Train the trees with Python; false where it lacks the libraries. */
export function trained(folder: string, model: string): boolean {
  try {
    execFileSync(python, [script, 'train', folder, model], { stdio: 'ignore' });
    return existsSync(model);
  } catch {
    console.error(
      `skipped: ${python} has no lightgbm, pyarrow and numpy, so there are no trees and no Python`,
    );
    return false;
  }
}
