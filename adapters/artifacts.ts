import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { time } from '../domain/fields.ts';
import { env } from './env.ts';
import { objects } from './objects.ts';

const bucket = () => ({ Bucket: env('MODELS_BUCKET') });
const expires = 300;

export type Part = 'artifact' | 'baseline';
const uploadKey = (modelId: string, part: Part) => `uploads/${modelId}/${part}`;
export const artifactKey = (modelId: string) => `models/${modelId}/artifact`;
const baselineKey = (modelId: string) => `baselines/${modelId}/sample`;
export const mostBytes: Record<Part, number> = { artifact: 128 * 1024 * 1024, baseline: 64 * 1024 * 1024 };

/** An address that takes one upload, once. */
export async function upload(modelId: string, part: Part, now: number) {
  const command = new PutObjectCommand({ ...bucket(), Key: uploadKey(modelId, part), IfNoneMatch: '*' });
  const url = await getSignedUrl(objects, command, {
    expiresIn: expires,
    unhoistableHeaders: new Set(['if-none-match']),
    signableHeaders: new Set(['host', 'if-none-match']),
  });
  return {
    method: 'PUT' as const,
    url,
    headers: { 'if-none-match': '*' },
    max_bytes: mostBytes[part],
    expires_at: time(now + expires * 1000),
  };
}

/** How many bytes were uploaded; undefined when nothing was. */
export async function uploaded(modelId: string, part: Part): Promise<number | undefined> {
  try {
    const { ContentLength } = await objects.send(
      new HeadObjectCommand({ ...bucket(), Key: uploadKey(modelId, part) }),
    );
    return ContentLength;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

const read = async (Key: string): Promise<Uint8Array> => {
  const { Body } = await objects.send(new GetObjectCommand({ ...bucket(), Key }));
  if (!Body) throw new Error('an object without a body');
  return Body.transformToByteArray();
};

export const readUpload = (modelId: string): Promise<Uint8Array> => read(uploadKey(modelId, 'artifact'));
export const readArtifact = (key: string): Promise<Uint8Array> => read(key);

/** Keep what was checked; from here it is never written again. */
export async function keep(modelId: string, bytes: Uint8Array): Promise<string> {
  const Key = artifactKey(modelId);
  await objects.send(new PutObjectCommand({ ...bucket(), Key, Body: bytes }));
  return Key;
}

export async function keepBaseline(modelId: string): Promise<void> {
  const from = `${env('MODELS_BUCKET')}/${uploadKey(modelId, 'baseline')}`;
  await objects.send(new CopyObjectCommand({ ...bucket(), CopySource: from, Key: baselineKey(modelId) }));
}
