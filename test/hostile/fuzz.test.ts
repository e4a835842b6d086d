import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../contracts/route.ts';
import { routes as every } from '../../contracts/routes.ts';
import { ridOf } from '../../domain/live/rid.ts';
import { delivered, logStream } from '../support/logs.ts';
import { broken, type Ids, junk, like, spoiled } from './support/arbitrary.ts';
import { type Hostile, mark, openHostile, type Sent } from './support/refused.ts';

const routes: readonly Route[] = every;
/** FUZZ_RUNS asks for more, FC_SEED for other requests. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 600);

let wire: Hostile;
let ids: Ids;
let keys: string[];
beforeEach(async () => {
  vi.stubEnv('REQUESTS_PER_SECOND', '0');
  wire = await openHostile();
  const { project_id, model_id } = await wire.ready();
  const job = await wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id, name: 'd', stage: 'production' },
  });
  ids = {
    project_id,
    model_id,
    created: job.body.id,
    operation_id: job.headers['x-operation-id'] ?? '',
    deployment_id: await wire.deploy(project_id, model_id),
  };
  const path = `/api/mlops/deployments/${ids.deployment_id}/predict`;
  const told = logStream(wire);
  const predicted = await wire.send('POST', path, { body: { inputs: {} } });
  // A computation of drift waits until all is counted.
  await delivered(wire, told());
  const { model } = (await wire.send('GET', `/api/models/${model_id}`)).body;
  const policy = { project_id, name: 'p', profile: 'pci_dss' };
  const { body: made } = await wire.send('POST', '/api/privacy/policies', { body: policy });
  const watched = { name: 'r', metric: 'error_rate', operator: 'gt', threshold: 5, severity: 'info' };
  const channels = [{ type: 'email', config: { to: ['a@example.com'] } }];
  const { body: rule } = await wire.send('POST', `/api/mlops/projects/${project_id}/alert-rules`, {
    body: { ...watched, channels },
  });
  ids = {
    ...ids,
    alert_rule_id: rule.rule_id,
    log_id: predicted.body.log_ids[0],
    ...{ policy_id: made.policy_id, privacy_policy_id: made.policy_id, rule_id: made.policy.rules[0].id },
    liveDeploymentRid: ridOf('deployment', ids.deployment_id ?? ''),
    modelRid: ridOf('model', model.registered_model_id),
    modelVersionRid: ridOf('version', model_id),
  };
  keys = [
    wire.key,
    wire.key,
    wire.key,
    await wire.keyWith({ project_ids: [project_id] }),
    await wire.keyWith({ scopes: ['read'] }),
    await wire.keyWith({ scopes: ['predict'] }),
  ];
});
afterEach(() => {
  vi.unstubAllEnvs();
  wire.silent();
});

/** These ask for names, or for so much at once, that nobody guesses it; their own tests find them. */
const naming = [
  'putAlias',
  'deleteAlias',
  'revokeApiKey',
  'createLiveDeployment',
  'replaceLiveDeployment',
  'createAlertRule',
  'backtestNewAlertRule',
  ...['getAlert', 'acknowledgeAlert', 'unacknowledgeAlert', 'redriveDelivery'],
  ...routes.filter(({ dialect }) => dialect === 'batch' || dialect === 'workspaces').map(({ id }) => id),
];

const parameters = (type: z.ZodType | undefined, of = ids) =>
  type instanceof z.ZodObject ? like(type, of) : fc.constant({});
const maybe = (wrong: number, good: unknown) =>
  fc.oneof(
    { weight: 100 - wrong, arbitrary: fc.constant(good) },
    { weight: wrong, arbitrary: spoiled(good) },
  );
const headers = fc.record(
  {
    'idempotency-key': fc.oneof(fc.constantFrom('k1', 'k2', '', 'ä'), fc.string({ maxLength: 300 })),
    'if-match': fc.constantFrom('"1"', '"2"', '*', 'W/"1"', mark, '"'),
    'x-request-id': fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.replaceAll(mark, '')),
    'content-length': fc.constantFrom('0', '-1', 'x', '99999999'),
    'content-encoding': fc.constantFrom('gzip', 'identity', ''),
  },
  { requiredKeys: [] },
);

/** Requests of a route: as it asks for them, with one field wrong, or of the wrong structure. */
function requests(route: Route) {
  const parts = fc.tuple(
    // Rules of alerts and of privacy are named alike.
    parameters(route.params, route.group === 'privacy' ? ids : { ...ids, rule_id: ids.alert_rule_id ?? '' }),
    parameters(route.query),
    route.body ? parameters(route.body) : fc.constant(undefined),
  );
  return fc
    .tuple(parts, fc.constantFrom('good', 'field', 'structure'))
    .chain(([[params, query, body], how]) => {
      const wrong = how === 'good' ? 0 : 60;
      const sent: fc.Arbitrary<Sent> =
        body === undefined
          ? fc.constant({})
          : how === 'structure'
            ? broken(body).map(({ raw, type }) => ({
                raw,
                ...(type !== undefined && { headers: { 'content-type': type } }),
              }))
            : maybe(wrong, body).map((one) => ({ body: one ?? null }));
      return fc.record({
        params: maybe(how === 'good' ? 0 : 15, params),
        query: maybe(wrong, query),
        sent,
        headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
        key: fc.nat({ max: 5 }),
        tail: fc.oneof(
          { weight: 9, arbitrary: fc.constant('') },
          { weight: 1, arbitrary: junk.map((bad) => `&limit=${encode(bad)}`) },
        ),
      });
    });
}

const encode = (value: unknown) =>
  encodeURIComponent((typeof value === 'string' ? value : String(JSON.stringify(value))).toWellFormed());
const pathOf = ({ path }: Route, params: unknown) =>
  path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => encode((params as Record<string, unknown> | null)?.[name] ?? 'x') || 'x',
  );
const queryOf = (query: unknown) =>
  typeof query === 'object' && query !== null
    ? Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .join('&')
    : '';

const Detail = z.strictObject({
  detail: z.union([
    z.string().min(1),
    z
      .array(
        z.strictObject({
          type: z.string(),
          loc: z.array(z.union([z.string().max(129), z.int()])).min(1),
          msg: z.string().min(1),
          input: z.unknown().optional(),
          ctx: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .min(1)
      .max(20),
  ]),
});
const Envelope = z.strictObject({
  errorCode: z.string().min(1),
  errorName: z.string().min(1),
  errorInstanceId: z.guid(),
  errorDescription: z.string(),
  parameters: z.record(z.string(), z.string()),
});
const isLive = ({ dialect }: Route) => dialect === 'live';
/** A refused prediction is logged, without its inputs, once it reached an active deployment. */
const allowed = (route: Route, effect: string) =>
  (route.id === 'predict' || route.id === 'transformJson') && effect.startsWith('logs:');

test.each(routes.map((route) => [route.id, route] as const))(
  '%s answers whatever comes, and a refusal changes nothing',
  async (_, route) => {
    const statuses: Record<number, number> = {};
    await fc.assert(
      fc.asyncProperty(requests(route), async ({ params, query, sent, headers: more, key, tail }) => {
        const before = wire.effects.length;
        const target = `${pathOf(route, params)}?${queryOf(query)}${tail}`;
        const got = await wire.send(route.method, target, {
          ...sent,
          headers: { ...sent.headers, ...more },
          key: keys[key] ?? wire.key,
        });
        statuses[got.status] = (statuses[got.status] ?? 0) + 1;
        expect(got.status).toBeLessThan(500);
        if (got.status !== 204) expect(got.headers['content-type']).toBe('application/json');
        if (got.status < 300) expect(route.returns.safeParse(got.body).error).toBeUndefined();
        else {
          expect((isLive(route) ? Envelope : Detail).safeParse(got.body).error).toBeUndefined();
          expect(wire.effects.slice(before).filter((effect) => !allowed(route, effect))).toEqual([]);
        }
      }),
      { numRuns, endOnFailure: true },
    );
    if (route.scope !== 'public') expect(Object.keys(statuses)).toContain('403');
    if (!naming.includes(route.id)) expect(Object.keys(statuses)).toContain(String(route.status));
    // What is wrong with a query of the live dialect is a bad request.
    const refused = isLive(route) && !route.body ? '400' : '422';
    if (route.query || route.body) expect(Object.keys(statuses)).toContain(refused);
  },
);
