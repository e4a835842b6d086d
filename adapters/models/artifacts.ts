import { createHash } from 'node:crypto';
import { time } from '../../domain/fields.ts';
import type { Kept } from '../../domain/model.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';

const expires = 300;

export type Part = 'artifact' | 'baseline';
export const mostBytes: Record<Part, number> = { artifact: 128 * 1024 * 1024, baseline: 64 * 1024 * 1024 };

const place = (key: string) => ({ bucket: env('MODELS_BUCKET'), key });
const uploadPlace = (modelId: string, part: Part) => place(`uploads/${modelId}/${part}`);

/** An address that takes one upload, once. */
export function upload(modelId: string, part: Part, now: number) {
  const headers = { 'if-none-match': '*' };
  return {
    method: 'PUT' as const,
    url: objects.uploadUrl(uploadPlace(modelId, part), headers, expires, now),
    headers,
    max_bytes: mostBytes[part],
    expires_at: time(now + expires * 1000),
  };
}

/** How many bytes were uploaded; undefined when nothing was. */
export const uploaded = (modelId: string, part: Part) => objects.size(uploadPlace(modelId, part));

/** What was uploaded, to be read once and trusted in nothing. */
export async function readUpload(modelId: string, part: Part): Promise<Uint8Array> {
  const bytes = await objects.get(uploadPlace(modelId, part), mostBytes[part]);
  if (!bytes) throw new Error(`the ${part} is not there`);
  return bytes;
}

/** Keep what was checked under a name of its own; what is there is never written over with other bytes. */
export async function keep(modelId: string, name: string, bytes: Uint8Array): Promise<Kept> {
  const sha256 = hashOf(bytes);
  const key = `models/${modelId}/${name}`;
  await objects.put(place(key), bytes);
  return { key, sha256, bytes: bytes.length };
}

/** The bytes that were kept, or an error that they are not the same any more. */
export async function read({ key, sha256, bytes }: Kept): Promise<Uint8Array> {
  const found = await objects.get(place(key), bytes);
  if (!found) throw new Error('the artifact is not there');
  if (hashOf(found) !== sha256) throw new Error('the artifact is not the one that was registered');
  return found;
}

/** Where it is kept, as others read it. */
export const address = ({ key }: Pick<Kept, 'key'>): string => `s3://${env('MODELS_BUCKET')}/${key}`;

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export const keepBaseline = (modelId: string): Promise<void> =>
  objects.copy(uploadPlace(modelId, 'baseline'), place(`baselines/${modelId}/sample`));
