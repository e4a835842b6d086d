import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  resolved?: string;
  integrity?: string;
  inBundle?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const packages = Object.entries<Locked>(lock.packages).filter(([path]) => path !== '');

test('the lockfile names no address: packages come from whichever registry the machine uses', () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('what is installed everywhere is known by its hash', () => {
  const unknown = packages.filter(([, p]) => !p.integrity && !p.inBundle && !p.optional);
  expect(unknown.map(([path]) => path)).toEqual([]);
});

test('the parts for other platforms are locked too: npm ci refuses a lockfile without them', () => {
  const locked = packages.map(([path]) => path.replace(/^.*node_modules\//, ''));
  const wanted = packages.flatMap(([, p]) => (p.inBundle ? [] : Object.keys(p.optionalDependencies ?? {})));
  expect(wanted.filter((name) => !locked.includes(name))).toEqual([]);
});
