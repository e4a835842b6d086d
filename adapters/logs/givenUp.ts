import * as z from 'zod';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';
import { type Aside, readable } from './deadRecords.ts';
import type { StreamRecord } from './logRecords.ts';

const prefix = 'aws/';
/** An invocation has 6 MB, and its JSON stands in here as text. */
const mostBytes = 32 * 1024 * 1024;

const Event = z.object({ Records: z.array(z.looseObject({})) });
/** The record of a failed invocation; with an S3 destination the whole event is in it, as text. */
const Failure = z.object({
  payload: z.union([z.string().transform((text) => JSON.parse(text)), z.unknown()]),
});

/** The batches that the mapping of the logs gave up, each an object of its own. */
export async function givenUp(): Promise<Aside[]> {
  const bucket = env('DATA_BUCKET');
  const keys: string[] = [];
  for (let page = await objects.list(bucket, prefix); page.length > 0; ) {
    keys.push(...page);
    page = await objects.list(bucket, prefix, page.at(-1));
  }
  return keys.map((key) => ({
    records: async () => {
      const body = await objects.get({ bucket, key }, mostBytes);
      return body && readable(() => recordsOf(body.toString()));
    },
    forget: () => objects.remove({ bucket, key }),
  }));
}

function recordsOf(text: string): StreamRecord[] {
  const { payload } = Failure.parse(JSON.parse(text));
  return Event.parse(payload).Records;
}
