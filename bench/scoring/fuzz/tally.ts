import type { Line } from './child.ts';

export const limits = { milliseconds: 2_000, megabytes: 512 } as const;

type Violation = { format: string; case: number; why: string };
export type Tally = {
  format: string;
  fixtures: number;
  cases: number;
  models: number;
  refusals: Map<string, number>;
  slowest: number;
  peak: number;
  violations: Violation[];
};

export const tallyOf = (format: string, fixtures: number): Tally => ({
  ...{ format, fixtures, cases: 0, models: 0, refusals: new Map(), slowest: 0, peak: 0, violations: [] },
});

export function count(tally: Tally, line: Line): void {
  if ('peak' in line) {
    tally.peak = Math.max(tally.peak, line.peak);
    if (line.peak > limits.megabytes) violate(tally, -1, `the process grew to ${line.peak.toFixed(0)} MiB`);
  }
  if (!('outcome' in line)) return;
  const { outcome, milliseconds } = line;
  tally.cases++;
  tally.slowest = Math.max(tally.slowest, milliseconds);
  if (milliseconds > limits.milliseconds) violate(tally, line.case, `took ${milliseconds.toFixed(0)} ms`);
  if (outcome.kind === 'model') tally.models++;
  else if (outcome.kind === 'violation') violate(tally, line.case, `${line.fixture}: ${outcome.why}`);
  else tally.refusals.set(outcome.code, (tally.refusals.get(outcome.code) ?? 0) + 1);
}

export function violate(tally: Tally, number: number, why: string): void {
  tally.violations.push({ format: tally.format, case: number, why });
}

export function tableOf(tallies: readonly Tally[]): string {
  const codes = [...new Set(tallies.flatMap(({ refusals }) => [...refusals.keys()]))].sort();
  const head = ['format', 'fixtures', 'cases', 'models', ...codes, 'slowest ms', 'peak MiB', 'violations'];
  const rows = tallies.map((tally) => [
    ...[tally.format, tally.fixtures, tally.cases, tally.models],
    ...codes.map((code) => tally.refusals.get(code) ?? 0),
    ...[tally.slowest.toFixed(0), tally.peak.toFixed(0), tally.violations.length],
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
