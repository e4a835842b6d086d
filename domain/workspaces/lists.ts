/** What a list is sorted by. */
export const sorts = ['created_at', 'updated_at', 'name', '-created_at', '-updated_at', '-name'] as const;
type Sort = (typeof sorts)[number];

export interface Paging {
  page: number;
  page_size: number;
  sort: Sort;
}

interface Sortable {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
}

/** One page of all that was found, in order; equals in the order in which they were made. */
export function pageOf<T extends Sortable>(found: readonly T[], { page, page_size, sort }: Paging) {
  const [sign, field] = sort.startsWith('-') ? [-1, sort.slice(1)] : [1, sort];
  const by = (item: T) => (field === 'name' ? item.name : Date.parse(item[field as 'created_at']));
  const sorted = found.toSorted((a, b) => sign * (compared(by(a), by(b)) || compared(a.id, b.id)));
  const rows = sorted.slice((page - 1) * page_size, page * page_size);
  const pagination = {
    page,
    page_size,
    current_page_size: rows.length,
    total_pages: Math.max(1, Math.ceil(found.length / page_size)),
    total_results: found.length,
  };
  return { rows, pagination, sort };
}

const compared = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

/** What callers write freely: a null in it is theirs. */
const free = ['k8s_nim_operator_config', 'override_config', 'additional_envs'];

/** The same without what is null: so do the lists of this dialect, and nothing else of it. */
export function lean<T>(value: T): T {
  if (Array.isArray(value)) return value.map(lean) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(kept.map(([name, part]) => [name, free.includes(name) ? part : lean(part)])) as T;
}

/** The last version of each name. */
export function latestOf<T extends { name: string; version: number }>(all: readonly T[]): T[] {
  const latest = new Map<string, T>();
  for (const one of all) if (one.version >= (latest.get(one.name)?.version ?? 0)) latest.set(one.name, one);
  return [...latest.values()];
}
