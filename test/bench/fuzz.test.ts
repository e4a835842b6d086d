import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { open, zipOf } from '../../bench/scoring/fuzz/archive.ts';
import { fixtureAt, sourcesIn } from '../../bench/scoring/fuzz/fixtures.ts';
import { judge } from '../../bench/scoring/fuzz/judge.ts';
import { caseOf } from '../../bench/scoring/fuzz/mutate.ts';
import { randomOf } from '../../bench/scoring/fuzz/random.ts';
import { count, limits, tallyOf } from '../../bench/scoring/fuzz/tally.ts';

const own = join(import.meta.dirname, '../fixtures/models');
const fixtures = ['mlflow-xgboost.zip', 'mlflow-xgboost.tar.gz', 'xgboost-binary.json'].map((name) =>
  fixtureAt(join(own, name)),
);
const text = (words: string) => new TextEncoder().encode(words);

describe('an archive', () => {
  test('that is packed again holds the same files', () => {
    const entries: [string, Uint8Array][] = [
      ['a.txt', text('first')],
      ['b/c.bin', Uint8Array.from({ length: 5_000 }, (_, i) => (i * i) >> 3)],
      [`${'d/'.repeat(80)}long`, text('deep')],
      ['empty', new Uint8Array()],
    ];
    expect(open(zipOf(entries))?.entries).toEqual(entries);
    const tar = open(fixtures[1]?.bytes ?? new Uint8Array());
    const again = open(tar?.pack(entries) ?? new Uint8Array());
    expect(again?.entries).toEqual(entries);
  });

  test('that was packed again is still the model', () => {
    for (const { archive, name } of fixtures.filter((fixture) => fixture.archive)) {
      const bytes = archive?.pack(archive.entries) ?? new Uint8Array();
      expect(judge(bytes, randomOf(1)), name).toEqual({ kind: 'model' });
    }
  });

  test('that is none is told so', () => {
    expect(open(text('PK, but no zip'))).toBeNull();
    expect(open(text('{}'))).toBeNull();
  });
});

describe('a case', () => {
  const outcomes = (seed: string) =>
    Array.from({ length: 40 }, (_, i) => {
      const { bytes, random } = caseOf(fixtures, seed, 'any', i);
      return { bytes: crc32(bytes), outcome: judge(bytes, random) };
    });
  const first = outcomes('1');

  test('is the same for the same seed and another for another', () => {
    expect(outcomes('1')).toEqual(first);
    expect(outcomes('2')).not.toEqual(first);
  });

  test('is sometimes a model and sometimes a refusal', () => {
    const kinds = new Set(first.map(({ outcome }) => outcome.kind));
    expect([...kinds].sort()).toEqual(['model', 'refusal']);
  });

  test('starts from a file that is a model, under the format that it is in', () => {
    const sources = sourcesIn(own);
    const formats = sources.map(({ format }) => format);
    expect(formats).toEqual(expect.arrayContaining(['lightgbm-text', 'xgboost-json', 'mlflow', 'tar.gz']));
    expect(sources.filter(({ path }) => path.endsWith('.golden.json'))).toEqual([]);
  });
});

describe('a violation', () => {
  const line = { case: 3, fixture: 'one', milliseconds: 1, outcome: { kind: 'model' } } as const;

  test('is a case that takes too long', () => {
    const tally = tallyOf('any', 1);
    count(tally, line);
    expect(tally.violations).toEqual([]);
    count(tally, { ...line, milliseconds: limits.milliseconds + 1 });
    expect(tally).toMatchObject({ cases: 2, models: 2, violations: [{ format: 'any', case: 3 }] });
  });

  test('is an exception, and a process that grows too large', () => {
    const tally = tallyOf('any', 1);
    count(tally, { ...line, outcome: { kind: 'violation', why: 'thrown' } });
    count(tally, { peak: limits.megabytes + 1 });
    expect(tally.violations.map(({ why }) => why)).toEqual(['one: thrown', 'the process grew to 513 MiB']);
  });
});
