import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { all, type Resource, synthesized } from './synthesized.ts';

let alarms: Resource['Properties'][];
let headings: string[];
beforeAll(() => {
  alarms = Object.values(all(synthesized(), 'AWS::CloudWatch::Alarm')).map((a) => a.Properties);
  headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (\w+)$/gm)].map(
    ([, heading = '']) => heading,
  );
});

test('every alarm links to its heading in the runbook, and every heading has its alarm', () => {
  expect(headings).not.toEqual([]);
  expect(alarms.map((a) => a.AlarmDescription).toSorted()).toEqual(
    headings.map((h) => `docs/runbook.md#${h.toLowerCase()}`).toSorted(),
  );
});

test('every heading of the runbook says what it means, what to look at and what to do', () => {
  const sections = readFileSync('docs/runbook.md', 'utf8').split(/^## /m).slice(1);
  for (const section of sections)
    for (const part of ['**Means**', '**Look at**', '**Do**']) expect(section).toContain(part);
});

test('there are no more alarms than cost nothing', () => {
  expect(alarms.length).toBeLessThanOrEqual(10);
});

test('silence is no reason for an alarm, but for the sweeper', () => {
  const waking = alarms.filter((a) => a.TreatMissingData === 'breaching').map((a) => a.AlarmDescription);
  expect(waking).toEqual(['docs/runbook.md#sweeperstopped']);
});

test('one broken invariant and one lost log are enough', () => {
  for (const MetricName of ['InvariantBroken', 'LogDropped'])
    expect(alarms.find((a) => a.MetricName === MetricName)).toMatchObject({
      Namespace: 'Slipway',
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
});
