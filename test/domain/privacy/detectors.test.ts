import { expect, test } from 'vitest';
import { detect, detectors } from '../../../domain/privacy/detect.ts';
import { signsOf } from '../../../domain/privacy/signs.ts';
import { DetectedType } from '../../../domain/privacy/types.ts';
import { cases, clean } from './support/cases.ts';
import { marked, rangesOf } from './support/marked.ts';

const all = DetectedType.options.flatMap((type) => cases[type].map((text) => ({ type, text })));

test.each(all)('$type is found where it is, and nowhere else: $text', ({ type, text: given }) => {
  const { text, ranges } = marked(given);
  expect(rangesOf(detectors[type].find(text))).toEqual(ranges);
});

test.each(all)('the gate of $type lets through what its detector finds: $text', ({ type, text: given }) => {
  const { text, ranges } = marked(given);
  const { may } = detectors[type];
  if (ranges.length > 0) expect(may(signsOf(text))).toBe(true);
  for (const [start, end] of ranges) expect(may(signsOf(text.slice(start, end)))).toBe(true);
});

test('gates keep plain words away from every detector', () => {
  const signs = signsOf('self-employed');
  expect(DetectedType.options.filter((type) => detectors[type].may(signs))).toEqual([]);
});

test.each(clean)('nobody is found in %s', (text) => {
  expect(detect(text, {}, 0.4)).toEqual([]);
  expect(detect(`in ${text} of it`, { column: 'segment' }, 0.4)).toEqual([]);
});

test.each([
  ['536-90-4399', 'ssn', 0.5],
  ['536904399', 'ssn', 0.05],
  ['53690-4399', 'ssn', 0.05],
  ['4111111111111111', 'credit_card', 1],
  ['DE89370400440532013000', 'iban', 1],
  ['jane@example.com', 'email', 1],
  ['192.0.2.7', 'ip_address', 0.6],
  ['::', 'ip_address', 0.1],
  ['00:1B:44:11:3a:b7', 'mac_address', 0.6],
  ['+12025550143', 'phone_number', 0.4],
  ['(202) 555-0143', 'phone_number', 0.4],
  ['030/2312500', 'phone_number', 0.3],
  ['2025550143', 'phone_number', 0.05],
  ['https://example.com', 'url', 0.6],
  ['example.com', 'url', 0.3],
] as const)('%s is %s with score %f', (text, type, score) => {
  expect(detect(text, {}, 0)).toEqual([{ start: 0, end: text.length, type, score }]);
  expect(detect(text, {}, score)).toHaveLength(1);
  expect(detect(text, {}, score + 0.001)).toEqual([]);
});
