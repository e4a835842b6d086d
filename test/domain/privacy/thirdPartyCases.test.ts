import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../../domain/privacy/detect.ts';
import { signsOf } from '../../../domain/privacy/signs.ts';
import type { DetectedType } from '../../../domain/privacy/types.ts';
import { rangesOf } from './support/marked.ts';

/** Cases of another project's tests; read in place, and absent from this repository. */
const file = join(import.meta.dirname, '../../../../shared/fixtures/pii/cases.json');
const haveThirdParty = existsSync(file);
if (!haveThirdParty) console.error(`skipped: no cases of other projects in ${file}`);

type Range = [start: number, end: number];
interface Case {
  text: string;
  expected_len: number;
  spans: Range[];
  leniency?: number;
}

const types: Record<string, DetectedType> = {
  EMAIL_ADDRESS: 'email',
  CREDIT_CARD: 'credit_card',
  US_SSN: 'ssn',
  IBAN_CODE: 'iban',
  IP_ADDRESS: 'ip_address',
  PHONE_NUMBER: 'phone_number',
  URL: 'url',
  MAC_ADDRESS: 'mac_address',
};

describe.skipIf(!haveThirdParty)('the cases of another detector', () => {
  if (!haveThirdParty) return;
  const all: Record<string, Case[]> = JSON.parse(readFileSync(file, 'utf8'));
  const casesOf = (entity: string) => (all[entity] ?? []).filter(({ leniency = 1 }) => leniency === 1);

  test('are for every type', () => {
    expect(Object.keys(all).sort()).toEqual(Object.keys(types).sort());
    expect(Object.keys(types).flatMap(casesOf)).toHaveLength(261);
  });

  test.each(Object.entries(types))(
    '%s: 98 % are found as they are, and none where none is',
    (entity, type) => {
      const wrong = casesOf(entity).filter((each) => !isRight(each, type));
      const positive = casesOf(entity).filter(({ expected_len }) => expected_len > 0);
      expect(positive.length).toBeGreaterThan(2);
      expect(wrong.filter(({ expected_len }) => expected_len === 0).map(({ text }) => text)).toEqual([]);
      const missed = wrong.filter(({ expected_len }) => expected_len > 0).map(({ text }) => text);
      expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(0.02 * positive.length);
    },
  );

  test.each(Object.entries(types))('%s: the gate lets them through', (entity, type) => {
    const held = casesOf(entity).filter(
      ({ text, expected_len }) => expected_len > 0 && !detectors[type].may(signsOf(text)),
    );
    expect(held).toEqual([]);
  });
});

function isRight({ text, expected_len, spans }: Case, type: DetectedType): boolean {
  const found = rangesOf(detectors[type].find(text));
  const wanted = spans.map((span) => withoutQuotes(text, span));
  return (
    found.length === expected_len && (spans.length === 0 || JSON.stringify(found) === JSON.stringify(wanted))
  );
}

function withoutQuotes(text: string, [start, end]: Range): Range {
  return /^'.*'$/.test(text.slice(start, end)) ? [start + 1, end - 1] : [start, end];
}
