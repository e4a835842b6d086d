import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { attributes } from '../../adapters/aws/attributes.ts';
import { idAt } from '../../domain/id.ts';
import { hourOf, logId, partition } from '../../domain/log.ts';
import { chance } from '../domain/aggregates/samples.ts';
import type { Item } from '../support/dynamodb/types.ts';
import { counting, hour, itIs, metric, noon } from './support/counting.ts';

let place: Awaited<ReturnType<typeof counting>>;
beforeAll(async () => {
  place = await counting();
});
beforeEach(() => {
  itIs(noon);
  place.printed.length = 0;
  place.world.store.clear();
});
afterAll(() => {
  vi.useRealTimers();
});

const random = chance(3);
const ingest = (event: object) => place.world.functions.get('ingestSpool')?.(event, {} as Context);
const waiting = () => [...place.world.store.keys()].filter((key) => key.startsWith('data/spool/'));
const itemOf = ({ pk, sk }: { pk: string; sk: string }) =>
  place.world.hooks.table.peek('logs', { pk: { S: pk }, sk: { S: sk } });

/** A log that waits in the spool since then. */
function spool(at: number, body?: string) {
  const sk = logId(
    idAt(
      at,
      Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256)),
    ),
  );
  const log = { pk: partition(place.ids[0], sk, 1), sk };
  const whole = JSON.stringify({ item: attributes({ ...log, n: 1, s: 200, l: '1.5' }) });
  const key = `spool/${hourOf(at)}/${sk}`;
  place.world.store.set(`data/${key}`, Buffer.from(body ?? whole));
  return { ...log, key };
}

test('what lies longer than ten minutes is written, oldest first, past what nobody can read; what is younger waits', async () => {
  const broken = spool(noon - 3 * hour, '{"secret":');
  const old = [noon - 2 * hour, noon - hour, noon - 10 * 60_000].map((at) => spool(at));
  const young = spool(noon - 10 * 60_000 + 1);
  await ingest({});
  expect(old.map((one) => itemOf(one)?.n)).toEqual(old.map(() => ({ N: '1' })));
  expect(waiting()).toEqual([broken, young].map(({ key }) => `data/${key}`));
  expect(place.printed.join('')).toContain('A spooled log cannot be read');
  expect(place.printed.join('')).not.toContain('secret');
});

test('more than a thousand are all written by one run', async () => {
  for (let i = 0; i < 1_100; i++) spool(noon - hour + i);
  await ingest({});
  expect(waiting()).toEqual([]);
});

test('a log that was written all the same stays as it has become since', async () => {
  const one = spool(noon - hour);
  const Item = attributes({ ...one, n: 1, a: { 0: 1 } }) as Item;
  await place.world.hooks.table.send('PutItem', { TableName: 'logs', Item });
  for (const _ of [1, 2]) await ingest({ detail: { object: { key: one.key } } });
  expect(itemOf(one)?.a).toEqual({ M: { 0: { N: '1' } } });
  expect(waiting()).toEqual([]);
});

test('what is more than six days late counts as dropped, unless its table has it, and is taken away', async () => {
  const late = noon - 6 * 24 * hour - 1;
  const [lost, written] = [spool(late), spool(late)];
  spool(late, 'no record');
  await place.world.hooks.table.send('PutItem', {
    TableName: 'logs',
    Item: attributes({ pk: written.pk, sk: written.sk, n: 1 }) as Item,
  });
  await ingest({});
  expect(metric(place.printed, 'LogDropped')).toBe(2);
  expect(itemOf(lost)).toBeUndefined();
  expect(waiting()).toEqual([]);
});
