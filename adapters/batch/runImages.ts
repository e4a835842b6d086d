import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';

const placeOf = (runId: string) => ({ bucket: env('DATA_BUCKET'), key: `runs/${runId}/predict.img` });

/** Keep a model compiled anew for one run; the same artifact gives the same bytes, so whoever writes last changes nothing. */
export const keep = (runId: string, bytes: Uint8Array): Promise<void> =>
  objects.put(placeOf(runId), bytes, { timeout: 60_000, attempts: 2 });

/** The compiled model that was kept for a run, at most so many bytes; undefined where it needed none. */
export const read = (runId: string, mostBytes: number): Promise<Uint8Array | undefined> =>
  objects.get(placeOf(runId), mostBytes);

/** Where it was kept, as others read it. */
export function address(runId: string): string {
  const { bucket, key } = placeOf(runId);
  return `s3://${bucket}/${key}`;
}
