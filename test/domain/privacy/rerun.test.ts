import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anonymiser } from '../../../domain/privacy/anonymise.ts';
import { detect } from '../../../domain/privacy/detect.ts';
import { type Action, DetectedType as Detected, type DetectedType } from '../../../domain/privacy/types.ts';
import { dense, texts } from './support/texts.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const replacing = fc.constantFrom<Action>('redact', 'hash', 'pseudonymize', 'suppress');
const actions = fc.record(
  Object.fromEntries(Detected.options.map((type) => [type, replacing])) as Record<
    DetectedType,
    typeof replacing
  >,
);
const input = { text: fc.oneof(texts, dense), column: fc.constantFrom('note', 'phone', 'ssn', 'url', 'ip') };
const numRuns = 1500;

test('of a text that was anonymised nothing is found again', () => {
  let replaced = 0;
  const again = fc.record({ ...input, threshold: fc.constantFrom(0, 0.4, 0.9), actions });
  fc.assert(
    fc.property(again, ({ text, column, threshold, actions: given }) => {
      const rules = new Map(Detected.options.map((type) => [type, { action: given[type], config: {} }]));
      const { record } = anonymiser({ rules, everything: false, columns: new Map(), threshold, key });
      const first = record({ [column]: text });
      expect(record(first.row)).toEqual({ row: first.row, counts: {} });
      if (Object.keys(first.counts).length > 0) replaced++;
    }),
    { numRuns },
  );
  expect(replaced).toBeGreaterThan(numRuns / 5);
});

test('what is found lies within the text, in order, and nothing overlaps', () => {
  fc.assert(
    fc.property(input.text, input.column, (text, column) => {
      let at = 0;
      for (const { start, end, score } of detect(text, { column }, 0)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        at = end;
      }
      expect(at).toBeLessThanOrEqual(text.length);
    }),
    { numRuns },
  );
});

test('what a threshold lets through, a lower one does, and nothing of a detection is left in the result', () => {
  fc.assert(
    fc.property(input.text, (text) => {
      const sure = detect(text, {}, 0.6);
      const lower = detect(text, {}, 0.3);
      for (const { start, end } of sure)
        expect(lower.some((each) => each.start <= start && end <= each.end)).toBe(true);
      const everything = {
        rules: new Map(),
        everything: true,
        columns: new Map(),
        threshold: 0.6,
        key: undefined,
      };
      const { row } = anonymiser(everything).record({ text });
      const rest = String(row.text).replace(/\[[A-Z_]+\]/g, '\n');
      for (const { start, end } of sure) expect(rest.split('\n')).not.toContain(text.slice(start, end));
    }),
    { numRuns },
  );
});
