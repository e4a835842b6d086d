/** Something that happened, as it goes out on the bus: ids only. */
export interface Announced {
  id: string;
  type: string;
  detail: Record<string, unknown>;
}

/** An item of the outbox as an event; undefined for whatever else is written beside it. */
export function announced(item: Record<string, unknown>): Announced | undefined {
  const { pk, sk, v: _, ...detail } = item;
  if (typeof sk !== 'string' || typeof detail.type !== 'string') return undefined;
  if (sk.startsWith('OUT#')) return { id: String(detail.id), type: detail.type, detail };
  if (sk.startsWith('E#'))
    return { id: `${String(pk).slice(2)}#${Number(sk.slice(2))}`, type: detail.type, detail };
  return undefined;
}
