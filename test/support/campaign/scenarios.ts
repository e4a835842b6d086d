import { readFileSync } from 'node:fs';
import type { Survey } from '../../../domain/invariants.ts';
import { logged } from './nature.ts';
import type { Stage } from './scene.ts';
import type { Scenario } from './trial.ts';

const events = (type: string, before: number) => (found: Survey) =>
  found.events.filter((event) => event.type === `deployment.${type}`).length - before;
const path = (deployment_id: string) => ({ params: { deployment_id } });

let waiting = '';
/** A registered model whose file has arrived and was not looked at yet. */
async function uploaded(
  { world }: Stage,
  { ids, key }: Parameters<NonNullable<Scenario['before']>>[1],
): Promise<void> {
  const { body } = await world.call('registerModel', { key, body: { project_id: ids.project, name: 'new' } });
  waiting = body.model_id;
  world.store.set(
    `models/uploads/${waiting}/artifact`,
    readFileSync('test/fixtures/models/xgboost-linear.json'),
  );
}
let before = { spooled: 0, dropped: 0 };

export const scenarios: Record<string, Scenario> = {
  'create in staging': {
    operation: 'createDeployment',
    asked: ({ project, model }) => ({
      params: { project_id: project },
      body: { model_id: model, name: 'n', stage: 'staging' },
    }),
    effects: (found) =>
      found.deployments.filter(({ name, life }) => name === 'n' && life !== 'failed').length,
  },
  'create in production': {
    operation: 'createDeployment',
    asked: ({ project, model }) => ({
      params: { project_id: project },
      body: { model_id: model, name: 'n', stage: 'production' },
    }),
    effects: (found) =>
      found.deployments.filter(({ name, stage }) => name === 'n' && stage === 'production').length,
  },
  promote: {
    operation: 'promoteDeployment',
    asked: ({ staging: [first] }) => ({ ...path(first), body: { to_stage: 'production' } }),
    effects: events('promoted', 0),
  },
  rollback: {
    operation: 'rollbackDeployment',
    asked: ({ production, archived }) => ({ ...path(production), body: { to_deployment_id: archived } }),
    effects: events('rolled_back', 0),
  },
  'rollback to a model': {
    operation: 'rollbackDeployment',
    asked: ({ production, other }) => ({ ...path(production), body: { to_model_id: other } }),
    effects: events('rolled_back', 0),
  },
  deactivate: {
    operation: 'deactivateDeployment',
    asked: ({ production }) => path(production),
    effects: events('deactivated', 0),
  },
  'create a project': {
    operation: 'createProject',
    asked: () => ({ body: { name: 'another' } }),
    effects: (found) => found.projects.filter(({ name }) => name === 'another').length,
  },
  'register a model': {
    operation: 'registerModel',
    asked: ({ project }) => ({ body: { project_id: project, name: 'another' } }),
    effects: (found) => found.models.filter(({ name }) => name === 'another').length,
  },
  'complete a model': {
    operation: 'completeModel',
    before: uploaded,
    asked: () => ({ params: { model_id: waiting } }),
    effects: (found) => found.models.filter(({ id, status }) => id === waiting && status === 'ready').length,
  },
  'create a key': {
    operation: 'createApiKey',
    asked: () => ({ body: { name: 'k', scopes: ['read'] } }),
    effects: (_, control) => control.filter(({ pk, name }) => pk === 'KEYS' && name === 'k').length,
  },
};

/** Not done once but answered once: what was answered is logged, spooled or counted as dropped. */
export const predicting: Scenario = {
  operation: 'predict',
  before: async () => {
    before = { spooled: logged.spooled, dropped: logged.dropped };
  },
  asked: ({ production }) => ({ ...path(production), body: { inputs: [{}] }, headers: {} }),
  effects: () => logged.spooled - before.spooled + (logged.dropped - before.dropped),
};
