import { describe, expect, test } from 'vitest';
import { emptyLane, fold } from '../../../domain/aggregates/lane.ts';
import { binner } from '../../../domain/drift/bin.ts';
import { rowsFolded, tellingSeconds } from '../../../domain/drift/folded.ts';
import { windowAt } from '../../../domain/drift/live.ts';
import { hasNew, newNames } from '../../../domain/drift/newNames.ts';
import { profileOf } from '../../../domain/drift/profiler.ts';
import { countRow, emptyWindow } from '../../../domain/drift/window.ts';

const noon = Date.UTC(2026, 5, 15, 12);
const hour = 3_600_000;

describe('the window', () => {
  test.each([
    [undefined, 168],
    [{ window_hours: 1 }, 1],
    [{ window_hours: 720 }, 720],
  ])('that ends now begins on a whole hour, as long ago as the deployment says: %o', (drift, hours) => {
    const config = { name: 'd', traffic_percent: 100, drift };
    expect(windowAt({ config }, noon)).toEqual({ from: noon - hours * hour, to: noon });
    expect(windowAt({ config }, noon + hour - 1)).toEqual({ from: noon - hours * hour, to: noon + hour - 1 });
  });
});

describe('the names of what the baseline lacks', () => {
  const cities = ['Lodz', 'Roma'];
  const sample = cities.flatMap((city) =>
    Array.from({ length: 20 }, () => ({ record: { city, amount: 1 } })),
  );
  const profile = profileOf(
    sample,
    [
      { name: 'city', type: 'string' },
      { name: 'amount', type: 'number' },
    ],
    { source: 'sample', problem: 'regression' },
  );

  test('are looked for only where some were counted', () => {
    const [bin, live] = [binner(profile), emptyWindow(profile)];
    countRow(live, bin({ city: 'Roma', amount: 1 }, { prediction: 0 }));
    expect(hasNew(profile, live)).toBe(false);
    countRow(live, bin({ city: 'Oslo', amount: 1 }, { prediction: 0 }));
    expect(hasNew(profile, live)).toBe(true);
  });

  test('are those of values that are there and not known, each once', () => {
    const seen = ['Oslo', null, 'Roma', 'Oslo', 'Bari', ''].map((city) => ({ city, amount: 1 }));
    expect(newNames(profile, seen)).toEqual(new Map([['city', ['Oslo', 'Bari']]]));
  });

  test('are ten at most, and short', () => {
    const seen = Array.from({ length: 30 }, (_, i) => ({ city: `${i}`.repeat(500), amount: 1 }));
    const names = newNames(profile, seen).get('city') ?? [];
    expect(names).toHaveLength(10);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
  });
});

describe('whether what was logged is counted', () => {
  const fact = (at: number, rows: number, sequence: string) => ({
    ...{ at, rows, sequence, status: 200, latency: 1, bins: null },
  });

  test('is told by the seconds that end with the newest log', () => {
    expect(tellingSeconds(noon + 5_250)).toEqual({ from: noon + 3_000, to: noon + 5_999 });
  });

  test('the rows of these seconds are summed over all lanes of the shard', () => {
    const first = fold(emptyLane(noon), [fact(noon + 599_100, 3, '1'), fact(noon + 596_000, 9, '2')]);
    const second = fold(emptyLane(noon + 600_000), [fact(noon + 600_500, 4, '3')]);
    const other = fold(emptyLane(noon + 600_000), [fact(noon + 600_500, 100, '4')]);
    const lanes = [
      { shard: 0, lane: first },
      { shard: 0, lane: second },
      { shard: 1, lane: other },
    ];
    const seconds = tellingSeconds(noon + 600_700);
    expect([rowsFolded(lanes, 0, seconds), rowsFolded(lanes, 1, seconds)]).toEqual([7, 100]);
    expect(rowsFolded([], 0, seconds)).toBe(0);
  });
});
