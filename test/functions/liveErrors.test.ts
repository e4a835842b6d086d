import { beforeAll, expect, test } from 'vitest';
import * as live from '../../contracts/live.ts';
import {
  type Asked,
  all,
  ask,
  envelope,
  modelRid,
  type Name,
  names,
  refusal,
  ridOf,
  routes,
} from './support/live.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

const bad = 'INVALID_ARGUMENT';
const invalid = envelope(400, bad, 'Conjure:InvalidArgument');
const unreadable = envelope(422, bad, 'Conjure:UnprocessableEntity');
const unsupported = envelope(400, bad, 'UnsupportedLiveDeployment');
const missing = (liveDeploymentRid: string) =>
  envelope(404, 'NOT_FOUND', 'LiveDeploymentNotFound', { liveDeploymentRid });

let wire: Wire;
let active: string;
let project: string;
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  project = project_id;
  active = ridOf(await wire.deploy(project_id, model_id));
});

const own = names.filter((name) => routes[name].own);
const bodied: Name[] = ['create', 'replace', 'transform'];
const told = async (name: Name, asked: Asked) => refusal(await ask(wire, name, asked));

test.each(names)(
  '%s: without a key, without its scope, without the preview flag, in that order',
  async (name) => {
    const none = envelope(401, 'UNAUTHORIZED', 'Default:Unauthorized');
    expect(await told(name, { key: null, query: '' })).toEqual(none);
    expect(await told(name, { key: 'slw_nothing', query: '' })).toEqual(none);
    const scopes = ['read', 'write', 'predict'].filter((scope) => scope !== routes[name].scope);
    const key = await wire.keyWith({ scopes });
    expect(await told(name, { key, query: '' })).toEqual(
      envelope(403, 'PERMISSION_DENIED', 'ApiUsageDenied'),
    );
    const preview = envelope(400, bad, 'ApiFeaturePreviewUsageOnly');
    const list = name === 'list' ? `&modelRid=${modelRid(noId)}` : '';
    for (const flag of [
      '',
      'preview=',
      'preview=false',
      'preview=TRUE',
      'preview=1',
      'preview=true&preview=no',
    ])
      expect(await told(name, { rid: 'nonsense', query: flag + list, raw: '{' }), flag).toEqual(preview);
  },
);

test.each(own)('%s: a path that is no resource identifier, before what is in it', async (name) => {
  for (const rid of ['x', `x${active}`, `${active}%20`, 'ri.Models.main.model.x', 'ri.a.b.c.'])
    expect(await told(name, { rid, raw: '{' }), rid).toEqual(invalid);
});

test.each(own)('%s: a deployment that is not there, is of others, or could be none of ours', async (name) => {
  const key = await wire.keyWith({ project_ids: [noId] });
  const strange = ['ri.foundry-ml-live.other.live-deployment.x', 'ri.foundry-ml-live.main.live-deployment.x'];
  for (const rid of [ridOf(noId), ...strange])
    expect(await told(name, { rid, raw: '{' }), rid).toEqual(missing(rid));
  expect(await told(name, { rid: active, key, raw: '{' })).toEqual(missing(active));
});

test.each(bodied)('%s: what is no body of its kind', async (name) => {
  const rid = active;
  for (const raw of ['{', '[]', '"x"', 'null', '{}', '{"__proto__":1}', `${'['.repeat(99)}${']'.repeat(99)}`])
    expect(await told(name, { rid, raw }), raw).toEqual(unreadable);
  const media = envelope(415, bad, 'Conjure:UnsupportedMediaType');
  expect(await told(name, { rid, raw: '{}', headers: { 'content-type': 'text/plain' } })).toEqual(media);
  const large = { rid, raw: `{"x":"${'x'.repeat(1024 * 1024)}"}` };
  expect(await told(name, large)).toEqual(
    envelope(413, 'REQUEST_ENTITY_TOO_LARGE', 'Default:RequestEntityTooLarge'),
  );
});

test('list needs a model, spelled as a resource identifier', async () => {
  for (const query of ['preview=true', 'preview=true&modelRid=', 'preview=true&modelRid=x'])
    expect(await told('list', { query }), query).toEqual(invalid);
});

test('a batch deployment is of no type of this dialect', async () => {
  const id = '00000000-0000-4000-8000-0000000000ba';
  const row = wire.table.peek('control', {
    pk: { S: `P#${project}` },
    sk: { S: `D#online#${active.split('.').at(-1)}` },
  });
  await wire.hooks.table.send('PutItem', {
    TableName: 'control',
    Item: { pk: { S: `DEP#${id}` }, sk: { S: 'LOC' }, pid: { S: project }, kind: { S: 'batch' } },
  });
  await wire.hooks.table.send('PutItem', {
    TableName: 'control',
    Item: {
      ...row,
      pk: { S: `P#${project}` },
      sk: { S: `D#batch#${id}` },
      id: { S: id },
      kind: { S: 'batch' },
    } as never,
  });
  for (const name of own) expect(await told(name, { rid: ridOf(id), raw: '{' }), name).toEqual(unsupported);
});

test.each([
  ['start', 'failed'],
  ['start', 'archived'],
  ['start', 'pending'],
  ['disable', 'failed'],
  ['disable', 'archived'],
  ['disable', 'deploying'],
] as const)('%s where it is %s is refused', async (name, life) => {
  const { project_id, model_id } = await wire.ready();
  const rid = ridOf(await wire.deployedIn(life, project_id, model_id));
  expect(await told(name, { rid })).toEqual(envelope(409, 'CONFLICT', 'Default:InvalidState'));
});

test('what has not answered in a probe is not started, and not ready', async () => {
  const { project_id, model_id } = await wire.ready();
  const rid = ridOf(await wire.deploy(project_id, model_id));
  expect((await ask(wire, 'disable', { rid })).status).toBe(204);
  const held = new Map(wire.store);
  for (const place of wire.store.keys())
    if (place.includes(model_id) || place.startsWith('models/models/'))
      wire.store.set(place, Buffer.from('x'));
  expect(await told('start', { rid })).toEqual(envelope(409, 'CONFLICT', 'Default:InvalidState'));
  expect((await ask(wire, 'get', { rid })).body.status).toEqual({ state: 'DISABLED', isReady: false });
  for (const [place, bytes] of held) wire.store.set(place, bytes);
  expect((await ask(wire, 'start', { rid })).status).toBe(204);
});

test('no route of the dialect is missing from these tables', () => {
  const paths = Object.values(live).map(({ method, path }) => `${method} ${path}`);
  const asked = Object.values(routes).map(
    ({ method, path, own }) => `${method} ${all}${own ? '/{liveDeploymentRid}' : ''}${path}`,
  );
  expect(asked.toSorted()).toEqual(paths.toSorted());
});
