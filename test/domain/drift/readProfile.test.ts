import { expect, test } from 'vitest';
import type { Profile } from '../../../domain/drift/profile.ts';
import { profileOf } from '../../../domain/drift/profiler.ts';
import { readProfile } from '../../../domain/drift/readProfile.ts';
import { number, range, text } from './samples.ts';

const rows = range(3000).map((i) => ({
  record: { n: i, s: `v${i % 70}`, hash: `h${i % 1100}`, id: `i${i}` },
  answer: { prediction: i % 2 ? 'yes' : 'no', probabilities: { yes: i / 3000 } },
}));
const binary = { source: 'sample', problem: 'binary', positive: 'yes' } as const;
const profile = profileOf(rows, [number('n'), text('s'), text('hash'), text('id')], binary);

/** The profile as it is stored, one field put wrong. */
function withField(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(profile)) as Profile;
  const fields = path.split('.');
  const last = fields.pop() as string;
  const owner = fields.reduce((at, field) => at[field] as never, copy as never as Record<string, unknown>);
  expect(last in owner || value === 'added').toBe(true);
  owner[last] = value;
  return copy;
}

test('what was stored is read', () => {
  expect(profile.features.map(({ type }) => type)).toEqual(['numeric', 'categorical', 'hashed', 'id']);
  expect(readProfile(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
});

test.each([
  ['version', 2],
  ['source', 'elsewhere'],
  ['rows', -1],
  ['read', 1.5],
  ['features', {}],
  ['features.0', null],
  ['features.0.name', 1],
  ['features.0.type', 'text'],
  ['features.0.reads', 'anything'],
  ['features.0.edges', [2, 1]],
  ['features.0.edges.3', -5],
  ['features.0.edges.0', null],
  ['features.0.edges.9', 'added'],
  ['features.0.means', []],
  ['features.0.sigma', null],
  ['features.0.counts.3', -1],
  ['features.0.counts.12', 'added'],
  ['features.1.categories.0', 7],
  ['features.1.categories', ['only one']],
  ['features.1.others.0', 2 ** 32],
  ['features.2.counts', [1, 2]],
  ['features.3.counts', [1, 2, 3]],
  ['unbinned', [1]],
  ['prediction', undefined],
  ['prediction.type', 'id'],
  ['score', {}],
  ['score.positive', null],
  ['score.bins.type', 'hashed'],
])('with %s = %j it is refused', (path, value) =>
  expect(readProfile(withField(path, value))).toBeUndefined(),
);

test.each([[null], ['text'], [[]], [{}]])('%j is no profile', (value) =>
  expect(readProfile(value)).toBeUndefined(),
);
