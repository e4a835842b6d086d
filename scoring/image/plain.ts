import { damaged, type Image } from './container.ts';
import { isNumbers, type Numbers } from './numbers.ts';

/**
 * Plain data with typed arrays inside, as JSON and sections. JSON has no NaN, infinities or −0, so these are
 * marked: `{"$": "NaN"}`; arrays of numbers are `{"$": section}`, or only their length where all are 0. A key
 * that begins with `$` gets one more.
 */
type Marked = { $: string; zeros?: number };

export type Packed = { json: unknown; sections: [name: string, numbers: Numbers][] };

/** `name` begins the names of the sections. */
export function pack(value: unknown, name: string): Packed {
  const sections: Packed['sections'] = [];
  const keep = (numbers: Numbers): Marked => {
    if (numbers instanceof Float64Array && numbers.every((x) => Object.is(x, 0)))
      return { $: 'zeros', zeros: numbers.length };
    sections.push([`${name}${sections.length}`, numbers]);
    return { $: `${name}${sections.length - 1}` };
  };
  const packed = (part: unknown): unknown => {
    if (typeof part === 'number')
      return isJson(part) ? part : { $: Object.is(part, -0) ? '-0' : String(part) };
    return typeof part === 'object' && part !== null ? packedObject(part) : part;
  };
  const packedObject = (part: object): unknown => {
    if (isNumbers(part)) return keep(part);
    if (Array.isArray(part)) return part.map(packed);
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [escaped(key), packed(inner)]));
  };
  return { json: packed(value), sections };
}

const isJson = (x: number): boolean => Number.isFinite(x) && !Object.is(x, -0);

const escaped = (key: string): string => (key.startsWith('$') ? `$${key}` : key);

const special = new Set(['NaN', 'Infinity', '-Infinity', '-0']);

/** The same data again; its typed arrays are copies, free of the image. */
export function unpack(json: unknown, image: Image): unknown {
  const unpacked = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map(unpacked);
    if (Object.hasOwn(part, '$')) return unmarked(part as Marked, image);
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [key.startsWith('$') ? key.slice(1) : key, unpacked(inner)]),
    );
  };
  return unpacked(json);
}

function unmarked({ $: mark, zeros }: Marked, image: Image): number | Numbers {
  if (typeof mark !== 'string') throw damaged('a value in it is marked wrongly');
  if (special.has(mark)) return Number(mark);
  return mark === 'zeros' ? new Float64Array(zeros ?? 0) : image.section(mark).slice();
}
