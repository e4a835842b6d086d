import { afterEach, expect, test, vi } from 'vitest';
import { millisecondsOf } from '../../domain/id.ts';
import { newId } from '../../functions/kit/clock.ts';

afterEach(() => {
  vi.useRealTimers();
});
const stopped = (milliseconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: milliseconds });
const some = (count: number) => Array.from({ length: count }, newId);

test('ids of one millisecond sort as they were made', () => {
  stopped(1_800_000_000_000);
  const ids = some(2_000);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids.map(millisecondsOf))).toEqual(new Set([1_800_000_000_000]));
});

test('more of them than can be counted are still different ids, and UUIDs of version 7', () => {
  stopped(1_800_000_000_001);
  const ids = some(10_000);
  expect(new Set(ids).size).toBe(10_000);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a later millisecond sorts behind, and begins anew where nobody can guess', () => {
  const begins = Array.from({ length: 50 }, (_, i) => {
    stopped(1_800_000_001_000 + i);
    return newId();
  });
  expect(begins).toEqual(begins.toSorted());
  expect(new Set(begins.map((id) => id.slice(15, 18))).size).toBeGreaterThan(10);
});
