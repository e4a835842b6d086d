import type { Random } from '../random.ts';
import type { Asked, World } from '../world.ts';
import type { Ids, Raised } from './scene.ts';

export type Kind = 'create' | 'promote' | 'rollback' | 'deactivate' | 'get' | 'list' | 'predict';
/** One request of a client: what is asked of which deployment, and the Idempotency-Key if it has one. */
export type Deed = {
  kind: Kind;
  of: string;
  to?: { deployment?: string; model?: string };
  stage?: string;
  key?: string;
};
export type Reply = Awaited<ReturnType<World['call']>>;

const operation = {
  create: 'createDeployment',
  promote: 'promoteDeployment',
  rollback: 'rollbackDeployment',
  deactivate: 'deactivateDeployment',
  get: 'getDeployment',
  list: 'listDeployments',
  predict: 'predict',
} as const;

export const writes = (kind: Kind): boolean => !['get', 'list', 'predict'].includes(kind);

export function ask({ call }: World, { ids, key }: Raised, deed: Deed): Promise<Reply> {
  const headers = deed.key === undefined ? {} : { 'idempotency-key': deed.key };
  return call(operation[deed.kind], { key, headers, ...wire(deed, ids) });
}

function wire({ kind, of, to = {}, stage }: Deed, ids: Ids): Asked {
  const params = { deployment_id: of };
  switch (kind) {
    case 'create':
      return {
        params: { project_id: ids.project },
        body: { model_id: to.model ?? ids.model, name: 'd', stage },
      };
    case 'promote':
      return { params, body: { to_stage: 'production' } };
    case 'rollback':
      return { params, body: { to_deployment_id: to.deployment, to_model_id: to.model } };
    case 'predict':
      return { params, body: { inputs: [{}] } };
    case 'list':
      return { params: { project_id: ids.project } };
    default:
      return { params };
  }
}

const pick = <T>(from: Random, some: readonly T[]): T => some[from.below(some.length)] as T;

/** What one client does, one request after the other. Some share a key, as a client does that asks twice. */
function script(from: Random, ids: Ids): Deed[] {
  const all = [ids.production, ...ids.staging, ids.archived];
  const keyed = (deed: Deed): Deed =>
    from.chance(30)
      ? { ...deed, key: `${deed.kind} ${deed.of} ${JSON.stringify(deed.to)} ${deed.stage} ${from.below(2)}` }
      : deed;
  const of = pick(from, all);
  const dice = from.below(100);
  if (dice < 24) return [keyed({ kind: 'promote', of: pick(from, ids.staging) })];
  if (dice < 36)
    return [keyed({ kind: 'rollback', of, to: { deployment: pick(from, [ids.archived, ids.production]) } })];
  if (dice < 46) return [keyed({ kind: 'rollback', of, to: { model: pick(from, [ids.model, ids.other]) } })];
  if (dice < 60) return [keyed({ kind: 'deactivate', of: pick(from, [of, ids.production]) })];
  if (dice < 74) return [keyed({ kind: 'create', of: '', stage: pick(from, ['staging', 'production']) })];
  if (dice < 86) return looks(6);
  if (dice < 92) return Array.from({ length: 4 }, () => ({ kind: 'get', of: pick(from, all) }) as const);
  return [
    { kind: 'predict', of },
    { kind: 'predict', of },
  ];
}

const looks = (count: number): Deed[] => Array.from({ length: count }, () => ({ kind: 'list', of: '' }));

/**
 * What each of so many clients does. Only one predicts: in one process requests share a read that is under way, on
 * Lambda each environment has one request at a time.
 */
export function scripts(from: Random, ids: Ids, clients: number): Deed[][] {
  const all = Array.from({ length: clients }, () => script(from, ids));
  const first = all.findIndex(([deed]) => deed?.kind === 'predict');
  return all.map((deeds, n) => (deeds[0]?.kind === 'predict' && n !== first ? looks(4) : deeds));
}
