import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ApiKey,
  beyond,
  type Caller,
  callerOf,
  maySee,
  minted,
  opens,
  parse,
  within,
} from '../../domain/apiKey.ts';

const wanted = {
  name: 'n',
  scopes: ['read' as const],
  kind: 'user' as const,
  roles: [],
  project_ids: null,
  expires_at: null,
};
const place = { by: 'key:1', at: '2026-01-01T00:00:00Z' };
const make = (id: string, random: Uint8Array) => minted(wanted, { ...place, id }, random);
const secret = fc.uint8Array({ minLength: 24, maxLength: 24 });

test('a key is read back as what it was made of, and nothing kept tells its secret', () => {
  fc.assert(
    fc.property(fc.uuid(), secret, (id, random) => {
      const { key, digest, spelled } = make(id, random);
      const read = parse(spelled);
      expect(spelled).toMatch(/^slw_[a-z2-7]{26}_[0-9A-Za-z]{38}$/);
      expect([read?.id, read?.digest]).toEqual([id, digest]);
      expect(JSON.stringify(key)).not.toContain(spelled.slice(31, 63));
      expect(key.last4).toBe(spelled.slice(-4));
    }),
  );
});

test('one letter that is wrong is known by the checksum', () => {
  const letter = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-');
  fc.assert(
    fc.property(fc.uuid(), secret, fc.nat({ max: 68 }), letter, (id, random, at, other) => {
      const { spelled } = make(id, random);
      const wrong = spelled.slice(0, at) + other + spelled.slice(at + 1);
      expect(parse(wrong) === undefined).toBe(wrong !== spelled);
    }),
  );
});

test('whatever is sent as a key is refused or read, never fallen over', () => {
  const like = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), fc.string()).map(([a, b]) => `slw_${a}_${b}`),
  );
  fc.assert(fc.property(like, (text) => parse(text) === undefined));
  expect(parse(`slw_${'7'.repeat(26)}_${'z'.repeat(38)}`)).toBeUndefined();
});

describe('a key opens', () => {
  const { key, digest } = make('00000000-0000-7000-8000-000000000001', Buffer.alloc(24, 1));
  const other = make(key.id, Buffer.alloc(24, 2)).digest;
  const now = Date.parse('2026-06-01T00:00:00Z');
  const rows: [
    what: string,
    sent: Uint8Array,
    kept: { digest: Uint8Array; key: ApiKey } | undefined,
    open: boolean,
  ][] = [
    ['with its own secret', digest, { digest, key }, true],
    ['not with another', other, { digest, key }, false],
    ['not where none is kept', digest, undefined, false],
    ['not where nothing is what is kept', Buffer.alloc(32), undefined, false],
    ['not where the digest has another length', digest, { digest: Buffer.alloc(0), key }, false],
    ['not when it was revoked', digest, { digest, key: { ...key, revoked_at: place.at } }, false],
    ['until it ends', digest, { digest, key: { ...key, expires_at: '2026-06-01T00:00:00.001000Z' } }, true],
    ['not when it has ended', digest, { digest, key: { ...key, expires_at: '2026-06-01T00:00:00Z' } }, false],
  ];
  test.each(rows)('%s', (_, sent, kept, open) => {
    expect(opens(Buffer.from(sent), kept, now)).toBe(open);
  });
});

const caller = (more: Partial<Caller> = {}): Caller => ({
  id: 'key:1',
  kind: 'platform',
  scopes: ['admin', 'read'],
  roles: [],
  projects: null,
  expires: null,
  ...more,
});

test('a caller is the facts of a key and nothing else', () => {
  const { key } = make('00000000-0000-7000-8000-000000000001', Buffer.alloc(24));
  expect(callerOf({ ...key, expires_at: '2026-01-01T00:00:00Z', project_ids: ['p'] })).toEqual({
    id: `key:${key.id}`,
    kind: 'user',
    scopes: ['read'],
    roles: [],
    projects: ['p'],
    expires: Date.parse('2026-01-01T00:00:00Z'),
  });
});

test('a caller of some projects sees those and their keys; a key of every project is not theirs', () => {
  const some = caller({ projects: ['a', 'b'] });
  expect(['a', 'c'].map((id) => maySee(some, id))).toEqual([true, false]);
  const key = (project_ids: string[] | null) => ({ project_ids }) as ApiKey;
  expect([key(['a']), key(['a', 'c']), key(null)].map((k) => within(some, k))).toEqual([true, false, false]);
  expect([key(['c']), key(null)].map((k) => within(caller(), k))).toEqual([true, true]);
});

test('nobody grants more than he has: whatever is granted, its holder could grant no more either', () => {
  const scopes = fc.subarray(['read', 'write', 'predict', 'admin', 'privacy:override'] as const);
  const projects = fc.option(fc.subarray(['a', 'b', 'c'], { minLength: 1 }));
  const facts = fc.record({
    scopes,
    kind: fc.constantFrom('user' as const, 'platform' as const),
    roles: fc.subarray(['r', 's']),
    projects,
  });
  fc.assert(
    fc.property(facts, facts, facts, (mine, yours, theirs) => {
      const asKey = ({ projects: project_ids, ...rest }: typeof mine) => ({ ...rest, project_ids });
      const [me, you] = [caller(mine), caller(yours)];
      if (beyond(me, asKey(yours)) === undefined && beyond(you, asKey(theirs)) === undefined)
        expect(beyond(me, asKey(theirs))).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});
