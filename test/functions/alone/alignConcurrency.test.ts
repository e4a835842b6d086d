import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { transport } from '../../../adapters/aws/signed.ts';
import { all, ask, modelRid } from '../support/live.ts';
import { noId, openWire, type Wire } from '../support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
/** What Lambda keeps started, and each of its changes. */
let started = 0;
let puts: number[] = [];
let pause: () => Promise<void> = async () => {};
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
  const { send } = transport;
  transport.send = async (url, headers, call) => {
    if (call.service !== 'lambda') return send(url, headers, call);
    await pause();
    if (call.method === 'GET') {
      const body = JSON.stringify({ RequestedProvisionedConcurrentExecutions: started, Status: 'READY' });
      const none = { 'x-amzn-errortype': 'ProvisionedConcurrencyConfigNotFoundException' };
      if (started === 0) return { status: 404, headers: none, body: Buffer.from('{}') };
      return { status: 200, headers: {}, body: Buffer.from(body) };
    }
    started = call.method === 'PUT' ? JSON.parse(String(call.body)).ProvisionedConcurrentExecutions : 0;
    puts.push(started);
    return { status: 202, headers: {}, body: Buffer.from('{}') };
  };
});
beforeEach(() => {
  puts = [];
  pause = async () => {};
});

const hear = (detail: object) => wire.functions.get('alignConcurrency')?.({ detail }, {} as Context);
/** Every event that lies in the outbox, or was put there since. */
let heard = new Set<string>();
function unheard() {
  const events = wire.table.items('control').flatMap((item) => {
    const { pk, sk, type, dep, prev } = item as Record<string, { S?: string }>;
    if (!type?.S?.startsWith('deployment.') || !/^(?:E|OUT)#/.test(sk?.S ?? '')) return [];
    return [{ place: `${pk?.S}/${sk?.S}`, detail: { dep: dep?.S, prev: prev?.S ?? null } }];
  });
  const fresh = events.filter(({ place }) => !heard.has(place));
  heard = new Set(events.map(({ place }) => place));
  return fresh.map(({ detail }) => detail);
}
async function hearAll() {
  for (const detail of unheard()) await hear(detail);
}

async function create(minReplicas: number): Promise<string> {
  const deploymentType = { type: 'direct', modelRid: modelRid(model_id), branch: 'master' };
  const runtimeConfiguration = { minReplicas, maxReplicas: Math.max(1, minReplicas) };
  const { body } = await wire.send('POST', `${all}?preview=true`, {
    body: { deploymentType, runtimeConfiguration },
  });
  return body.rid;
}
const replace = (rid: string, minReplicas: number) =>
  ask(wire, 'replace', { rid, body: { runtimeConfiguration: { minReplicas, maxReplicas: 50 } } });
const idOf = (rid: string) => rid.split('.').at(-1) ?? '';

test('as many are kept started as the active deployments ask for together', async () => {
  const [a, b] = [await create(3), await create(2)];
  await hearAll();
  expect(started).toBe(5);
  await ask(wire, 'disable', { rid: a });
  await hearAll();
  expect(started).toBe(2);
  await ask(wire, 'start', { rid: a });
  await replace(b, 4);
  await hearAll();
  expect(started).toBe(7);
  for (const rid of [a, b])
    await wire.send('POST', `/api/mlops/deployments/${idOf(rid)}/deactivate`, { body: {} });
  await hearAll();
  expect(started).toBe(0);
});

test('who is superseded in production gives back what he kept, though the event is of the other', async () => {
  const [a, b] = [await create(3), await create(1)];
  const promote = (rid: string) =>
    wire.send('POST', `/api/mlops/deployments/${idOf(rid)}/promote`, { body: { to_stage: 'production' } });
  await promote(a);
  await hearAll();
  expect(started).toBe(4);
  await promote(b);
  await hearAll();
  expect(started).toBe(1);
  await wire.send('POST', `/api/mlops/deployments/${idOf(b)}/deactivate`, { body: {} });
  await hearAll();
});

test('events that come twice, late or of what is not there change nothing', async () => {
  const rid = await create(2);
  const events = unheard();
  for (const detail of [...events, ...events.toReversed(), { dep: noId }]) await hear(detail);
  expect([started, puts]).toEqual([2, [2]]);
  await ask(wire, 'disable', { rid });
  await hearAll();
});

test('no installation pays for more than a hundred, whatever is asked for', async () => {
  const rid = await create(2_000_000_000);
  await hearAll();
  expect(started).toBe(100);
  await ask(wire, 'disable', { rid });
  await hearAll();
  expect(started).toBe(0);
});

test('events handled side by side, in any order and at any pace, leave what is true', async () => {
  const rids = [await create(1), await create(2), await create(3)];
  await hearAll();
  const deed = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('start', 'disable', 'replace'),
    replicas: fc.nat(9),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { minLength: 1, maxLength: 4 }),
      fc.scheduler(),
      async (deeds, scheduler) => {
        pause = () => scheduler.schedule(Promise.resolve()) as Promise<void>;
        const running: Promise<unknown>[] = [];
        for (const { who, what, replicas } of deeds) {
          const rid = rids[who] ?? '';
          if (what === 'replace') await replace(rid, replicas);
          else await ask(wire, what as 'start' | 'disable', { rid });
          for (const detail of unheard()) running.push(Promise.resolve(hear(detail)));
        }
        await scheduler.waitFor(Promise.all(running));
        const shown = await Promise.all(rids.map(async (rid) => (await ask(wire, 'get', { rid })).body));
        const wanted = shown.filter(({ status }) => status.state === 'ACTIVE');
        expect(started).toBe(wanted.reduce((sum, { runtimeConfiguration: r }) => sum + r.minReplicas, 0));
      },
    ),
    { numRuns: 15 },
  );
});

test('a deployment that never asked for any costs no call but the look', async () => {
  await wire.deploy(project_id, model_id);
  await hearAll();
  expect(puts).toEqual([]);
});
