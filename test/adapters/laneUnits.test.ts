import { beforeAll, expect, test } from 'vitest';
import * as lanes from '../../adapters/aggregates/lanes.ts';
import { attributes } from '../../adapters/aws/attributes.ts';
import { client } from '../../adapters/aws/table.ts';
import { logItem } from '../../adapters/logs/logCodec.ts';
import { read } from '../../adapters/logs/logRecords.ts';
import { emptyLane, fold } from '../../domain/aggregates/lane.ts';
import { idAt, rowId } from '../../domain/id.ts';
import { logId } from '../../domain/log.ts';
import { below, chance, noon } from '../domain/aggregates/samples.ts';
import { createTable } from '../support/table.ts';

const deploymentId = rowId(idAt(noon, Buffer.alloc(10, 3)), 1);
/** Every lane is another deployment's. */
let used = 1000;
const table = createTable({ aggregates: ['pk', 'sk'] });
beforeAll(() => {
  process.env.AGGREGATES_TABLE = 'aggregates';
  table.install(client);
});

/** Deciles, every fifth feature a dozen categories of falling frequency, now and then nothing; a label and a score. */
function someBins(random: () => number, features: number): Uint8Array {
  return Uint8Array.from({ length: features + 2 }, (_, i) => {
    if (random() < 0.005) return i % 5 === 4 ? 14 : 10;
    return i % 5 === 4 ? Math.floor(12 * random() ** 2) : below(random, 10);
  });
}

/** What the stream tells of a request: latencies around 12 ms, one of a hundred refused. */
function recordOf(random: () => number, features: number, rows: number, sequence: number) {
  const bytes = Uint8Array.from({ length: 10 }, () => below(random, 256));
  const refused = random() < 0.01;
  const log = {
    ...{ id: logId(idAt(noon + below(random, 600_000), bytes)), deployment_id: deploymentId, rows },
    status_code: refused ? 422 : 200,
    latency_ms: 12 * Math.exp(random() + random() + random() - 1.5),
    predictions: refused ? null : new Array(rows).fill(0.5),
    bins: refused ? null : Array.from({ length: rows }, () => someBins(random, features)),
    ...{ inputs: null, key_id: 'key', flags: [], exp: 0 },
  };
  const NewImage = attributes(logItem(log, 1, '').item);
  return read({ dynamodb: { NewImage, SequenceNumber: String(10n ** 20n + BigInt(sequence)) } }).fact;
}

/** The units that the last fold of ten minutes writes, by the table's own rule: what is there and its names. */
async function unitsOf(features: number, requests: number, rows: number): Promise<number> {
  const random = chance(features + requests + rows);
  const key = { deploymentId: `${deploymentId.slice(0, -4)}${++used}`, start: noon, shard: '00' };
  const facts = Array.from({ length: requests }, (_, i) => recordOf(random, features, rows, i));
  const before = fold(emptyLane(noon), facts.slice(0, -1));
  expect(await lanes.save(key, before, emptyLane(noon))).toBe(true);
  table.resetUnits();
  expect(await lanes.save(key, fold(before, facts), before)).toBe(true);
  expect(table.units.total.calls).toBe(1);
  return table.units.total.write;
}

test.each([
  [600, 1],
  [6000, 1],
  [200, 20],
  [30, 1000],
])(
  'after %i requests of %i rows in ten minutes a fold writes 3 units at 30 features, 5 at 100',
  async (requests, rows) => {
    const units = [await unitsOf(30, requests, rows), await unitsOf(100, requests, rows)];
    expect(units[0]).toBeLessThanOrEqual(3);
    expect(units[1]).toBeLessThanOrEqual(5);
  },
);
