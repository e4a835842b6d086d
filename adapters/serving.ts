import { createHash } from 'node:crypto';
import { Deployment, type Kind } from '../domain/deployment.ts';
import { Model } from '../domain/model.ts';
import { unpacked } from './codec.ts';
import * as dynamo from './dynamo.ts';
import { env } from './env.ts';
import { at } from './items.ts';
import * as objects from './objects.ts';

/** What predict reads, without an SDK. Every read is strongly consistent. */
export async function place(deploymentId: string): Promise<{ projectId: string; kind: Kind } | undefined> {
  const item = await dynamo.get(env('CONTROL_TABLE'), at.deploymentPlace(deploymentId));
  return item && { projectId: String(item.pid), kind: item.kind as Kind };
}

export async function deployment(projectId: string, kind: Kind, id: string): Promise<Deployment | undefined> {
  const item = await dynamo.get(env('CONTROL_TABLE'), at.deployment(projectId, kind, id));
  return item && Deployment.parse(unpacked(item, ['config']));
}

export async function model(projectId: string, id: string): Promise<Model | undefined> {
  const item = await dynamo.get(env('CONTROL_TABLE'), at.model(projectId, id));
  return item && Model.parse(unpacked(item, ['metrics', 'schema', 'probe']));
}

/** The bytes of an artifact, if they are the ones that were registered. */
export async function artifact({ key, sha256, bytes }: NonNullable<Model['artifact']>): Promise<Uint8Array> {
  const found = await objects.get({ bucket: env('MODELS_BUCKET'), key }, bytes);
  if (!found || createHash('sha256').update(found).digest('hex') !== sha256)
    throw new Error('the artifact is not the one that was registered');
  return found;
}
