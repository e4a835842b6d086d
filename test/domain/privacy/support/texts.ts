import fc from 'fast-check';
import { cases, clean } from './cases.ts';
import { marked } from './marked.ts';

const whole = Object.values(cases)
  .flat()
  .map((text) => marked(text).text);
const glue = [
  '',
  ' ',
  '-',
  '.',
  ',',
  ':',
  ';',
  '/',
  '@',
  '+',
  '(',
  ')',
  '_',
  '0',
  '7',
  'a',
  'É',
  '::',
  ' card ',
  ' phone: ',
  ' ip ',
];

/** Personal data and what looks like it, side by side in every way. */
export const texts = fc
  .array(fc.tuple(fc.constantFrom(...whole, ...clean), fc.constantFrom(...glue)), { maxLength: 6 })
  .map((parts) => parts.flat().join(''));

/** Few characters, those that detectors look for, in any order. */
export const dense = fc.string({
  unit: fc.constantFrom(
    ...'0123456789',
    ...'aAfF',
    ...'.:-+/@ ()_,%',
    'com',
    '192.0.2.7',
    '4111',
    'DE89',
    'http://',
  ),
  maxLength: 60,
});
