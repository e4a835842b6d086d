import fc from 'fast-check';
import type * as z from 'zod';
import { mark } from './refused.ts';

type Def = {
  type: string;
  format?: string;
  innerType?: z.core.$ZodType;
  element?: z.core.$ZodType;
  keyType?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
  shape?: Record<string, z.core.$ZodType>;
  entries?: Record<string, string>;
  values?: unknown[];
};

/** Values that a caller means no good with. */
export const junk = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e308,
      -1e308,
      5e-324,
      2 ** 53,
      '',
      ' ',
      mark,
      '0',
      '-1',
      'true',
      'null',
    ],
    ...[
      '\u0000',
      '\u202e',
      '../../x',
      `${mark}\r\nx: y`,
      '%00',
      '{{x}}',
      '__proto__',
      '1e400',
      'NaN',
      '٥',
      '2026-02-30T00:00:00Z',
    ],
    ...[
      mark.repeat(1000),
      '9'.repeat(500),
      [],
      {},
      [[]],
      [null],
      { [mark]: mark },
      [mark, 5],
      Array(1500).fill(null),
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.maxSafeInteger(),
);

const text = fc.oneof(
  fc.constantFrom('a', 'name of it', '😀', '-', 'champion', '1', '2', `${mark} x`),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
);
const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const value = fc.oneof(fc.double(), fc.integer(), fc.boolean(), text, fc.constant(null));
const record = fc.dictionary(fc.oneof(text, fc.constantFrom('age', 'income', '__proto__')), value, {
  maxKeys: 8,
});

/** Of what is checked by hand, by the field that holds it. */
const own: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  actual: fc.oneof(text, fc.integer(), fc.double()),
  inputs: fc.oneof(record, fc.array(record, { minLength: 1, maxLength: 5 })),
};

/** Things that exist, by the field that names one. */
export type Ids = Readonly<Record<string, string>>;

/** Values that mostly are what a schema asks for: of the field `name`, where it has one. */
export function like(schema: z.core.$ZodType, ids: Ids, name = ''): fc.Arbitrary<unknown> {
  const def = schema._zod.def as Def;
  const inner = (type: z.core.$ZodType | undefined, of = name) => (type ? like(type, ids, of) : junk);
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
      return fc.option(inner(def.innerType), { nil: undefined });
    case 'nullable':
      return fc.option(inner(def.innerType));
    case 'object':
      return fc
        .record(
          Object.fromEntries(Object.entries(def.shape ?? {}).map(([of, type]) => [of, inner(type, of)])),
        )
        .map((made) => JSON.parse(JSON.stringify(made)));
    case 'array':
      return fc.array(inner(def.element), { maxLength: 5 });
    case 'record':
      return fc.dictionary(text, inner(def.valueType), { maxKeys: 5 });
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries ?? {}));
    case 'literal':
      return fc.constantFrom(...(def.values ?? []));
    case 'boolean':
      return fc.oneof(fc.boolean(), fc.constantFrom<unknown>('yes', 'off', 1, '0'));
    case 'number':
      return fc.oneof(
        fc.integer({ min: 0, max: 400 }),
        fc.double({ min: 0, max: 1 }),
        fc.integer({ min: 1, max: 99 }).map(String),
      );
    case 'custom':
      return own[name] ?? own.inputs ?? junk;
    default:
      return named(def.format, ids, name);
  }
}

/** A text of a form: mostly one that exists, where the form or the field names things. */
function named(format: string | undefined, ids: Ids, name: string): fc.Arbitrary<unknown> {
  const [own, all] = [ids[name], Object.values(ids).filter((id) => !id.startsWith('ri.'))];
  if (format === 'guid')
    return fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...(own === undefined ? all : [own])) },
      { weight: 3, arbitrary: fc.constantFrom(...all) },
      { weight: 1, arbitrary: fc.uuid() },
    );
  if (own?.startsWith('ri.'))
    return fc.oneof({ weight: 6, arbitrary: fc.constant(own) }, { weight: 1, arbitrary: text });
  return format === 'datetime' ? time : text;
}

/** The same value with one place in it made wrong: a value replaced, a field left out, a field more. */
export const spoiled = (good: unknown): fc.Arbitrary<unknown> =>
  fc.tuple(fc.nat(), junk, fc.constantFrom('replace', 'drop', 'add')).map(([at, bad, how]) => {
    const copy = structuredClone(good);
    const places = placesIn(copy);
    const place = places[at % Math.max(1, places.length)];
    if (!place) return bad;
    const [holder, key] = place;
    if (how === 'replace') holder[key] = bad;
    else if (how === 'drop') delete holder[key];
    else holder[mark] = bad;
    return copy;
  });

type Holder = Record<string | number, unknown>;
function placesIn(value: unknown): [Holder, string | number][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    [value as Holder, key] as [Holder, string],
    ...placesIn((value as Holder)[key]),
  ]);
}

/** A body whose structure is wrong, as bytes or text. */
export const broken = (good: unknown): fc.Arbitrary<{ raw: string | Uint8Array; type?: string }> => {
  const json = JSON.stringify(good) ?? '';
  return fc.oneof(
    fc.nat({ max: Math.max(1, json.length) }).map((at) => ({ raw: json.slice(0, at) })),
    fc
      .tuple(fc.nat({ max: json.length }), fc.string({ unit: 'binary', maxLength: 5 }))
      .map(([at, more]) => ({ raw: json.slice(0, at) + more + json.slice(at) })),
    fc.uint8Array({ maxLength: 60 }).map((raw) => ({ raw })),
    junk.map((bad) => ({ raw: JSON.stringify(bad) ?? '' })),
    fc.constantFrom('text/plain', '', 'application/xml').map((type) => ({ raw: json, type })),
    fc
      .constantFrom('['.repeat(5000), `{"a":${'['.repeat(40)}`, `"${mark}`, '{"a":NaN}', '{"__proto__":{}}')
      .map((raw) => ({ raw })),
  );
};
