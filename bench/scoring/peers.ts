import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { command, type Got, kept, peersFolder, peerText } from './cache.ts';

/** XGBoost is trained with by an older version that its exporter knows, and timed as the newest. */
export const xgboostTimed = '3.4.1';
export const onnxruntimeTimed = '1.30.0';

const python = 'python3';
const inside = (folder: string) => join(folder, 'venv/bin/python');

/** Training writes its lines to stdout; they are nobody's concern unless it fails. */
const train = (script: string, interpreter: string, folder: string) =>
  command(interpreter, ['-B', join(peersFolder, script), folder]);

/** A Python with the libraries in it. */
function environment(name: string, requirements: readonly string[]): Got {
  return kept(name, requirements.map(peerText), (folder) => {
    command(python, ['-m', 'venv', join(folder, 'venv')]);
    for (const file of requirements)
      command(inside(folder), ['-m', 'pip', 'install', '--quiet', '-r', join(peersFolder, file)]);
  });
}

const libraries = (): Got => environment('python', ['requirements.txt']);

/** Models of XGBoost, LightGBM and scikit-learn, their ONNX, and the rows that all engines are asked. */
export function trained(): Got {
  const got = libraries();
  if ('missing' in got) return got;
  const from = ['requirements.txt', 'recipe.py', 'train.py'].map(peerText);
  return kept('models', from, (folder) => train('train.py', inside(got.path), folder));
}

/** MOJOs and the jar that scores them. */
export function trainedByH2o(): Got {
  const got = environment('python-h2o', ['requirements-h2o.txt']);
  if ('missing' in got) return got;
  const from = ['requirements-h2o.txt', 'recipe.py', 'train_h2o.py'].map(peerText);
  return kept('models-h2o', from, (folder) => train('train_h2o.py', inside(got.path), folder));
}

export const sklearn = (): Got => {
  const got = libraries();
  return 'missing' in got ? got : { path: inside(got.path) };
};

/** The small C program that calls the C interfaces of both libraries. */
export function native(): Got {
  const got = kept('native', [peerText('native.c')], (folder) => {
    command('cc', ['-O2', '-o', join(folder, 'native'), join(peersFolder, 'native.c'), '-ldl', '-lm']);
  });
  return 'missing' in got ? got : { path: join(got.path, 'native') };
}

/** The shared library out of XGBoost's newest wheel, whatever Python that asks for: no Python runs it here. */
export function xgboostLibrary(): Got {
  const got = kept('xgboost', [xgboostTimed], (folder) => {
    const wheel = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--python-version', '3.13'];
    command(python, ['-m', 'pip', ...wheel, '-d', folder, `xgboost-cpu==${xgboostTimed}`]);
    const [file = ''] = globSync(join(folder, '*.whl'));
    command(python, ['-m', 'zipfile', '-e', file, folder]);
  });
  return 'missing' in got ? got : fileIn(got.path, 'xgboost/lib/libxgboost.so');
}

export function lightgbmLibrary(): Got {
  const got = libraries();
  return 'missing' in got
    ? got
    : fileIn(got.path, 'venv/lib/python*/site-packages/lightgbm/lib/lib_lightgbm.so');
}

/** Without its install script, which would fetch what only a graphics card needs. */
export function onnxruntime(): Got {
  return kept('onnxruntime', [onnxruntimeTimed], (folder) => {
    command('npm', ['init', '-y'], { cwd: folder });
    command('npm', ['install', '--ignore-scripts', `onnxruntime-node@${onnxruntimeTimed}`], { cwd: folder });
  });
}

export function java(): Got {
  try {
    command('java', ['-version']);
    return { path: 'java' };
  } catch {
    return { missing: 'there is no java on this machine' };
  }
}

/** Compiled beforehand: the compiler would stay in the memory that is measured. */
export function genmodelProgram(jar: string): Got {
  const program = java();
  if ('missing' in program) return program;
  return kept('genmodel', [peerText('Genmodel.java')], (folder) => {
    command('javac', ['-cp', jar, '-d', folder, join(peersFolder, 'Genmodel.java')]);
  });
}

function fileIn(folder: string, pattern: string): Got {
  const [path] = globSync(join(folder, pattern));
  return path && existsSync(path) ? { path } : { missing: `${pattern} is not in ${folder}` };
}
