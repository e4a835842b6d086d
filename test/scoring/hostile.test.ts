import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { selfCheck } from '../../scoring/probe.ts';
import { effort } from '../support/effort.ts';
import { own } from './goldens.ts';

const files = readdirSync(own, { withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.includes('.golden.'))
  .map(({ name }) => name);
const models = files.map((name) => new Uint8Array(readFileSync(join(own, name))));

const text = (arbitrary: fc.Arbitrary<string>) =>
  arbitrary.map((letters) => new TextEncoder().encode(letters));
/** Digits changed in place, which often leaves a model; bytes put in and cut out, which seldom does. */
const digit = fc.record({ at: fc.nat(), put: text(fc.constantFrom(...'0123456789')), cut: fc.constant(1) });
const sign = fc.record({ at: fc.nat(), put: text(fc.constantFrom(...'-.,:[]{}" \neEN')), cut: fc.nat(3) });
const piece = fc.record({ at: fc.nat(), put: text(fc.string({ unit: 'grapheme' })), cut: fc.nat(40) });
const byte = fc.record({
  at: fc.nat(),
  put: fc.uint8Array({ minLength: 1, maxLength: 1 }),
  cut: fc.constant(1),
});
const edits = fc.array(
  fc.oneof({ arbitrary: digit, weight: 6 }, { arbitrary: byte, weight: 3 }, sign, piece),
  { minLength: 1, maxLength: 3 },
);
const mutated = fc
  .tuple(
    fc.constantFrom(...models),
    edits,
    fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat() }),
  )
  .map(([model, changes, end]) => {
    let bytes = model;
    for (const { at, put, cut } of changes) {
      const place = at % bytes.length;
      bytes = Uint8Array.from([...bytes.subarray(0, place), ...put, ...bytes.subarray(place + cut)]);
    }
    return end === null ? bytes : bytes.subarray(0, end % bytes.length);
  });

const codes = ['unsupported_format', 'unsupported_model', 'malformed', 'too_large', 'unsafe'];

/** A model must answer a row of missing values, unless it says which it needs, without an exception. */
function check(bytes: Uint8Array): 'model' | 'refusal' {
  const imported = importModel(bytes);
  if ('refusal' in imported) {
    expect(codes).toContain(imported.refusal.code);
    expect(imported.refusal.message.length).toBeLessThan(200);
    return 'refusal';
  }
  const model = reference(imported.model);
  const row = model.read({});
  if (Array.isArray(row)) expect(new Set(row.map(({ problem }) => problem))).toEqual(new Set(['missing']));
  else {
    model.predict(row);
    if (model.contributions.available) model.explain(row);
  }
  selfCheck(model, model, model.contributions.available ? model.explain : null);
  return 'model';
}

describe('bytes of any kind', () => {
  test('that were a model once are a model or a refusal, at once', () => {
    const seen = { model: 0, refusal: 0 };
    fc.assert(
      fc.property(mutated, (bytes) => {
        const start = effort();
        seen[check(bytes)]++;
        expect(effort() - start).toBeLessThan(2_000);
      }),
      { numRuns: 600 },
    );
    expect(seen.refusal).toBeGreaterThan(50);
    expect(seen.model).toBeGreaterThan(20);
  }, 60_000);

  test('that never were a model are a refusal', () => {
    const heads = fc.constantFrom(
      '',
      '{"',
      'tree\n',
      'PK\x03\x04',
      'binf',
      '\x80\x04',
      '{L',
      '{i\x07learner{',
    );
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 400 }), (head, rest) => {
        expect(check(Uint8Array.from([...new TextEncoder().encode(head), ...rest]))).toBe('refusal');
      }),
      { numRuns: 500 },
    );
  });

  test('that are JSON of any shape are a refusal', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('learner', 'version', '__proto__'), fc.jsonValue()),
        (json) => {
          expect(check(new TextEncoder().encode(JSON.stringify(json)))).toBe('refusal');
        },
      ),
    );
  });
});
