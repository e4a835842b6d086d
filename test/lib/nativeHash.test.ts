import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256 } from '../../lib/nativeHash.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('SHA-256 and HMAC are those of FIPS 180-2 and RFC 4231', async () => {
  const plain = Sha256();
  plain.update('abc');
  expect(hex(await plain.digest())).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const keyed = Sha256('Jefe');
  keyed.update('what do ya want for nothing?');
  expect(hex(await keyed.digest())).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('in pieces, of any kind of bytes, with any secret and again after a reset', async () => {
  const bytes = fc.uint8Array({ maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(fc.array(bytes), fc.option(bytes, { nil: undefined }), async (pieces, secret) => {
      const whole = Buffer.concat(pieces);
      const expected = secret
        ? createHmac('sha256', secret).update(whole)
        : createHash('sha256').update(whole);
      const hash = Sha256(secret?.slice().buffer);
      hash.update('of before');
      hash.reset();
      for (const [i, piece] of pieces.entries()) hash.update(i % 2 === 0 ? piece : piece.slice().buffer);
      expect(hex(await hash.digest())).toBe(expected.digest('hex'));
    }),
  );
});
