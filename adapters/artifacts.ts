import { time } from '../domain/fields.ts';
import { env } from './env.ts';
import * as objects from './objects.ts';

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

export const readUpload = (modelId: string) =>
  objects.get(uploadPlace(modelId, 'artifact'), mostBytes.artifact).then(found);
export const readArtifact = (key: string) => objects.get(place(key), mostBytes.artifact).then(found);

function found(bytes: Uint8Array | undefined): Uint8Array {
  if (!bytes) throw new Error('the artifact is not there');
  return bytes;
}

/** Keep what was checked; from here it is never written again. */
export async function keep(modelId: string, bytes: Uint8Array): Promise<string> {
  const key = `models/${modelId}/artifact`;
  await objects.put(place(key), bytes);
  return key;
}

export const keepBaseline = (modelId: string): Promise<void> =>
  objects.copy(uploadPlace(modelId, 'baseline'), place(`baselines/${modelId}/sample`));
