import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { packLane, packSums, unpackLane, unpackSums } from '../../domain/aggregates/packed.ts';
import type { Sums } from '../../domain/aggregates/tally.ts';
import { chance } from '../domain/aggregates/samples.ts';
import type { Item } from '../support/dynamodb/types.ts';
import { closeHours, logAt } from '../support/logs.ts';
import { hour } from './support/counting.ts';
import { type Drifting, drifting, itIs, rows, start } from './support/drifting.ts';

const times = 1000;
const hours = 100;
let place: Drifting;
let few: string;
let many: string;
beforeAll(async () => {
  place = await drifting();
  itIs(start - hours * hour);
  const model = await place.model();
  few = await place.deploy(model);
  many = await place.deploy(model);
  for (let i = hours - 1; i >= 0; i--) {
    itIs(start - i * hour);
    await place.predict(few, rows.slice(i, i + 100));
  }
  await place.count();
  await closeHours(place.wire);
  await multiplied();
  const random = chance(5);
  for (const of of [start - hour, start])
    for (let i = 0; i < 100; i++)
      await logAt(many, of, random, { rows: 1000, predictions: null, inputs: null });
}, 60_000);
afterAll(() => {
  vi.useRealTimers();
});

/** All that was counted of the one, a thousand times as much, as if it had been counted of the other. */
async function multiplied(): Promise<void> {
  for (const item of place.table.items('aggregates'))
    if (item.pk?.S?.endsWith(few) || item.sk?.S === few) {
      const moved = JSON.parse(JSON.stringify({ pk: item.pk, sk: item.sk }).replaceAll(few, many));
      await place.hooks.table.send('PutItem', {
        TableName: 'aggregates',
        Item: { ...grown(item), ...moved },
      });
    }
}

function grown(item: Item): Item {
  const bytes = item.z?.B && inflateRawSync(item.z.B);
  if (item.pk?.S?.startsWith('L#') && bytes) {
    const { last, items, n, seen } = item;
    const stored = { last: last?.S ?? '', items: Number(items?.N), n: Number(n?.N), seen: Number(seen?.N) };
    const lane = unpackLane({ ...stored, z: bytes }, 0);
    const seconds = lane.seconds.map((count) => count * times);
    const { z } = packLane({ ...lane, seconds, sums: grownSums(lane.sums) });
    return { ...item, z: { B: deflateRawSync(z) } };
  }
  if (/^A#/.test(item.pk?.S ?? '') && /^[DH]#/.test(item.sk?.S ?? '') && bytes)
    return { ...item, z: { B: deflateRawSync(packSums(grownSums(unpackSums(bytes)))) } };
  return item;
}

const grownSums = (sums: Sums): Sums => ({
  ...sums,
  requests: sums.requests * times,
  rows: sums.rows * times,
  status: new Map([...sums.status].map(([code, count]) => [code, count * times])),
  binned: sums.binned * times,
  bins: sums.bins.map((counts) => counts.map((count) => count * times)),
});

/** What one computation asks of all services, by command. */
async function reads(id: string): Promise<Record<string, number>> {
  const asked: Record<string, number> = {};
  const { around } = place.hooks;
  place.hooks.around = (call, run) => {
    asked[call.command] = (asked[call.command] ?? 0) + 1;
    return around(call, run);
  };
  const { status } = await place.run(id);
  place.hooks.around = around;
  expect(status).toBe(200);
  return asked;
}

test('a computation asks as often for ten million rows as for ten thousand, and finds them all', async () => {
  const [ofFew, ofMany] = [await reads(few), await reads(many)];
  const [a, b] = [(await place.drift(few)).body, (await place.drift(many)).body];
  expect([a.inference_rows, b.inference_rows]).toEqual([10_000, 10_000_000]);
  for (const body of [a, b]) expect(body).not.toHaveProperty('partial');
  expect(ofMany).toEqual(ofFew);
  // Marks, days, the hours before and after them, two open hours twice, and twice the end of each log; then the rules.
  expect(ofMany.Query).toBe(13);
  // The same shares are the same drift.
  expect(a.max_psi).toBeGreaterThan(0);
  for (const name of Object.keys(a.features))
    expect(b.features[name].psi).toBeCloseTo(a.features[name].psi, 12);
});

test('an hour that a late log has opened again is read from its lanes, with the late one and without a second count', async () => {
  itIs(start - 50 * hour);
  await place.predict(few, rows.slice(0, 30));
  itIs(start);
  await place.count();
  await place.run(few);
  expect((await place.drift(few)).body.inference_rows).toBe(10_030);
  await closeHours(place.wire);
  await place.run(few);
  expect((await place.drift(few)).body.inference_rows).toBe(10_030);
});
