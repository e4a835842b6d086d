import { describe, expect, test } from 'vitest';
import { anonymiser, needsKey, type Treatment } from '../../../domain/privacy/anonymise.ts';
import type { Action, ColumnType, PiiType, RuleConfig } from '../../../domain/privacy/types.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
type Rules = Partial<Record<PiiType, [Action, RuleConfig?]>>;

function treating(rules: Rules, columns: Record<string, ColumnType> = {}, more: Partial<Treatment> = {}) {
  const entries = Object.entries(rules).map(
    ([type, [action, config = {}]]) => [type, { action, config }] as const,
  );
  return anonymiser({
    rules: new Map(entries) as Treatment['rules'],
    everything: entries.length === 0,
    columns: new Map(Object.entries(columns)),
    ...{ threshold: 0.4, key, ...more },
  });
}
const noteOf = (rules: Rules, note: unknown) => treating(rules).record({ note }).row.note;

describe('what is found in text', () => {
  test('is redacted without rules, and counted by type, not by value', () => {
    const note = 'jane@example.com or joe@example.com, 4111 1111 1111 1111';
    expect(treating({}).record({ note, amount: 3 })).toEqual({
      row: { note: '[EMAIL] or [EMAIL], [CREDIT_CARD]', amount: 3 },
      counts: { email: 2, credit_card: 1 },
    });
  });

  test('is left alone where no rule names its type', () => {
    const note = 'jane@example.com 4111111111111111';
    expect(treating({ email: ['redact'] }).record({ note })).toEqual({
      row: { note: '[EMAIL] 4111111111111111' },
      counts: { email: 1 },
    });
  });

  test('is found inside of what no rule names, or a rule keeps', () => {
    const note = 'https://example.com/?user=jane@example.com';
    expect(noteOf({ email: ['redact'] }, note)).toMatch(/\[EMAIL\]$/);
    expect(noteOf({ email: ['redact'], url: ['keep'] }, note)).not.toContain('jane');
  });

  test('is masked, hashed, coarsened and replaced in its place', () => {
    const note = 'card 4111 1111 1111 1111 from 192.0.2.7 by jane@example.com at https://example.com.';
    const rules: Rules = {
      credit_card: ['mask', { show_last: 4 }],
      ip_address: ['generalize'],
      email: ['pseudonymize'],
      url: ['replace', { value: 'a page' }],
    };
    expect(noteOf(rules, note)).toMatch(
      /^card \*{4} \*{4} \*{4} 1111 from 192\.0\.2\.0\/24 by <email:[0-9a-f]{16}> at a page\.$/,
    );
  });

  test('takes its text along when it is suppressed', () => {
    expect(treating({ email: ['suppress'] }).record({ note: 'by jane@example.com' })).toEqual({
      row: { note: null },
      counts: { email: 1 },
    });
  });

  test('is redacted where two overlap, whatever their rules show', () => {
    const note = 'at https://example.com/?user=jane@example.com today';
    const { record } = treating({ email: ['mask', { show_last: 12 }], url: ['mask', { show_first: 9 }] });
    expect(record({ note })).toEqual({ row: { note: 'at [EMAIL] today' }, counts: { email: 1 } });
  });

  test('uncovers what stood beside it', () => {
    expect(noteOf({}, 'order 202-555-0143-4111111111111111')).toBe('order [PHONE_NUMBER]-[CREDIT_CARD]');
  });

  test('is one pseudonym in every row, whatever stands around it', () => {
    const { record, value } = treating({ email: ['pseudonymize'] }, { mail: 'email' });
    const pseudonym = record({ mail: 'Jane@example.com' }).row.mail;
    expect(record({ note: 'by jane@example.com!' }).row.note).toBe(`by ${pseudonym}!`);
    expect(value('jane@example.com').value).toBe(pseudonym);
  });
});

describe('only strings are read', () => {
  test.each([4111111111111111, 536904399, 1700000000000, true, null, 0.5])('%s stays as it is', (value) => {
    const row = { card: value, ssn: value };
    expect(treating({}).record(row)).toEqual({ row, counts: {} });
  });

  test('nested ones to the fourth level; what lies below is not shown', () => {
    const at = (depth: number): unknown => (depth === 0 ? 'jane@example.com' : [at(depth - 1)]);
    const { record } = treating({});
    expect(record({ x: at(4) })).toEqual({ row: { x: [[[['[EMAIL]']]]] }, counts: { email: 1 } });
    expect(record({ x: at(5) })).toEqual({ row: { x: [[[['[NESTED]']]]] }, counts: { nested: 1 } });
    const deep = { a: { b: { c: { d: 'jane@example.com', n: 1 } } } };
    expect(record({ deep }).row.deep).toEqual({ a: { b: { c: { d: '[EMAIL]', n: 1 } } } });
  });

  test('keys are not', () => {
    const { row } = treating({}).record({ 'jane@example.com': { 'joe@example.com': 'x', __proto__: null } });
    expect(row).toEqual({ 'jane@example.com': { 'joe@example.com': 'x' } });
    const hostile = JSON.parse('{"__proto__": {"a": "jane@example.com"}}');
    expect(JSON.stringify(treating({}).record(hostile).row)).toBe('{"__proto__":{"a":"[EMAIL]"}}');
  });

  test('a long text is not read and not shown', () => {
    const { record } = treating({ email: ['redact'] });
    expect(record({ x: 'a'.repeat(8192) }).counts).toEqual({});
    expect(record({ x: 'a'.repeat(8193) })).toEqual({ row: { x: '[LONG_TEXT]' }, counts: { long_text: 1 } });
  });

  test('nothing is, where every rule is of another column', () => {
    const x = ['a'.repeat(9000), [[[[['jane@example.com']]]]]];
    expect(treating({ name: ['redact'], email: ['keep'] }).record({ x })).toEqual({ row: { x }, counts: {} });
  });
});

describe('a column map', () => {
  test('makes the whole value one of its type, number or string, at any threshold', () => {
    const columns = { who: 'name', zip: 'postal_code', ok: 'custom', mail: 'email' } as const;
    const { record } = treating({ postal_code: ['generalize', { prefix: 3 }] }, columns, { threshold: 1 });
    expect(record({ who: 'Jane', zip: 94110, ok: true, mail: 'no address' })).toEqual({
      row: { who: '[NAME]', zip: '941', ok: '[CUSTOM]', mail: '[EMAIL]' },
      counts: { name: 1, postal_code: 1, custom: 1, email: 1 },
    });
  });

  test('leaves what is missing missing', () => {
    const row = { who: null, zip: '', other: undefined };
    const { record } = treating({}, { who: 'name', zip: 'postal_code', other: 'name' });
    expect(record(row)).toEqual({ row, counts: {} });
  });

  test('exempts a column, however long or deep', () => {
    const row = { city: ['jane@example.com', 'a'.repeat(9000), [[[[['x']]]]]] };
    expect(treating({}, { city: 'none' }).record(row)).toEqual({ row, counts: {} });
  });

  test('lets a kept one pass', () => {
    const row = { who: ['Jane', 'jane@example.com'] };
    expect(treating({ name: ['keep'] }, { who: 'name' }).record(row)).toEqual({ row, counts: {} });
  });

  test('holds for all that is in a value', () => {
    const { record } = treating({}, { who: 'name' });
    expect(record({ who: { first: 'Jane', more: ['Doe', 7] } }).row).toEqual({
      who: { first: '[NAME]', more: ['[NAME]', '[NAME]'] },
    });
  });

  test('says nothing of outputs', () => {
    const { value } = treating({}, { prediction: 'name' });
    expect(value([{ prediction: 'Jane', label: 'jane@example.com', score: 0.7 }])).toEqual({
      value: [{ prediction: 'Jane', label: '[EMAIL]', score: 0.7 }],
      counts: { email: 1 },
    });
  });
});

test('the record that was given stays as it was', () => {
  const row = { note: 'jane@example.com', list: ['jane@example.com'] };
  treating({}).record(row);
  expect(row).toEqual({ note: 'jane@example.com', list: ['jane@example.com'] });
});

test('only to hash and to pseudonymize needs the key, and without it nothing is shown', () => {
  const ruled = (action: Action): Treatment['rules'] => new Map([['email', { action, config: {} }]]);
  const needing = (['redact', 'mask', 'hash', 'pseudonymize', 'generalize', 'suppress'] as const).filter(
    (action) => needsKey({ rules: ruled(action) }),
  );
  expect(needing).toEqual(['hash', 'pseudonymize']);
  expect(() => treating({ email: ['hash'] }, {}, { key: undefined })).toThrow('without its key');
  expect(() => treating({ email: ['mask'] }, {}, { key: undefined })).not.toThrow();
});
