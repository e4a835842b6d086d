import * as rules from '../../../adapters/alerts/rules.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import type { Route } from '../../../contracts/route.ts';
import { newWatch } from '../../../domain/alerts/watch.ts';
import { ridOf } from '../../../domain/live/rid.ts';
import { advance } from '../../../functions/kit/alerts/advance.ts';
import { wanted } from '../../functions/support/batching.ts';
import { found } from '../../support/alerts.ts';
import { type Hostile, mark, noId } from './refused.ts';
import { sampleOf } from './valid.ts';

/** What there is in a project, by the parameters and fields that name it. */
export type Things = Readonly<Record<string, string>>;

/** One of everything that a route can name. A new parameter needs a line here, or its route is not reached. */
export async function everything(wire: Hostile): Promise<Things> {
  const { project_id, model_id } = await wire.ready();
  const post = async (path: string, body: object) => {
    const got = await wire.send('POST', path, { body });
    if (got.status >= 300) throw new Error(`${path}: ${JSON.stringify(got.body)}`);
    return got;
  };
  const ofProject = `/api/mlops/projects/${project_id}`;
  const { model } = (await wire.send('GET', `/api/models/${model_id}`)).body;
  const workspace = (await wire.send('GET', `/api/projects/${project_id}`)).body.project.name;
  const made = await post(`${ofProject}/deployments`, { model_id, name: 'served', stage: 'staging' });
  const inside = `/apis/models/v2/workspaces/${encodeURIComponent(workspace)}`;
  wire.functions.set('checkBatch', async () => ({ outcome: 'passed', reason: '' }));
  await post(`/api/models/${encodeURIComponent(model.name)}/deployments`, {
    ...{ ...wanted, name: 'scored', allowed_roles: ['ops'] },
  });
  await wire.send('PUT', `/api/models/${encodeURIComponent(model.name)}/aliases/champion`, {
    body: { version: '1' },
  });
  const config = { engine: 'nim', model_spec: {}, executor_config: { gpu: 1 } };
  await post(`${inside}/deployment-configs`, { name: 'llama', ...config });
  await post(`${inside}/deployments`, { name: 'elsewhere', config: 'llama' });
  const policy = await post('/api/privacy/policies', { project_id, name: 'careful' });
  const rules = `/api/privacy/policies/${policy.body.policy_id}/rules`;
  const rule = await post(`${ofProject}/alert-rules`, { ...alertRule, deployment_id: made.body.id });
  await fire(project_id, rule.body.rule_id, made.body.id);
  const newest = async (what: string) => (await wire.send('GET', `${ofProject}/${what}`)).body.items[0].id;
  return {
    project_id,
    model_id,
    deployment_id: made.body.id,
    to_model_id: model_id,
    job_id: made.headers['x-operation-id'] ?? '',
    workspace,
    model: model.name,
    liveDeploymentRid: ridOf('deployment', made.body.id),
    modelRid: ridOf('model', model.registered_model_id),
    policy_id: policy.body.policy_id,
    privacy_rule_id: (await post(rules, { pii_type: 'email', action: 'redact' })).body.rule_id,
    rule_id: rule.body.rule_id,
    api_key_id: (await post('/api/auth/api-keys', { name: 'k', scopes: ['read'], project_ids: [project_id] }))
      .body.id,
    alert_id: await newest('alerts'),
    delivery_id: await newest('deliveries'),
  };
}

/** An alert and its delivery, as the evaluator makes them of what it finds. */
async function fire(projectId: string, ruleId: string, deploymentId: string) {
  const [rule, deployment] = [
    await rules.get(projectId, ruleId),
    await deployments.get(projectId, 'online', deploymentId),
  ];
  if (!rule || !deployment) throw new Error('nothing to watch');
  const at = Date.now();
  await advance({ rule, deployment }, newWatch(rule, deploymentId, at), found('breach', at), at);
}

/** The same names for what there is not. */
export const nothing = (things: Things): Things =>
  Object.fromEntries(Object.entries(things).map(([name, value]) => [name, named(value)]));

const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const named = (value: string) =>
  id.test(value) ? value.replace(id, '00000000-0000-4000-8000-00000000abcd') : 'nobody';

const alertRule = {
  ...{ name: 'r', metric: 'error_rate', operator: 'gt', threshold: 0.5, severity: 'warning' },
  for: { breaches: 1, of: 1 },
  channels: [{ type: 'email', config: { to: ['a@example.com'] } }],
};

/** What a parameter means where it is called like another one. */
function meant(
  { path, group }: Route,
  { model, privacy_rule_id }: Things,
): Record<string, string | undefined> {
  if (/\/versions\/\{name\}/.test(path)) return { name: '1', deployment: 'elsewhere', config: 'llama' };
  if (path.includes('/deployment-configs/')) return { name: 'llama' };
  if (path.startsWith('/apis/')) return { name: 'elsewhere' };
  if (path.includes('/aliases/')) return { name: model, alias: 'champion' };
  if (path.includes('{model}')) return { name: 'scored' };
  return group === 'privacy' ? { rule_id: privacy_rule_id } : {};
}

/** Bodies that no schema tells enough of. Every other one is made from its schema. */
const bodies: Record<string, (things: Things) => object> = {
  createAlertRule: () => alertRule,
  backtestNewAlertRule: () => alertRule,
  updateAlertRule: () => ({ name: 'other' }),
  createApiKey: ({ project_id }) => ({ name: 'k', scopes: ['admin'], project_ids: [project_id] }),
  createBatchDeployment: () => ({ ...wanted, name: 'another' }),
  putAllowedRoles: () => ({ allowed_roles: ['ops'] }),
  createWorkspaceDeployment: () => ({ name: mark, config: 'llama' }),
  updateWorkspaceDeployment: () => ({ config: 'llama' }),
  rollbackDeployment: ({ to_model_id }) => ({ to_model_id }),
  reportActuals: () => ({ actuals: [{ id: noId, actual: 1 }] }),
  predict: () => ({ inputs: {} }),
  transformJson: () => ({ input: { input_df: [{}] } }),
};

/** Names that are sent besides those of things. */
const said = {
  preview: 'true',
  version: '1',
  airflow_run_id: 'r',
  minReplicas: 0,
  maxReplicas: 1,
  branch: 'master',
};

/** A request that is right in everything, of things that there are or are not. */
export function requestOf(route: Route, things: Things): { method: string; target: string; body?: unknown } {
  const means: Record<string, string | undefined> = { ...things, ...meant(route, things) };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = means[name];
    if (value === undefined) throw new Error(`${route.id}: nothing is known as ${name}`);
    return encodeURIComponent(value);
  });
  const known = { ...means, ...said };
  const query = new URLSearchParams(route.query && (sampleOf(route.query, known) as Record<string, string>));
  const body = bodies[route.id]?.(things) ?? (route.body && sampleOf(route.body, { ...known, name: mark }));
  const { error } = route.body?.safeParse(body) ?? {};
  if (error) throw new Error(`${route.id} needs a line in bodies: ${error.message}`);
  return { method: route.method, target: `${path}?${query}`, ...(body !== undefined && { body }) };
}
