import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { effort } from '../support/effort.ts';
import { own } from './goldens.ts';

const folder = join(own, 'onnx');
const models = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => new Uint8Array(readFileSync(join(folder, name))));
const runs = Number(process.env.FUZZ_RUNS ?? 600);

/** A byte changed in place often leaves a model; one put in or cut out seldom does. */
const bit = fc.record({
  at: fc.noBias(fc.nat()),
  change: fc.nat(7).map((place) => 1 << place),
  cut: fc.constant(1),
});
const byte = fc.record({ at: fc.noBias(fc.nat()), change: fc.nat(255), cut: fc.constantFrom(1, 0, 2) });
const edits = fc.array(fc.oneof({ arbitrary: bit, weight: 3 }, byte), { minLength: 1, maxLength: 2 });
/** Where the file is cut off, if it is. */
const end = fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, fc.noBias(fc.nat()));
const mutated = fc.tuple(fc.constantFrom(...models), edits, end).map(([model, changes, cutAt]) => {
  let bytes = model;
  for (const { at, change, cut } of changes) {
    const place = at % bytes.length;
    const put = (bytes[place] ?? 0) ^ change;
    bytes = Uint8Array.from([...bytes.subarray(0, place), put, ...bytes.subarray(place + cut)]);
  }
  return cutAt === null ? bytes : bytes.subarray(0, cutAt % bytes.length);
});

const codes = ['unsupported_format', 'unsupported_model', 'malformed', 'too_large', 'unsafe'];

/** A model answers rows of any numbers with finite ones, or with none where its own numbers are too large. */
function check(bytes: Uint8Array): 'model' | 'refusal' {
  const imported = importModel(bytes);
  if ('refusal' in imported) {
    expect(codes).toContain(imported.refusal.code);
    expect(imported.refusal.message.length).toBeLessThan(200);
    return 'refusal';
  }
  const model = reference(imported.model);
  for (const value of [0, -1.5, Number.NaN]) {
    const { prediction } = model.predict(new Float64Array(model.features.length).fill(value));
    expect(['string', 'number']).toContain(typeof prediction);
  }
  return 'model';
}

describe('bytes that were an ONNX model once', () => {
  test('are a model or a refusal, at once', () => {
    const seen = { model: 0, refusal: 0 };
    fc.assert(
      fc.property(mutated, (bytes) => {
        const start = effort();
        seen[check(bytes)]++;
        expect(effort() - start).toBeLessThan(2_000);
      }),
      { numRuns: runs },
    );
    if (process.env.FUZZ_RUNS) console.error(seen);
    expect(seen.refusal).toBeGreaterThan(50);
    expect(seen.model).toBeGreaterThan(20);
  }, 600_000);

  test('never fail in another way than by a refusal that says where', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(mutated, (bytes) => {
        const imported = importModel(bytes);
        const message = 'refusal' in imported ? imported.refusal.message : 'model';
        seen.set(message, (seen.get(message) ?? 0) + 1);
      }),
      { numRuns: runs },
    );
    // What importModel says of an error that no reader threw on purpose.
    expect(seen.get('The file could not be read to its end.')).toBeUndefined();
  }, 600_000);
});
