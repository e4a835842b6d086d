import { type Archive, open } from './archive.ts';
import { joined } from './bytes.ts';
import { type Random, randomOf, seedOf } from './random.ts';

/** A model file; of an archive what is inside as well, so that it can be changed and packed again. */
export type Fixture = { name: string; bytes: Uint8Array; archive: Archive | null };

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const most = 16;

export type Case = { fixture: Fixture; bytes: Uint8Array; random: Random };

/** A case is made of its own numbers alone, so that it can be made again without those before it. */
export function caseOf(fixtures: readonly Fixture[], seed: string, format: string, number: number): Case {
  const random = randomOf(seedOf(seed, format, number));
  const fixture = random.pick(fixtures);
  return { fixture, bytes: mutated(fixture, random, fixtures), random };
}

/** A fixture with something wrong in it, often with several things; splices come from its fellows. */
function mutated(fixture: Fixture, random: Random, fellows: readonly Fixture[]): Uint8Array {
  // Bytes changed outside would nearly always only break a checksum.
  if (fixture.archive && random.chance(0.85)) return inside(fixture.archive, random, fellows);
  return several(
    fixture.bytes,
    random,
    fellows.map(({ bytes }) => bytes),
  );
}

function several(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  // Little enough that it often stays a model, of which more can go wrong than of a refusal.
  if (random.chance(0.4)) return random.pick(gentle)(bytes, random);
  let changed = bytes;
  for (let i = 1 + random.below(3); i > 0; i--) changed = random.pick(mutations)(changed, random, others);
  return changed;
}

function inside({ entries, pack }: Archive, random: Random, fellows: readonly Fixture[]): Uint8Array {
  const changed = [...entries];
  for (let i = 1 + random.below(2); i > 0 && changed.length > 0; i--) {
    const at = random.below(changed.length);
    const [name, bytes] = changed[at] as (typeof changed)[number];
    const what = random.below(24);
    if (what === 0) changed.splice(at, 1);
    else if (what === 1) changed[at] = [random.pick(names)(name), bytes];
    else changed[at] = [name, entry(name, bytes, random, fellows)];
  }
  return pack(changed);
}

/** An archive may hold another. */
function entry(name: string, bytes: Uint8Array, random: Random, fellows: readonly Fixture[]): Uint8Array {
  const nested = open(bytes);
  if (nested) return inside(nested, random, []);
  const others = fellows.flatMap(({ archive }) =>
    (archive?.entries ?? []).filter(([path]) => path === name).map(([, content]) => content),
  );
  return several(bytes, random, others);
}

const names: readonly ((name: string) => string)[] = [
  (name) => `../${name}`,
  (name) => `${name}/`,
  (name) => name.toUpperCase(),
  () => '__proto__',
  () => '',
];

const cut = (bytes: Uint8Array, from: number, to: number, put: Uint8Array) =>
  joined([bytes.subarray(0, from), put, bytes.subarray(to)]);

/** A place, and a length that fits after it. */
function span(bytes: Uint8Array, random: Random, longest: number): [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + random.below(longest))];
}

const noise = (random: Random, length: number) => Uint8Array.from({ length }, () => random.below(256));

/** What lengths, counts and numbers are made of when somebody wishes harm. */
const extremes = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fc00000, 0x7f800000,
];
const words = [
  '-1',
  '0',
  '1e999',
  'NaN',
  'inf',
  '-inf',
  'null',
  '2147483648',
  '99999999999',
  '0x10',
  '[]',
  '',
  '"',
  '1e-320',
];
const digits = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;

const gentle: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  function bit(bytes, random) {
    const changed = bytes.slice();
    const at = random.below(changed.length);
    if (changed.length > 0) changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    return changed;
  },
  function digit(bytes, random) {
    const places: number[] = [];
    const from = random.below(bytes.length + 1);
    for (let at = from; at < Math.min(bytes.length, from + 200); at++)
      if ((bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) places.push(at);
    if (places.length === 0) return bytes;
    const changed = bytes.slice();
    changed[random.pick(places)] = 0x30 + random.below(10);
    return changed;
  },
];

const mutations: readonly Mutation[] = [
  function flip(bytes, random) {
    const changed = bytes.slice();
    for (let i = 1 + random.below(most); i > 0 && changed.length > 0; i--) {
      const at = random.below(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    }
    return changed;
  },
  function overwrite(bytes, random) {
    const [from, to] = span(bytes, random, most);
    return cut(bytes, from, to, noise(random, to - from));
  },
  function extreme(bytes, random) {
    if (bytes.length < 8) return bytes;
    const changed = bytes.slice();
    const view = new DataView(changed.buffer);
    const at = random.below(changed.length - 7);
    const value = random.pick(extremes);
    if (random.chance(0.3)) view.setUint8(at, value & 0xff);
    else if (random.chance(0.8)) view.setUint32(at, value, random.chance(0.8));
    else view.setFloat64(at, random.pick([Number.NaN, Infinity, -Infinity, 1e308, 5e-324]), true);
    return changed;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function remove(bytes, random) {
    const [from, to] = span(bytes, random, random.chance(0.5) ? most : bytes.length);
    return cut(bytes, from, to, new Uint8Array());
  },
  function repeat(bytes, random) {
    const [from, to] = span(bytes, random, 4_096);
    return cut(bytes, to, to, bytes.subarray(from, to));
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    return cut(bytes, at, at, noise(random, 1 + random.below(most)));
  },
  function splice(bytes, random, others) {
    if (others.length === 0) return bytes;
    const other = random.pick(others);
    return joined([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
  number,
  number,
];

/** A number in the text near some place becomes another word; bytes that are no text become it as well. */
function number(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  const window = bytes.subarray(from, from + 200);
  const found = [...new TextDecoder('latin1').decode(window).matchAll(digits)];
  if (found.length === 0) return bytes;
  const { 0: text, index } = random.pick(found);
  const digit = String(random.below(10));
  const word = random.chance(0.5) ? random.pick(words) : text.replace(/\d(?=\D*$)/, digit);
  return cut(bytes, from + index, from + index + text.length, new TextEncoder().encode(word));
}
