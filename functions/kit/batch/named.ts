import * as names from '../../../adapters/batch/names.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import { newestOnline } from '../../../adapters/deployments/named.ts';
import * as models from '../../../adapters/models/models.ts';
import { versionsOf } from '../../../adapters/models/versions.ts';
import { type Caller, maySee } from '../../../domain/apiKey.ts';
import type { ModelReference } from '../../../domain/batch/config.ts';
import { assertRole } from '../../../domain/batch/roles.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { conflict, notFound, Problem } from '../../../domain/problem.ts';
import { type Resolved, resolve } from '../runs/resolve.ts';

/** A deployment as its model's name and its own lead to it. */
export interface Place {
  model: string;
  name: string;
}

/** The registered model of a name. Throws the same for one that is not the caller's. */
export async function loadModel(caller: Caller, name: string): Promise<models.Registered> {
  const known = await models.registered(name);
  if (!known || !maySee(caller, known.project_id)) throw notFound(`Model '${name}'`);
  return known;
}

/** The batch deployment of a name, archived or not, else the newest online one that runs the model. */
export async function loadNamed(caller: Caller, { model, name }: Place): Promise<Deployment> {
  const { project_id } = await loadModel(caller, model);
  const named = await names.named(model, name);
  const deployment = named
    ? await deployments.get(project_id, 'batch', named.dep)
    : await newestOnline(project_id, name, new Set((await versionsOf(model)).keys()));
  if (!deployment) throw new Problem('notFound', `Deployment '${name}' not found for model '${model}'`);
  return deployment;
}

/** The same for a caller who wants to manage it. */
export async function loadManaged(caller: Caller, place: Place): Promise<Deployment> {
  const deployment = await loadNamed(caller, place);
  assertRole(caller, deployment);
  return deployment;
}

/** The same, where only batch deployments have what is asked for. */
export function assertBatch({ kind, name }: Deployment): void {
  if (kind !== 'batch') throw conflict(`Deployment '${name}' is online`);
}

/** The version of a model that is meant, ready to be deployed. Throws where there is none, or it is not. */
export async function versionMeant(known: models.Registered, reference: ModelReference): Promise<Resolved> {
  const { model_version, model_alias } = reference;
  const meant = await resolve(reference);
  const model = meant && (await models.get(known.project_id, meant.model_id));
  if (!meant || !model)
    throw model_version === null
      ? notFound(`Model '${known.name}' alias '${model_alias}'`)
      : notFound(`Model '${known.name}' version '${model_version}'`);
  if (model.status !== 'ready')
    throw conflict(`Model '${known.name}' version '${meant.version}' is not ready`);
  return meant;
}
