import { fnv1a } from './hash.ts';

/** How the raw values of a feature are read before they are binned. */
export type Reads = 'number' | 'boolean' | 'text';

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const truth = /^(?:true|false)$/i;
const longestNumber = 400;
const longestName = 64;
const keptOfLong = 48;

/** A number as the scoring engine reads one: decimal text and booleans are numbers; NaN is missing or of a wrong type. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.length > longestNumber) return Number.NaN;
  const text = value.trim();
  const number = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

/** The name of the category of a value, at most 64 characters; null is missing or of a wrong type. */
export function nameOf(reads: Reads, value: unknown): string | null {
  if (reads === 'text') return textOf(value);
  if (reads === 'boolean') return truthOf(value);
  const number = numberOf(value);
  return Number.isNaN(number) ? null : String(number);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') {
    if (value === '') return null;
    // Models know `True`, `TRUE` and true as one level.
    if (value.length <= 5 && truth.test(value)) return value.toLowerCase();
    return shortened(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'boolean' ? String(value) : null;
}

function truthOf(value: unknown): string | null {
  if (typeof value === 'string' && truth.test(value.trim())) return value.trim().toLowerCase();
  const number = numberOf(value);
  if (number === 1) return 'true';
  return number === 0 ? 'false' : null;
}

/** A profile holds names: what a long one loses, its hash stands for. */
function shortened(text: string): string {
  if (text.length <= longestName) return text;
  return `${text.slice(0, keptOfLong).toWellFormed()}…${fnv1a(text).toString(16).padStart(8, '0')}`;
}

/** The order of code points, in which texts with surrogate pairs are not where their units would put them. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Decimal text, as a level's name may be. */
export const isDecimal = (text: string): boolean => decimal.test(text);
