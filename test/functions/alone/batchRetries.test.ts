import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScoring, rowsSql, type Scoring } from '../support/scoring.ts';

let it: Scoring;
let model: string;
const rows = 400;
const answers = async (table: string, slot: string) =>
  (await it.read({ namespace: ['sales'], name: table }))
    .filter(({ scored_at }) => String(scored_at).startsWith(slot.slice(0, 13).replace('T', ' ')))
    .map(({ id, prediction, probability_0, probability_1 }) =>
      JSON.stringify([Number(id), prediction, probability_0, probability_1]),
    )
    .toSorted();
beforeAll(async () => {
  it = await openScoring();
  model = await it.model();
  await it.append(rowsSql(rows));
  for (const mode of modes)
    await it.created(model, {
      name: nameOf(mode),
      target: { schema: 'sales', table: nameOf(mode) },
      rerun_behavior: mode,
    });
});
afterAll(() => it.close());

const modes = ['overwrite_partition', 'append_dedup'] as const;
const nameOf = (mode: string) => mode.replace('_', '-');
const steps = ['planRun', 'scorePart', 'commitRun'] as const;
const lost = () => Object.assign(new Error('the function ended'), { name: 'Lambda.ServiceException' });

let day = 0;
const nextDay = (hour = 0) => new Date(Date.UTC(2026, 0, ++day, hour)).toISOString().replace('.000Z', 'Z');
type Invoke = (name: string, work: () => Promise<unknown>) => Promise<unknown>;

/** A run, of a slot of its own where none is given; `invoke` stands between the machine and its functions. */
async function run(mode: string, invoke?: Invoke, slot = nextDay()) {
  const path = it.path(model, `/${nameOf(mode)}`);
  const { body } = await it.send('POST', `${path}/trigger`, { body: { scheduled_at: slot } });
  const { deployment_id } = (await it.send('GET', path)).body;
  const input = { project_id: it.project_id, deployment_id, run_id: body.run_id, scheduled_at: slot };
  const work = async (name: string, payload: unknown) => it.functions.get(name)?.(payload, {} as never);
  const { ended } = await it.execute(input, {
    invoke: (name, payload) => (invoke ? invoke(name, () => work(name, payload)) : work(name, payload)),
  });
  return { slot, ended, input, last: (await it.send('GET', path)).body.last_run };
}
const snapshots = async (mode: string) =>
  (await it.catalog.load({ namespace: ['sales'], name: nameOf(mode) }))?.metadata.snapshots ?? [];

test.each(modes)(
  '%s: a machine that loses any of its steps, before its work or after it, makes one snapshot of the same rows',
  async (mode) => {
    const whole = await run(mode);
    expect(whole.ended).toBe('succeeded');
    const wanted = await answers(nameOf(mode), whole.slot);
    expect(wanted).toHaveLength(rows);
    for (const step of steps)
      for (const after of [false, true]) {
        const before = (await snapshots(mode)).length;
        let calls = 0;
        const { slot, ended, input, last } = await run(mode, async (name, work) => {
          if (name !== step || calls++ > 0) return work();
          if (after) await work();
          throw lost();
        });
        expect([ended, calls, last.status, last.rows_scored], `${step} ${after}`).toEqual([
          ...['succeeded', 2, 'succeeded', rows],
        ]);
        const made = (await snapshots(mode)).slice(before);
        expect(made.map(({ summary }) => summary['slipway.run-id'])).toEqual([input.run_id]);
        expect(await answers(nameOf(mode), slot), `${step} ${after}`).toEqual(wanted);
      }
  },
);

test.each(modes)(
  '%s: a slot that is run again is the same, and so is every other hour of its day',
  async (mode) => {
    const early = nextDay(5);
    const late = early.replace('T05', 'T06');
    for (const slot of [early, late]) expect((await run(mode, undefined, slot)).last.rows_scored).toBe(rows);
    const hours = async () => [await answers(nameOf(mode), early), await answers(nameOf(mode), late)];
    const wanted = await hours();
    expect(wanted.map(({ length }) => length)).toEqual([rows, rows]);
    const again = await run(mode, undefined, late);
    expect([again.ended, again.last.rows_scored]).toEqual(['succeeded', mode === 'append_dedup' ? 0 : rows]);
    expect(await hours()).toEqual(wanted);
  },
);

test('a model whose image an older version made is compiled by the plan for all parts, and left as it is', async () => {
  const own = it.table.items('control').filter((item) => 'images' in item);
  expect(own).not.toEqual([]);
  for (const { images: _, ...Item } of own)
    await it.hooks.table.send('PutItem', { TableName: 'control', Item: Item as never });
  const stored = new Set(it.store.keys());
  const { ended, input, last } = await run('overwrite_partition');
  expect([ended, last.rows_scored]).toEqual(['succeeded', rows]);
  const more = [...it.store.keys()].filter((key) => !stored.has(key));
  expect(more.filter((key) => key.endsWith('.img'))).toEqual([`data/runs/${input.run_id}/predict.img`]);
});
