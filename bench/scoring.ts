import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aims } from './scoring/aims.ts';
import { cache, command, type Got } from './scoring/cache.ts';
import * as engines from './scoring/engines.ts';
import { benched } from './scoring/models.ts';
import * as peers from './scoring/peers.ts';
import { report } from './scoring/report.ts';
import { withSection } from './scoring/section.ts';

const usage =
  'usage: node bench/scoring.ts [--only WORD] [--rounds 3] [--no-write]; BENCH_MILLISECONDS=500 per figure and round';
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: true },
    help: { type: 'boolean' },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

mkdirSync(cache, { recursive: true });
const here = (name: string) => join(import.meta.dirname, 'scoring', name);
const folders: Record<string, Got> = { h2o: peers.trainedByH2o(), others: peers.trained() };
const chosen = benched.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
const ours = engines.ours(await engines.bundled(here('ours.ts'), 'ours'));
const onnx = engines.onnx(await engines.bundled(here('onnx.ts'), 'onnx'));
const all = [ours, engines.native(), onnx, engines.sklearn(), engines.genmodel()];

const results: engines.Result[] = [];
const missing: engines.Missing[] = [];
for (const model of chosen) {
  const folder = (model.library === 'h2o' ? folders.h2o : folders.others) as Got;
  if ('missing' in folder) {
    missing.push({ model: model.name, engine: 'every engine', missing: folder.missing });
    continue;
  }
  for (const result of engines.run(all, model, folder.path, Number(values.rounds))) {
    if ('missing' in result) missing.push(result);
    else results.push(result);
  }
}

const bundle = statSync(await engines.bundled(here('deployed.ts'), 'deployed')).size;
const told = report(results, missing, aims(results, missing, bundle), versions());
console.log(told);
if (values.write) {
  const path = join(import.meta.dirname, 'results.md');
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), 'Scoring engine', told));
}

function versions(): string {
  const java = 'path' in peers.java() ? `, Java ${command('java', ['--version']).split(' ')[1]}` : '';
  const pinned = ['requirements.txt', 'requirements-h2o.txt'].map((file) =>
    readFileSync(join(import.meta.dirname, 'peers', file), 'utf8'),
  );
  const of = (name: string) => new RegExp(`^${name}==(.*)$`, 'm').exec(pinned.join('\n'))?.[1] ?? '?';
  const names = ['lightgbm', 'scikit-learn', 'h2o'].map((name) => `${name} ${of(name)}`).join(', ');
  return `Node ${process.version}, xgboost ${peers.xgboostTimed} (models by ${of('xgboost-cpu')}), ${names}, onnxruntime-node ${peers.onnxruntimeTimed}${java}; an empty Node process holds ${emptyNode()} MB; ${load()}`;
}

function emptyNode(): string {
  const rss = command(process.execPath, ['-e', 'console.log(process.memoryUsage.rss())']);
  return (Number(rss) / 1024 / 1024).toFixed(0);
}

/** What ran beside the bench makes its figures worse, and not all of them alike. */
function load(): string {
  const [, , average = 0] = loadavg();
  const busy = average > 1.5 ? ' (more than this bench: run it again on an idle machine)' : '';
  return `load average ${average.toFixed(1)}${busy}`;
}
