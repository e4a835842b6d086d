import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { announced } from '../../domain/event.ts';
import { hourOf, isEmpty, logId, partition, windowOf } from '../../domain/log.ts';

const day = 86_400_000;
const now = Date.parse('2026-06-15T12:00:00Z');
const deployment = { created_at: '2026-06-10T00:00:00Z', retention_days: 2 };

test('a list of logs looks no further back than they are kept, nor before the deployment was made', () => {
  expect(windowOf(deployment, {}, now)).toEqual({ since: now - 2 * day, until: now + 300_000 });
  expect(windowOf({ ...deployment, retention_days: 30 }, {}, now).since).toBe(
    Date.parse(deployment.created_at) - 300_000,
  );
  expect(windowOf(deployment, { since: '2026-06-15T11:00:00Z', until: '2026-06-15T11:30:00Z' }, now)).toEqual(
    {
      since: Date.parse('2026-06-15T11:00:00Z'),
      until: Date.parse('2026-06-15T11:30:00Z'),
    },
  );
  expect(windowOf(deployment, { since: '1990-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' }, now)).toEqual(
    windowOf(deployment, {}, now),
  );
});

test('between two neighbouring milliseconds lies nothing', () => {
  expect([-5, 0, 1, 2, 3].map((length) => isEmpty({ since: now, until: now + length }))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('an id of a log leads to its own partition: its hour, and one of its shards', () => {
  const id = logId('01a1fe1e-7b55-7481-ad49-69cfbd6338ba');
  expect(id.endsWith('000')).toBe(true);
  expect(partition('d', id, 1)).toMatch(/^d#\d{10}#00$/);
  expect(hourOf(now)).toBe('2026061512');
  fc.assert(
    fc.property(fc.uuid({ version: 7 }), fc.integer({ min: 1, max: 64 }), (some, shards) => {
      const [, , n] = partition('d', some, shards).split('#');
      expect(Number(n)).toBeLessThan(shards);
    }),
  );
});

describe('an event', () => {
  test('of a change is named by its project and number, every other by its id; keys of tables stay behind', () => {
    expect(
      announced({ pk: 'P#p', sk: 'E#000000000007', v: 1, type: 'deployment.promoted', dep: 'd' }),
    ).toEqual({
      id: 'p#7',
      type: 'deployment.promoted',
      detail: { type: 'deployment.promoted', dep: 'd' },
    });
    expect(announced({ pk: 'OUT#p', sk: 'OUT#0#x', v: 1, id: 'x', type: 'model.ready' })).toEqual({
      id: 'x',
      type: 'model.ready',
      detail: { id: 'x', type: 'model.ready' },
    });
  });

  test('is nothing else that is written', () => {
    for (const item of [
      {},
      { sk: 'STATE' },
      { sk: 'STATE', type: 't' },
      { pk: 'P#p', sk: 'E#1' },
      { sk: 5, type: 't' },
      { sk: 'D#online#E#1', type: 't' },
    ])
      expect(announced(item)).toBeUndefined();
  });
});
