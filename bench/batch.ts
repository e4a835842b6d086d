import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Model } from '../scoring/model.ts';
import { commits } from './batch/commit.ts';
import { linear, type Peer, peer, trained, trees } from './batch/models.ts';
import {
  type Asked,
  fileCount,
  makeSource,
  type Tables,
  type Timed,
  tablesIn,
  timed,
} from './batch/tables.ts';
import { type BatchUsage, perBillionRows } from './cost.ts';
import { withSection } from './scoring/section.ts';

const usage =
  'usage: node bench/batch.ts [--rows 2000000] [--rounds 3] [--write]; whole runs on one core, beside Python where BENCH_PYTHON has its libraries';
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const rows = Number(values.rows);
const heading = 'Batch scoring';
/** What is held: resident megabytes of the whole process, and seconds of a commit of so many files. */
const most = { megabytes: 1024, commitSeconds: 2, files: 10_000 };
/** Of a function that reads from S3, in bytes a second: assumed, the lower half of what is reported. */
const network = 60e6;

async function best(tables: Tables, model: Model, table: string): Promise<Timed & Asked> {
  const all: (Timed & Asked)[] = [];
  for (let i = 0; i < Number(values.rounds); i++) all.push(await timed(tables, model, { table, rows }));
  return all.reduce((a, b) => (a.cpu < b.cpu ? a : b));
}

const usageOf = ({ cpu, bytes, gets, puts }: Timed & Asked): BatchUsage => ({
  secondsPerMillion: cpu / (rows / 1e6),
  bytesPerRow: bytes / rows,
  getsPerMillion: gets / (rows / 1e6),
  putsPerMillion: puts / (rows / 1e6),
  bytesPerSecond: network,
});

const rate = (seconds: number) => (rows / seconds / 1e6).toFixed(2);
const both = (timed: Timed | null | undefined) => (timed ? [rate(timed.seconds), rate(timed.cpu)] : ['', '']);
function line(what: string, ours: Timed & Asked, theirs?: Peer): string {
  const peers = [...both(theirs?.iceberg), ...both(theirs?.plain)];
  const { total } = perBillionRows(usageOf(ours));
  return `| ${[what, ...both(ours), ...peers, total.toFixed(2)].join(' | ')} |`;
}

const root = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
try {
  const tables = tablesIn(root);
  const folder = await makeSource(tables, rows);
  const path = join(root, 'model.txt');
  const hasPeer = trained(folder, path);
  const ours = await best(tables, linear(), 'linear');
  const lines = [line('logistic regression', ours, hasPeer ? peer('linear', folder, path) : undefined)];
  if (hasPeer)
    lines.push(
      line(
        '100 LightGBM trees, depth 6',
        await best(tables, trees(path), 'trees'),
        peer('trees', folder, path),
      ),
    );
  const resident = Math.round(process.resourceUsage().maxRSS / 1024);
  const { append, replace } = await commits(root, most.files);
  const parts = Object.entries(perBillionRows(usageOf(ours)).parts);
  const held = resident <= most.megabytes && Math.max(append.cpu, replace.cpu) < most.commitSeconds;
  const report = `
Written by \`npm run bench:batch -- --write\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${process.arch}, ${cpus().length} shared cores. The parts of a run one after the other in one process, tables on a local disk, one engine thread: ${rows.toLocaleString('en')} rows in ${fileCount} files, 8 columns of doubles, best of ${values.rounds} by CPU.
Python scores the same files and writes the same columns, on one thread, in the same minutes: with PyIceberg from table to table with one commit, and with pyarrow alone from files to files, which plans and commits nothing; the model is numpy or LightGBM. Millions of rows a second.

| model | plan to commit | per CPU-second | PyIceberg | per CPU-second | pyarrow | per CPU-second | US$ per 10⁹ rows |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}

The cost is by the formula in \`bench/cost.ts\`: arm64 functions of 1,769 MB that take the CPU measured here and then the time to read at ${network / 1e6} MB/s (assumed), the requests to S3 as counted here, and the states of the machine. Of the logistic regression: ${parts.map(([part, dollars]) => `${part} ${dollars.toFixed(3)}`).join(', ')}.

Resident memory at its peak ${resident} MB (at most ${most.megabytes}). One commit of ${most.files.toLocaleString('en')} files: appended in ${append.seconds.toFixed(2)} s (${append.cpu.toFixed(2)} s of CPU), replaced by as many others in ${replace.seconds.toFixed(2)} s (${replace.cpu.toFixed(2)} s of CPU; less than ${most.commitSeconds} s).
${held ? 'Within its limits.' : 'Beyond its limits.'}
`;
  console.log(report);
  if (values.write) {
    const page = join(import.meta.dirname, 'results.md');
    writeFileSync(page, withSection(readFileSync(page, 'utf8'), heading, report));
  }
  process.exitCode = held ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
