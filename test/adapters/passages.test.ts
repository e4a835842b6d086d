import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { emptyLane } from '../../domain/aggregates/lane.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { begun } from '../../domain/drift/passage.ts';
import { idAt } from '../../domain/id.ts';
import { logId } from '../../domain/log.ts';
import type { Model } from '../../domain/model.ts';
import { below, chance, hour, noon } from '../domain/aggregates/samples.ts';
import { dynoxideBinary, type Engine, startDynoxide } from '../support/dynoxide.ts';

const found = dynoxideBinary();
const id = '00000000-0000-7000-8000-000000000001';

describe.skipIf('reason' in found)('against the engine of the local stack', () => {
  let engine: Engine;
  let adapters: Awaited<ReturnType<typeof imported>>;
  const imported = async () => ({
    ...(await import('../../adapters/logs/loggedRows.ts')),
    ...{
      lanes: await import('../../adapters/aggregates/lanes.ts'),
      models: await import('../../adapters/models/models.ts'),
    },
    ...{
      passages: await import('../../adapters/monitoring/passages.ts'),
      ...(await import('../../adapters/aws/table.ts')),
    },
  });
  beforeAll(async () => {
    const keys = ['pk', 'sk'];
    const binary = 'binary' in found ? found.binary : '';
    engine = await startDynoxide(binary, { control: keys, logs: keys, aggregates: keys });
    const { protocol, hostname, port } = (await engine.client.config.endpoint?.()) ?? {};
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `${protocol}//${hostname}:${port}`);
    for (const [name, value] of Object.entries({ REGION: 'eu-west-1', ACCESS_KEY_ID: 'test' }))
      vi.stubEnv(`AWS_${name}`, value);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    for (const name of ['control', 'logs', 'aggregates']) vi.stubEnv(`${name.toUpperCase()}_TABLE`, name);
    adapters = await imported();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await engine.stop();
  });

  test.each([null, undefined])(
    'of two baselines the first is frozen with the model (profile: %s)',
    async (profile) => {
      const { models, table } = adapters;
      const model = { project_id: id, id: `${profile}` } as Model;
      const Item = { pk: `P#${id}`, sk: `MODEL#${model.id}`, status: 'ready', profile };
      await table.send(new PutCommand({ TableName: 'control', Item }));
      const frozen = (key: string) => ({
        profile: { key, sha256: 's', bytes: 1 },
        first_rows: { deployment_id: id, after: id, at: 'now' },
        baseline_rows: 1000,
      });
      expect([await models.freeze(model, frozen('a')), await models.freeze(model, frozen('b'))]).toEqual([
        true,
        false,
      ]);
    },
  );

  test('a step is written once, with what it counted, and only after the one before', async () => {
    const { lanes, passages } = adapters;
    const lane = { ...emptyLane(noon), sums: { ...emptyLane(noon).sums, binned: 7, bins: [[3, 4]] } };
    const first = { ...begun(undefined, noon), n: 1, after: 'a' };
    expect(await passages.save(id, first, [lane])).toBe(true);
    expect(await passages.save(id, { ...first, after: 'b' }, [lane])).toBe(false);
    expect(await passages.save(id, { ...first, n: 3 }, [lane])).toBe(false);
    const second = { ...first, n: 2, after: 'c' };
    expect(await passages.save(id, second, [lane])).toBe(true);
    expect(await passages.get(id)).toEqual(second);
    const written = (await lanes.inHour(id, noon)).map(({ lane }) => lane);
    expect(written).toEqual([lane, lane]);
  });

  test('logs of several shards and pages come in the order of their ids', async () => {
    const { inOrder, table } = adapters;
    const random = chance(5);
    const items = Array.from({ length: 650 }, (_, i) => {
      const at = i % 10 === 0 ? noon + below(random, hour) : noon - 1 - below(random, hour);
      const bytes = Uint8Array.from({ length: 10 }, () => below(random, 256));
      const label = new Date(at).toISOString().slice(0, 13).replaceAll(/[-T]/g, '');
      const pk = `${id}#${label}#0${i % 15 === 1 ? 1 : 0}`;
      return { pk, sk: logId(idAt(at, bytes)), n: 1, s: 200, z: '{}', at };
    });
    for (let i = 0; i < items.length; i += 25)
      await table.send(
        new BatchWriteCommand({
          RequestItems: { logs: items.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } })) },
        }),
      );
    const span = { from: noon - hour, to: noon + hour / 2 };
    const got: string[] = [];
    const of = { id, log_shards: 2 } as Deployment;
    for await (const log of inOrder(of, [noon - hour, noon], span)) got.push(log.id);
    const expected = items.filter(({ at }) => at <= span.to).map(({ sk }) => sk);
    expect(got).toEqual(expected.toSorted());
  });
});
