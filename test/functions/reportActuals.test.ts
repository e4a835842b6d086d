import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { rowId } from '../../domain/id.ts';
import { hour, itIs, noon } from './support/counting.ts';
import { labelling, type Predicted, tumourModel, tumours } from './support/labelling.ts';

/** The labels come two hours after the first predictions. */
const now = noon + 2 * hour + 60_000;
let place: Awaited<ReturnType<typeof labelling>>;
let tumour: Awaited<ReturnType<typeof place.deploy>>;
beforeAll(async () => {
  place = await labelling();
  tumour = await place.deploy(tumourModel);
});
afterEach(() => {
  place.world.hooks.around = (_, run) => run();
});
afterAll(async () => {
  vi.useRealTimers();
  await place.stop();
});

const sample = tumours();
const rows = (from: number, n: number) => sample.slice(from, from + n).map(({ inputs }) => inputs);
const areEqual = async (of = tumour) => {
  const { found, wanted } = await place.counters(of);
  expect(wanted.length).toBeGreaterThan(0);
  expect(found).toEqual(wanted);
};
const failed = (name: string, more: object = {}) =>
  Promise.reject(Object.assign(new Error('not this time'), { name, ...more }));

describe('an id is unknown', () => {
  test('of another deployment, of a failed prediction, beyond the rows of its request, of nothing, and once its log has expired', async () => {
    const deployment = await place.deploy(tumourModel);
    const { id } = deployment;
    const [foreign] = await place.predict(tumour.id, rows(0, 1));
    const [own] = await place.predict(id, rows(0, 1));
    await place.world.call('predict', {
      params: { deployment_id: id },
      body: { inputs: { mean_radius: 'x' } },
    });
    const list = await place.world.call('listInferenceLogs', { params: { deployment_id: id } });
    const refused = list.body.items.find(
      ({ status_code }: { status_code: number }) => status_code === 422,
    ).id;
    const ids = [
      '00000000-0000-4000-8000-000000000000',
      foreign?.id ?? '',
      refused,
      rowId(own?.id ?? '', 1),
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      (own?.id ?? '').replace(/^.{8}/, '019ebb00'),
    ];
    const reports = [...ids, own?.id ?? ''].map((id) => ({ id: id.toUpperCase(), actual: 1 }));
    const { body } = await place.report(id, reports);
    expect(body).toEqual({ ok: true, accepted: 1, unknown: ids });
    itIs(now + 31 * 24 * hour);
    const late = await place.report(id, [{ id: own?.id ?? '', actual: 0 }]);
    itIs(now);
    expect(late.body).toEqual({ ok: true, accepted: 0, unknown: [own?.id] });
    await areEqual(deployment);
  });
});

describe('where the tables do not take a report at once', () => {
  const cancelled = (Code: string) =>
    failed('TransactionCanceledException', { CancellationReasons: [{ Code }] });
  const fresh = async (n: number) => {
    const of: Predicted[] = [];
    for (let i = 0; i < n; i++) of.push(...(await place.predict(tumour.id, rows(i, 1))));
    return of.map(({ id }) => ({ id, actual: '1' }));
  };

  test.each<[string, (nth: number, run: () => Promise<unknown>) => Promise<unknown>]>([
    ['others are at the same items', (nth, run) => (nth < 3 ? cancelled('TransactionConflict') : run())],
    ['it is throttled', (nth, run) => (nth < 3 ? failed('ThrottlingException') : run())],
    ['its answer is lost', async (nth, run) => (nth < 2 ? run().then(() => failed('TimeoutError')) : run())],
  ])('and %s, it is sent again until it is taken once', async (_, end) => {
    const reports = await fresh(2);
    const tried = place.around('TransactWriteItems', end);
    expect((await place.report(tumour.id, reports)).body).toMatchObject({ accepted: 2 });
    expect(tried()).toBeGreaterThan(1);
    await areEqual();
  });

  test('ids that the table leaves out of its answer are asked for again', async () => {
    const reports = await fresh(3);
    const asked = place.around('BatchGetItem', async (nth, run) => {
      const output = (await run()) as { Responses: { logs: { sk: { S: string } }[] } };
      if (nth > 1) return output;
      const { logs } = output.Responses;
      const Keys = logs.slice(1).map((item) => ({ pk: (item as { pk?: object }).pk, sk: item.sk }));
      return {
        Responses: { logs: logs.slice(0, 1) },
        UnprocessedKeys: { logs: { Keys, ConsistentRead: true } },
      };
    });
    expect((await place.report(tumour.id, reports)).body.accepted).toBe(3);
    expect(asked()).toBe(2);
  });

  test('a report that dies half way is finished by sending it again', async () => {
    const reports = await fresh(91);
    place.around('TransactWriteItems', (nth, run) => (nth === 1 ? run() : failed('ValidationException')));
    expect((await place.report(tumour.id, reports)).status).toBe(500);
    place.world.hooks.around = (_, run) => run();
    await areEqual();
    expect((await place.report(tumour.id, reports)).body.accepted).toBe(91);
    await areEqual();
  });

  test('reports of the same rows at the same time end as one of them said, each row counted once', async () => {
    const reports = await fresh(30);
    const all = ['0', '1', '0', '1', 'maybe'].map((actual) => reports.map(({ id }) => ({ id, actual })));
    const before = (await place.quality(tumour.id)).labels;
    const replies = await Promise.all(all.map((actuals) => place.report(tumour.id, actuals)));
    for (const { status, body } of replies) {
      expect([200, 503]).toContain(status);
      if (status === 200) expect(body.accepted).toBe(30);
    }
    expect(replies.some(({ status }) => status === 200)).toBe(true);
    expect((await place.quality(tumour.id)).labels).toBe(before + 30);
    await areEqual();
  });
});

describe('refused', () => {
  const id = '019ecbd9-0000-7000-8000-000000000000';
  const at = (...loc: (string | number)[]) => ['body', 'actuals', ...loc];
  test.each<[string, unknown, string, (string | number)[]]>([
    ['nothing', undefined, 'missing', at()],
    ['no label', [], 'too_short', at()],
    ['too many', new Array(1001).fill({ id, actual: 1 }), 'too_long', at()],
    ['one alone', { id, actual: 1 }, 'list_type', at()],
    ['an id that is none', [{ id: 'x', actual: 1 }], 'uuid_parsing', at(0, 'id')],
    ['no actual', [{ id }], 'missing', at(0, 'actual')],
    ['null', [{ id, actual: null }], 'value_type', at(0, 'actual')],
    ['a boolean', [{ id, actual: true }], 'value_type', at(0, 'actual')],
    ['a long label', [{ id, actual: 'secret'.repeat(50) }], 'string_too_long', at(0, 'actual')],
    [
      'no time',
      [{ id, actual: 1, observed_at: 'yesterday' }],
      'datetime_from_date_parsing',
      at(0, 'observed_at'),
    ],
  ])('%s with 422, and no value is repeated', async (_, actuals, type, loc) => {
    const { status, body } = await place.report(tumour.id, actuals);
    expect([status, body.detail.length]).toEqual([422, 1]);
    expect(body.detail[0]).toMatchObject({ type, loc });
    expect(body.detail[0]).not.toHaveProperty('input');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  test('a number that is none, by its name', async () => {
    const raw = `{"actuals":[{"id":"${id}","actual":1e400}]}`;
    const { status, body } = await place.world.call('reportActuals', {
      params: { deployment_id: tumour.id },
      raw,
    });
    expect([status, body.detail[0].type]).toEqual([422, 'finite_number']);
  });

  test('without the scope to predict with 403, of a deployment that is not there or foreign with 404', async () => {
    const make = async (more: object) =>
      (
        await place.world.call('createApiKey', {
          body: { name: 'k', kind: 'platform', scopes: ['read', 'write'], ...more },
        })
      ).body.key as string;
    const actuals = [{ id, actual: 1 }];
    const reader = await place.report(tumour.id, actuals, { key: await make({}) });
    expect([reader.status, reader.body]).toEqual([403, { detail: 'Missing scope: predict' }]);
    const elsewhere = (await place.world.call('createProject', { body: { name: 'elsewhere' } })).body
      .project_id;
    const stranger = await make({ scopes: ['predict'], project_ids: [elsewhere] });
    for (const reply of [
      await place.report(tumour.id, actuals, { key: stranger }),
      await place.report(id, actuals),
    ])
      expect([reply.status, reply.body]).toEqual([404, { detail: 'Deployment not found' }]);
  });

  test('with 413 above a mebibyte', async () => {
    const raw = `{"actuals":[{"id":"${id}","actual":"${'a'.repeat(1024 * 1024)}"}]}`;
    const { status } = await place.world.call('reportActuals', { params: { deployment_id: tumour.id }, raw });
    expect(status).toBe(413);
  });
});

test('a report with an Idempotency-Key is taken once, and its repeat gets the same answer', async () => {
  const [one] = await place.predict(tumour.id, rows(7, 1));
  const headers = { 'idempotency-key': 'labels of june' };
  const actuals = [{ id: one?.id, actual: '1' }];
  const first = await place.report(tumour.id, actuals, { headers });
  const writes = place.around('TransactWriteItems', (_, run) => run());
  const again = await place.report(tumour.id, actuals, { headers });
  expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([
    200,
    first.body,
    'true',
  ]);
  expect(writes()).toBe(0);
  const other = await place.report(tumour.id, [{ id: one?.id, actual: '0' }], { headers });
  expect(other.status).toBe(422);
});
