import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { cache } from './cache.ts';
import type { Line } from './fuzz/child.ts';
import { fixtureAt, type Source, sourcesIn } from './fuzz/fixtures.ts';
import { caseOf } from './fuzz/mutate.ts';
import { count, type Tally, tableOf, tallyOf, violate } from './fuzz/tally.ts';

const usage = 'usage: node bench/scoring/fuzz.ts [--cases 20000] [--seed 1] [--format NAME] [--first 0]';
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string' },
    first: { type: 'string', default: '0' },
    help: { type: 'boolean' },
  },
});
/** Without an end a case would hold everything up; past this it is ended and the next one begun. */
const patience = 10_000;
const root = join(import.meta.dirname, '../..');
const own = join(root, 'test/fixtures/models');
const thirdParty = join(root, '../shared/fixtures/models');

if (values.help) console.log(usage);
else await main();

async function main(): Promise<void> {
  if (!existsSync(thirdParty)) console.error(`skipped: models of other projects are not in ${thirdParty}`);
  const sources = [own, thirdParty].filter((folder) => existsSync(folder)).flatMap(sourcesIn);
  const all = Object.entries(Object.groupBy(sources, ({ format }) => format));
  const chosen = all.filter(([format]) => values.format === undefined || format === values.format);
  if (chosen.length === 0) throw new Error('there is nothing to change');
  const each = Math.ceil(Number(values.cases) / chosen.length);
  const tallies = [];
  for (const [format, files = []] of chosen) tallies.push(await campaign(format, files, each));
  console.log(tableOf(tallies));
  const violations = tallies.flatMap((tally) => tally.violations);
  for (const { format, case: number, why } of violations) {
    const files = Object.fromEntries(chosen)[format] ?? [];
    console.log(`${format}, case ${number}: ${why}${number < 0 ? '' : `\n  ${kept(format, files, number)}`}`);
  }
  console.log(
    `${tallies.reduce((sum, tally) => sum + tally.cases, 0)} cases, ${violations.length} violations`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}

/** The bytes of a case in a file, to look at. */
function kept(format: string, files: readonly Source[], number: number): string {
  const { bytes } = caseOf(
    files.map(({ path }) => fixtureAt(path)),
    values.seed,
    format,
    number,
  );
  mkdirSync(join(cache, 'fuzz'), { recursive: true });
  const path = join(cache, 'fuzz', `${format}-${values.seed}-${number}`);
  writeFileSync(path, bytes);
  return path;
}

/** All cases of one format; a process that ends too early is followed by another from the next case on. */
async function campaign(format: string, files: readonly Source[], cases: number): Promise<Tally> {
  const tally = tallyOf(format, files.length);
  const first = Number(values.first);
  let next = first;
  while (next < first + cases) {
    const { begun, ended } = await judged(tally, files, next, first + cases);
    if (ended) break;
    if (begun < next) throw new Error(`the process of ${format} did not begin`);
    tally.cases++;
    violate(tally, begun, `the process did not come through it (memory, or over ${patience / 1000} s)`);
    next = begun + 1;
  }
  return tally;
}

type Through = { begun: number; ended: boolean };

function judged(tally: Tally, files: readonly Source[], from: number, to: number): Promise<Through> {
  const words = [values.seed, tally.format, String(from), String(to)];
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=384', join(import.meta.dirname, 'fuzz/child.ts'), ...words],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(files.map(({ path }) => path).join('\n'));
  const watch = watched(child);
  const through: Through = { begun: from - 1, ended: false };
  const progress = setInterval(() => {
    const { format, models, violations } = tally;
    console.error(`${format}: ${through.begun} of ${to}, ${models} models, ${violations.length} violations`);
  }, 5_000);
  return new Promise((resolve) => {
    createInterface({ input: child.stdout })
      .on('line', (text) => {
        const line: Line = JSON.parse(text);
        count(tally, line);
        if ('start' in line) through.begun = line.start;
        if ('peak' in line) through.ended = true;
        watch.refresh();
      })
      .on('close', () => {
        clearInterval(progress);
        clearTimeout(watch);
        resolve(through);
      });
  });
}

function watched(child: ChildProcess) {
  return setTimeout(() => child.kill('SIGKILL'), patience);
}
