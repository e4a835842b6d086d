import * as logs from '../../../adapters/logs/inferenceLogs.ts';
import { cursorAfter, isValid } from '../../../domain/aggregates/cursor.ts';
import type { Row } from '../../../domain/aggregates/pages.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { time } from '../../../domain/fields.ts';
import { isEmpty, windowOf } from '../../../domain/log.ts';
import { opened, refused, signed } from './cursor.ts';

interface Of {
  deployment: Deployment;
  salt: string | undefined;
}
interface Asked {
  limit: number;
  offset: number;
  since?: string;
  until?: string;
}

interface Page {
  rows: Row<logs.Found>[];
  total: number;
  offset: number;
  until: string;
  next_cursor: string | null;
}

/** A page at an offset of the logs of a time. */
export async function firstPage({ deployment, salt }: Of, asked: Asked, now: number): Promise<Page> {
  const { limit, offset } = asked;
  const window = windowOf(deployment, asked, now);
  const until = time(asked.until ? window.until : now + 1);
  if (isEmpty(window)) return { rows: [], total: 0, offset, until, next_cursor: null };
  const shards = deployment.log_shards;
  const { rows, total } = await logs.page(deployment, { ...window, now, shards, limit, offset });
  const next = cursorAfter({ deployment_id: deployment.id, ...window, offset, now }, { total, rows });
  const next_cursor = next && salt ? signed({ ...next, shown: until }, salt) : null;
  return { rows, total, offset, until, next_cursor };
}

/** The page that a cursor leads to: nothing is counted again, and nothing moves by what is logged meanwhile. */
export async function nextPage(
  { deployment, salt }: Of,
  text: string,
  { limit }: Asked,
  now: number,
): Promise<Page> {
  const cursor = opened(text, salt);
  if (!cursor || !salt || !isValid(cursor, { deployment_id: deployment.id, now })) throw refused(text);
  const { shown, total, offset } = cursor;
  const rows = await logs.pageAfter(deployment, { ...cursor, now, shards: deployment.log_shards, limit });
  const next = cursorAfter({ ...cursor, now }, { total, rows });
  const next_cursor = next && signed({ ...next, shown }, salt);
  return { rows, total, offset, until: shown, next_cursor };
}
