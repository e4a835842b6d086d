import { expect, test } from 'vitest';
import { detect } from '../../../domain/privacy/detect.ts';
import { resolved } from '../../../domain/privacy/overlap.ts';
import type { DetectedType, Span } from '../../../domain/privacy/types.ts';

const span = (start: number, end: number, type: DetectedType, score: number): Span => ({
  start,
  end,
  type,
  score,
});

test.each<[what: string, given: Span[], result: Span[]]>([
  [
    'spans apart stay',
    [span(5, 9, 'ssn', 1), span(0, 5, 'url', 0.3)],
    [span(0, 5, 'url', 0.3), span(5, 9, 'ssn', 1)],
  ],
  ['a contained one is dropped', [span(0, 9, 'email', 1), span(2, 5, 'url', 0.3)], [span(0, 9, 'email', 1)]],
  [
    'of equal ranges the surer stays',
    [span(0, 9, 'ssn', 0.4), span(0, 9, 'url', 0.6)],
    [span(0, 9, 'url', 0.6)],
  ],
  [
    'then the longer',
    [span(0, 5, 'credit_card', 0.6), span(0, 9, 'ip_address', 0.6)],
    [span(0, 9, 'ip_address', 0.6)],
  ],
  [
    'then the first type',
    [span(0, 9, 'phone_number', 0.4), span(0, 9, 'ssn', 0.4)],
    [span(0, 9, 'ssn', 0.4)],
  ],
  [
    'overlap in part makes one of the surer type',
    [span(0, 6, 'url', 0.6), span(4, 9, 'email', 1)],
    [{ ...span(0, 9, 'email', 1), merged: true }],
  ],
  [
    'of equals that overlap in part the earlier names it',
    [span(4, 8, 'ip_address', 0.6), span(2, 6, 'url', 0.6)],
    [{ ...span(2, 8, 'url', 0.6), merged: true }],
  ],
  [
    'a sure one within a larger one names it',
    [span(0, 9, 'url', 0.6), span(4, 6, 'email', 1)],
    [{ ...span(0, 9, 'email', 1), merged: true }],
  ],
  [
    'a chain is one',
    [span(0, 4, 'url', 0.6), span(3, 7, 'ssn', 0.5), span(6, 9, 'email', 1)],
    [{ ...span(0, 9, 'email', 1), merged: true }],
  ],
])('%s', (_, given, result) => {
  expect(resolved(given)).toEqual(result);
  expect(resolved(given.toReversed())).toEqual(result);
});

test('an address within a page is no page of its own', () => {
  const text = 'https://example.com/?user=jane@example.com';
  expect(detect(text, {}, 0.4)).toEqual([{ ...span(0, text.length, 'email', 1), merged: true }]);
  expect(detect(text, {}, 0.4, ['url'])).toEqual([span(0, text.length, 'url', 0.6)]);
});
