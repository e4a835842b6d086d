import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Cursor } from '../../../domain/aggregates/cursor.ts';
import { Id, Time } from '../../../domain/fields.ts';
import { Problem } from '../../../domain/problem.ts';

const Signed = z.object({
  deployment_id: Id,
  after: Id,
  since: z.number(),
  until: z.number(),
  total: z.int(),
  offset: z.int(),
  expires: z.number(),
  /** The end of the list's time as its first page said it. */
  shown: Time,
});
type Signed = Cursor & z.infer<typeof Signed>;

const signature = (payload: string, salt: string): string =>
  createHmac('sha256', salt).update(payload).digest('base64url');

/** Where a list goes on, in a form that only we can make. */
export function signed(cursor: Signed, salt: string): string {
  const payload = Buffer.from(JSON.stringify(cursor)).toString('base64url');
  return `${payload}.${signature(payload, salt)}`;
}

/** What was signed with this deployment's salt; undefined for anything else. */
export function opened(text: string, salt: string | undefined): Signed | undefined {
  const [payload = '', given = ''] = text.split('.');
  if (salt === undefined) return undefined;
  const [own, other] = [Buffer.from(signature(payload, salt)), Buffer.from(given)];
  if (own.length !== other.length || !timingSafeEqual(own, other)) return undefined;
  return Signed.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
}

export const refused = (cursor: string): Problem =>
  new Problem('invalid', [
    {
      type: 'value_error',
      loc: ['query', 'cursor'],
      msg: 'Value error, cursor is not one of this list or has expired',
      input: cursor,
      ctx: { error: {} },
    },
  ]);
