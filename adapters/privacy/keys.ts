import * as secrets from '../aws/secrets.ts';

export const nameOfKey = (projectId: string): string => `privacy/${projectId}`;

export const keyIn = (kept: string | undefined): Uint8Array | undefined =>
  kept === undefined ? undefined : Buffer.from(kept, 'base64');

/** Give a project its key, unless it has one: a key is never made anew, or what was pseudonymised would join no more. */
export async function keep(projectId: string, key: Uint8Array): Promise<void> {
  await secrets.create(nameOfKey(projectId), Buffer.from(key).toString('base64'));
}
