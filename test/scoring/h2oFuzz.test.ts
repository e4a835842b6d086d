import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { type Imported, importModel } from '../../scoring/import.ts';
import { effort } from '../support/effort.ts';
import { own } from './goldens.ts';
import { bytesOf, type Files, textOf, unzipped } from './h2oFiles.ts';

const folder = join(own, 'h2o');
const zips = readdirSync(folder).filter((file) => file.endsWith('.zip'));
const runs = Number(process.env.FUZZ_RUNS ?? 400);
const slowest = 2000;

/** A model that answers, or a refusal; in time either way. */
function expectAnswer(read: () => Imported): void {
  const start = effort();
  const imported = read();
  if ('refusal' in imported) expect(imported.refusal.message).not.toBe('');
  else {
    const model = reference(imported.model);
    const row = model.features.map(() => Number.NaN);
    expect(model.predict(Float64Array.from(row)).prediction).toBeDefined();
    expect(model.predict(new Float64Array(row.length)).prediction).toBeDefined();
  }
  expect(effort() - start).toBeLessThan(slowest);
}

const edits = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))), {
  minLength: 1,
  maxLength: 4,
});
const cut = fc.oneof({ arbitrary: fc.constant(null), weight: 5 }, { arbitrary: fc.nat(), weight: 1 });

function edited(
  bytes: Uint8Array,
  changes: readonly [at: number, byte: number][],
  end: number | null,
): Uint8Array {
  const copy = Uint8Array.from(bytes.subarray(0, end === null ? undefined : end % (bytes.length + 1)));
  for (const [at, byte] of changes) if (copy.length > 0) copy[at % copy.length] = byte;
  return copy;
}

describe('any bytes in place of a MOJO give a model or a refusal', () => {
  test('there are some', () => {
    expect(zips.length).toBeGreaterThan(20);
  });

  test('changed in the zip', () => {
    const files = zips.map((file) => readFileSync(join(folder, file)));
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, cut, (bytes, changes, end) => {
        expectAnswer(() => importModel(edited(bytes, changes, end)));
      }),
      { numRuns: runs },
    );
  });

  test('changed in a file of the directory', () => {
    const all: Files[] = zips.map((file) => unzipped(join(folder, file)));
    const place = fc
      .constantFrom(...all)
      .chain((files) => fc.tuple(fc.constant(files), fc.constantFrom(...files.keys())));
    let models = 0;
    fc.assert(
      fc.property(place, edits, cut, ([files, path], changes, end) => {
        const copy = new Map(files);
        copy.set(path, edited(files.get(path) as Uint8Array, changes, end));
        expectAnswer(() => {
          const imported = importModel(copy);
          if ('model' in imported) models++;
          return imported;
        });
      }),
      { numRuns: runs },
    );
    // Else every case would stop at the first check.
    expect(models).toBeGreaterThan(runs / 20);
  });

  test('with other values in its description', () => {
    const all: Files[] = zips.map((file) => unzipped(join(folder, file)));
    const strange = [
      '',
      '-1',
      '0',
      '1',
      '3',
      '65536',
      '99999999999',
      '1E308',
      'NaN',
      'null',
      'true',
      'x',
      '[]',
      '[0, 0]',
      '[1E308, -1E308]',
      'models/',
    ];
    const values = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...strange)), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...all), values, (files, changes) => {
        const lines = textOf(files.get('model.ini')).split('\n');
        for (const [at, value] of changes) {
          const line = at % lines.length;
          lines[line] = (lines[line] as string).replace(/( = |: ).*$/, (_, mark: string) => mark + value);
        }
        const copy = new Map(files).set('model.ini', bytesOf(lines.join('\n')));
        expectAnswer(() => importModel(copy));
      }),
      { numRuns: runs },
    );
  });
});
