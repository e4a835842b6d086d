import * as z from 'zod';

/** Shapes that many endpoints share. */
export const limit = (most = 500) => z.int().min(1).max(most).default(50);
export const offset = (most = 10_000) => z.int().min(0).max(most).default(0);

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.int(), limit: z.int(), offset: z.int() });

export const ok = z.object({ ok: z.literal(true) });
export const nothing = z.object({});
