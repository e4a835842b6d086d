import { Deployment, type Kind } from '../../domain/deployment.ts';
import type { Profile } from '../../domain/drift/profile.ts';
import { readProfile } from '../../domain/drift/readProfile.ts';
import { type Kept, Model } from '../../domain/model.ts';
import * as dynamo from '../aws/dynamo.ts';
import { env } from '../aws/env.ts';
import { unpacked } from '../codec.ts';
import { at } from '../items.ts';
import * as artifacts from './artifacts.ts';
import * as disk from './disk.ts';

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
  return item && Model.parse(unpacked(item, ['metrics', 'schema', 'probe', 'report']));
}

/** The bytes of an image, or of anything kept beside it: from the disk of this environment, else from the bucket. */
export async function image(kept: Kept): Promise<Uint8Array> {
  const recalled = disk.recall(kept);
  if (recalled) return recalled;
  const bytes = await artifacts.read(kept);
  disk.remember(kept, bytes);
  return bytes;
}

/** The baseline of a model; undefined if it is none that this Slipway reads. */
export async function profile(kept: Kept): Promise<Profile | undefined> {
  return readProfile(JSON.parse(Buffer.from(await image(kept)).toString()));
}
