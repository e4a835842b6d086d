import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hostile, mark, noId, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openHostile();
  ({ project_id, model_id } = await wire.ready());
});
afterAll(() => wire.silent());

const request = {
  op_id: noId,
  project_id: noId,
  deployment_id: noId,
  actor: mark,
  at: '2026-01-01T00:00:00Z',
};
test.each(['beginOperation', 'reserveDeployment', 'probeModel', 'commitChange'])(
  'H86: %s refuses a forged event and writes nothing',
  async (step) => {
    const handler = wire.functions.get(step);
    const before = [wire.kept(), wire.effects.length];
    for (const event of [
      null,
      {},
      [],
      'x',
      { kind: 'promote' },
      { ...request, kind: 'rule the world' },
      { request: { ...request, kind: 'promote' } },
      { Records: [{ [mark]: mark }] },
      { project_id: mark, model_id: mark },
    ])
      await expect(handler?.(event, {} as never)).rejects.toThrow();
    expect([wire.kept(), wire.effects.length]).toEqual(before);
  },
);

test('H86: a commit that was never begun changes nothing, of whatever deployment it speaks', async () => {
  const id = await wire.deploy(project_id, model_id);
  const before = wire.kept();
  const forged = { ...request, project_id, deployment_id: id, kind: 'promote' };
  const probe = { outcome: 'passed', reason: '' };
  await wire.functions
    .get('commitChange')?.({ request: forged, probe }, {} as never)
    .catch(() => {});
  expect(wire.kept()).toBe(before);
});

test('H86: a worker that reads a stream or a spool does nothing with what it does not know', async () => {
  const before = wire.kept();
  const records = [{}, { dynamodb: {} }, { dynamodb: { NewImage: { pk: { S: mark }, sk: { S: mark } } } }];
  await wire.functions.get('publishEvents')?.({ Records: records }, {} as never);
  expect(wire.published).toEqual([]);
  await wire.functions.get('ingestSpool')?.({ detail: { object: { key: `spool/${mark}` } } }, {} as never);
  expect(wire.kept()).toBe(before);
});
