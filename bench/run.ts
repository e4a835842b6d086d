import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { breakEven, perMillion } from './cost.ts';
import './environment.ts';
import { section as privacySection } from './privacy.ts';
import { sectionOf, withSection } from './scoring/section.ts';

const { access } = await import('./access.ts');
const { budgets, bundles } = await import('./bundles.ts');
const { inProcess } = await import('./inProcess.ts');
const { overHttp } = await import('./overHttp.ts');

const say = (what: string) => console.error(`${new Date().toISOString().slice(11, 19)}  ${what}`);
const us = (milliseconds: number) => (milliseconds * 1000).toFixed(1);
const table = (head: string[], rows: (string | number)[][]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

say('bundles and imports');
const functions = await bundles();
say('predict in this process');
const process_ = await inProcess();
say('who calls');
const callers = await access();
say('predict over HTTP on the local stack');
const http = await overHttp();

say('anonymising');
const privacy = privacySection();

const usage = {
  ...{ milliseconds: 15, megabytes: 512, coldShare: 0.005, coldMilliseconds: 220, cloudwatchKilobytes: 0.3 },
  ...{ readUnits: process_.each.read, writeUnits: process_.each.write },
};
const cost = perMillion(usage);
const over = functions.flatMap(({ name, kilobytes, milliseconds }) => {
  const budget = name === 'predict' ? budgets.predict : budgets.others;
  const late = milliseconds > budget.milliseconds * 1.25;
  return kilobytes > budget.kilobytes || late ? [`${name}: ${kilobytes} KB, ${milliseconds} ms`] : [];
});

const report = `# Results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${process.arch}, ${cpus().length} shared cores (${cpus()[0]?.model ?? 'unknown'}).
Figures of a shared machine are noisy: compare them within one run. All of them are **local**; nothing here was measured in an AWS account.

## Predict in one process
The real function: authentication from its cache, reading, scoring, a signed log write that a stand-in answers at once. Sample model (40 trees), ${process_.rows[0]?.runs} runs one after the other after 2,000 to warm up.
Microseconds a request.

${table(
  ['request', 'least', 'p50', 'p99'],
  process_.rows.map((r) => [r.what, us(r.least), us(r.p50), us(r.p99)]),
)}

Warm, a prediction makes ${process_.each.calls.toFixed(2)} DynamoDB calls: ${process_.each.read.toFixed(2)} read units, ${process_.each.write.toFixed(2)} write units (budget: at most 1 read and 1 write).

## Who calls
Authentication alone, in one process, where AWS and an issuer of tokens are stand-ins that answer at once. Microseconds; a token that is verified comes for the first time, its issuer's keys are in memory.

${table(
  ['credential', 'least', 'p50', 'p99', 'aim'],
  callers.rows.map((r) => [r.what, us(r.least), us(r.p50), us(r.p99), `≤ ${r.aim * 1000}`]),
)}

The first token of a process loads the verifier and the keys: ${callers.first.toFixed(1)} ms.

## Predict over HTTP
The local stack: gateway, worker threads, every prediction logged in the local database; \`healthz\` is the same way without any I/O behind it. Load from a thread of the same process, 5 s each. Milliseconds a request.

${table(
  ['request', 'connections', 'requests/s', 'least', 'p50', 'p99'],
  http.rows.map((r) => [
    r.what,
    r.connections,
    r.perSecond.toFixed(0),
    r.least.toFixed(2),
    r.p50.toFixed(2),
    r.p99.toFixed(2),
  ]),
)}

From an empty folder the stack was ready after ${(http.ready / 1000).toFixed(1)} s, its sample included.

${privacy}
## Bundles
Minified as deployed; CPU of the import in a fresh process, least and median of seven. Budgets: predict ${budgets.predict.kilobytes} KB and ${budgets.predict.milliseconds} ms, every other ${budgets.others.kilobytes} KB and ${budgets.others.milliseconds} ms (times ± 25 %).
${over.length === 0 ? 'All within their budgets.' : `Over budget: ${over.join('; ')}`}

${table(
  ['function', 'KB', 'import ms, least', 'median'],
  functions.map((f) => [f.name, f.kilobytes.toFixed(0), f.milliseconds.toFixed(1), f.median.toFixed(1)]),
)}

## Cost
By the formula in \`bench/cost.ts\` from list prices: ${usage.megabytes} MB, ${usage.milliseconds} ms a request (assumed: a table's write decides it), ${usage.coldShare * 100} % cold starts of ${usage.coldMilliseconds} ms (assumed), reads and writes as counted above.

${table(['part', 'US$ a million predictions'], [...Object.entries(cost.parts).map(([part, dollars]) => [part, dollars.toFixed(2)]), ['**total**', `**${cost.total.toFixed(2)}**`]])}

Idle: 0. An always-on endpoint at $0.115 an hour (ml.m5.large) is cheaper above ${breakEven(0.115, cost.total).toFixed(0)} requests a second, sustained.
`;
// Other commands write these sections.
const before = readFileSync('bench/results.md', 'utf8');
const page = ['Drift', 'Scoring engine', 'Batch scoring'].reduce((whole, heading) => {
  const section = sectionOf(before, heading);
  return section ? withSection(whole, heading, section) : whole;
}, report);
writeFileSync('bench/results.md', page);
console.log(report);
process.exit(over.length === 0 ? 0 : 1);
