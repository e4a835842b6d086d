import { beforeAll, expect, test } from 'vitest';
import { type Asked, ask, envelope, modelRid, type Name, refusal, ridOf, runtime } from './support/live.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

const bad = 'INVALID_ARGUMENT';
const invalid = envelope(400, bad, 'Conjure:InvalidArgument');
const unreadable = envelope(422, bad, 'Conjure:UnprocessableEntity');

let wire: Wire;
let active: string;
let model: string;
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  model = model_id;
  active = ridOf(await wire.deploy(project_id, model_id));
});

const told = async (name: Name, asked: Asked) => refusal(await ask(wire, name, asked));

test.each<[string, unknown, (string | number)[]]>([
  ['a key that nobody knows', { ...runtime, extra: 1 }, unreadable],
  ['text in place of a number', { ...runtime, minReplicas: '0' }, unreadable],
  ['a fraction in place of a whole number', { ...runtime, maxReplicas: 1.5 }, unreadable],
  ['more than 32 bits', { ...runtime, maxReplicas: 2 ** 31 }, unreadable],
  ['no maxReplicas', { minReplicas: 0 }, unreadable],
  ['null in place of what is required', { ...runtime, minReplicas: null }, unreadable],
  [
    'a unit that nobody knows',
    {
      ...runtime,
      scalingConfiguration: {
        scaleUpLoadThreshold: 1,
        scaleUpDelay: { value: 1, unit: 'S' },
        scaleDownDelay: { value: 1, unit: 'DAYS' },
      },
    },
    unreadable,
  ],
  ['a GPU of no known type', { ...runtime, gpu: { count: 1, type: 'Z1' } }, unreadable],
  ['fewer than no replicas', { minReplicas: -1, maxReplicas: 1 }, invalid],
  ['no replica at all', { minReplicas: 0, maxReplicas: 0 }, invalid],
  ['more replicas at least than at most', { minReplicas: 3, maxReplicas: 2 }, invalid],
  ['no thread', { ...runtime, threadCount: 0 }, invalid],
  [
    '257 threads',
    { ...runtime, threadCount: 257 },
    envelope(400, bad, 'ThreadCountTooHigh', { maxThreadCount: 256, providedThreadCount: 257 }),
  ],
  [
    'a GPU',
    { ...runtime, gpu: { count: 2, type: 'A100' } },
    envelope(400, bad, 'GpuTypeNotAvailable', { requestedGpuType: 'A100', availableGpuTypes: [] }),
  ],
  [
    'two GPUs of any type',
    { ...runtime, gpu: { count: 2 } },
    envelope(400, bad, 'InvalidGpuCount', { providedGpuCount: 2, maxGpuCount: 0 }),
  ],
])(
  'a runtime configuration with %s is refused by create and replace',
  async (_, runtimeConfiguration, answer) => {
    const kept = wire.kept();
    expect(await told('replace', { rid: active, body: { runtimeConfiguration } })).toEqual(answer);
    const deploymentType = { type: 'direct', modelRid: modelRid(model), branch: 'master' };
    expect(await told('create', { body: { deploymentType, runtimeConfiguration } })).toEqual(answer);
    expect(wire.kept()).toBe(kept);
  },
);

test.each<[string, () => object, (rid: string) => (string | number)[]]>([
  ['of another type', () => ({ type: 'other' }), () => unreadable],
  ['of no identifier', () => ({ modelRid: 'x' }), () => unreadable],
  [
    'of an unknown model',
    () => ({}),
    () => envelope(404, 'NOT_FOUND', 'ModelNotFound', { modelRid: modelRid(noId) }),
  ],
  [
    'of a model that is none',
    () => ({ modelRid: 'ri.a.b.c.d' }),
    () => envelope(404, 'NOT_FOUND', 'ModelNotFound', { modelRid: 'ri.a.b.c.d' }),
  ],
  ['of a branch that no name holds', () => ({ modelRid: modelRid(model), branch: 'a/b' }), () => invalid],
  ['of a branch without a name', () => ({ modelRid: modelRid(model), branch: '' }), () => invalid],
])('create refuses a deployment %s', async (_, more, answer) => {
  const deploymentType = { type: 'direct', modelRid: modelRid(noId), branch: 'master', ...more() };
  expect(await told('create', { body: { deploymentType, runtimeConfiguration: runtime } })).toEqual(
    answer(''),
  );
});

test('a model of others is like none', async () => {
  const key = await wire.keyWith({ project_ids: [noId] });
  const deploymentType = { type: 'direct', modelRid: modelRid(model), branch: 'master' };
  expect(await told('create', { key, body: { deploymentType, runtimeConfiguration: runtime } })).toEqual(
    envelope(404, 'NOT_FOUND', 'ModelNotFound', { modelRid: modelRid(model) }),
  );
  const list = await ask(wire, 'list', { key, query: `preview=true&modelRid=${modelRid(model)}` });
  expect([list.status, list.body]).toEqual([200, { data: [] }]);
});

test('a model without a version that is ready cannot be deployed', async () => {
  const other = (await wire.send('POST', '/api/projects', { body: { name: `p ${Math.random()}` } })).body;
  const made = await wire.send('POST', '/api/models', {
    body: { project_id: other.id, name: `m ${Math.random()}` },
  });
  const deploymentType = { type: 'direct', modelRid: modelRid(made.body.id), branch: 'master' };
  expect(await told('create', { body: { deploymentType, runtimeConfiguration: runtime } })).toEqual(
    envelope(409, 'CONFLICT', 'Default:InvalidState'),
  );
});
