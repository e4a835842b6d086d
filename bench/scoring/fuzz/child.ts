/** Judges cases of one format, in a process of its own: `child SEED FORMAT FROM TO`, paths on stdin. */
import { readFileSync, writeSync } from 'node:fs';
import { fixtureAt } from './fixtures.ts';
import { judge, type Outcome } from './judge.ts';
import { caseOf } from './mutate.ts';

/** `start` before a case and `outcome` after it: what never comes out is known by its number. */
export type Line =
  | { start: number }
  | { case: number; fixture: string; milliseconds: number; outcome: Outcome }
  | { peak: number };

const [seed = '', format = '', from = '', to = ''] = process.argv.slice(2);
const fixtures = readFileSync(0, 'utf8').trim().split('\n').map(fixtureAt);

for (let i = Number(from); i < Number(to); i++) {
  const { fixture, bytes, random } = caseOf(fixtures, seed, format, i);
  say({ start: i });
  const began = performance.now();
  const outcome = judge(bytes, random);
  say({ case: i, fixture: fixture.name, milliseconds: performance.now() - began, outcome });
}
say({ peak: process.resourceUsage().maxRSS / 1024 });

/** At once, or a case that ends the process would take its own number with it. */
function say(line: Line): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(1, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
