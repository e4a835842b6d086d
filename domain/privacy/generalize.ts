import { readAddress, spellAddress } from './ipAddress.ts';
import type { PiiType, RuleConfig } from './types.ts';

/** What is meant for a type if a rule does not say. */
const usual: Partial<Record<PiiType, RuleConfig>> = {
  date_of_birth: { to: 'year' },
  postal_code: { prefix: 3 },
  ip_address: { to: 'network' },
  email: { to: 'domain' },
};

/** A coarser value, or undefined if the value cannot be read as what the rule says it is. */
export function generalized(
  type: PiiType,
  value: string | number,
  config: RuleConfig,
): string | number | undefined {
  const wanted = Object.keys(config).length > 0 ? config : (usual[type] ?? {});
  if (wanted.width !== undefined) return step(value, wanted.width);
  const text = String(value).trim();
  if (wanted.prefix !== undefined) return prefixOf(text, wanted.prefix);
  if (wanted.network || wanted.to === 'network') return network(text);
  if (wanted.domain || wanted.to === 'domain') return domain(text);
  return wanted.to === undefined ? undefined : date(text, wanted.to);
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/i;

/** The lower bound, in the form that the value has. */
function step(value: string | number, width: number): string | number | undefined {
  if (typeof value === 'string' && (value.length > 64 || !decimal.test(value.trim()))) return undefined;
  // Steps such as 0.1 have no exact multiples: nobody wants to see the last binary digits.
  const bound = Number((Math.floor(Number(value) / width) * width).toPrecision(12));
  if (!Number.isFinite(bound)) return undefined;
  return typeof value === 'string' ? String(bound) : bound;
}

/** A value that is not longer would be shown whole. */
function prefixOf(text: string, length: number): string | undefined {
  const characters = [...text];
  return characters.length > length ? characters.slice(0, length).join('') : undefined;
}

function network(text: string): string | undefined {
  const address = readAddress(text);
  if (!address) return undefined;
  const { v4, v6, prefix } = address;
  const kept = Math.min(v4 ? 24 : 48, prefix ?? 128);
  const bits = v4 ? 8 : 16;
  const masked = (v4 ?? v6 ?? []).map((part, i) => {
    const hidden = Math.min(bits, Math.max(0, (i + 1) * bits - kept));
    return (part >> hidden) << hidden;
  });
  return spellAddress({ ...(v4 ? { v4: masked } : { v6: masked }), prefix: kept });
}

const domain = (text: string): string | undefined => /@([^@\s]+\.[^@\s.]+)$/.exec(text)?.[1]?.toLowerCase();

const yearFirst = /^((?:1[89]|2[01])\d\d)(?:[-/.]?(\d{2})(?:[-/.]?(\d{2})(?:[T ].{0,40})?)?)?$/;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2((?:1[89]|2[01])\d\d)$/;

function date(text: string, to: 'year' | 'month' | 'decade'): string | undefined {
  const [year, month] = readYearFirst(text) ?? readYearLast(text) ?? [];
  if (year === undefined) return undefined;
  if (to === 'year') return year;
  if (to === 'decade') return `${year.slice(0, 3)}0`;
  return month === undefined ? undefined : `${year}-${month.padStart(2, '0')}`;
}

type Parts = [year: string, month?: string];

function readYearFirst(text: string): Parts | undefined {
  const [, year, month, day] = yearFirst.exec(text) ?? [];
  return year !== undefined && isDay(month ?? '1', day ?? '1') ? [year, month] : undefined;
}

/** Without the month where the order of month and day would have to be guessed. */
function readYearLast(text: string): Parts | undefined {
  const [, first = '', separator, second = '', year = ''] = yearLast.exec(text) ?? [];
  const months: string[] = [];
  if (isDay(second, first)) months.push(second);
  // Only where days come first, parts end in a point.
  if (separator !== '.' && isDay(first, second)) months.push(first);
  if (months.length === 0) return undefined;
  return new Set(months.map(Number)).size === 1 ? [year, months[0]] : [year];
}

const isDay = (month: string, day: string) =>
  Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
