import { hash } from 'node:crypto';
import { readAddress, spellAddress } from './ipAddress.ts';
import type { PiiType } from './types.ts';

const block = 64;

/**
 * HMAC-SHA-256 (64 hexadecimal digits) of a value under the key of its project: the same for one person in all rows of
 * a project, whatever the spelling, and of no use elsewhere. A plain hash of a card could be reversed by trying all.
 */
export function hmac(key: Uint8Array, type: PiiType, value: string): string {
  if (key.length > block) throw new Error('a key longer than a block of SHA-256');
  // RFC 2104 by hand: the objects that createHmac makes cost ten times what they compute, and rows are many.
  const inner = hash('sha256', keyed(key, 0x36, `${type}\0${normalised(type, value)}`, 'utf8'), 'binary');
  return hash('sha256', keyed(key, 0x5c, inner, 'latin1'));
}

/** The key, filled up and mixed with a byte, and what follows it. */
function keyed(key: Uint8Array, mixed: number, text: string, encoding: 'utf8' | 'latin1'): Buffer {
  const bytes = Buffer.allocUnsafe(block + Buffer.byteLength(text, encoding)).fill(mixed, 0, block);
  for (let i = 0; i < key.length; i++) bytes[i] = (key[i] ?? 0) ^ mixed;
  bytes.write(text, block, encoding);
  return bytes;
}

function normalised(type: PiiType, value: string): string {
  const plain = value.normalize('NFC').trim();
  return normal[type]?.(plain) || plain;
}

const digits = (value: string) => value.replace(/\D/g, '');

/** Empty for what cannot be read as one: then it stands for itself. */
const normal: Partial<Record<PiiType, (value: string) => string>> = {
  email: (value) => value.toLowerCase(),
  credit_card: digits,
  ssn: digits,
  phone_number: (value) => value.replace(/[^\d+]/g, ''),
  iban: (value) => value.replace(/[\s-]/g, '').toUpperCase(),
  ip_address: (value) => {
    const address = readAddress(value);
    return address ? spellAddress(address) : '';
  },
};
