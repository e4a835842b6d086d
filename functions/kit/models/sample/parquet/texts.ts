import type { Stored } from './encodings.ts';
import type { Meaning } from './meanings.ts';
import { damaged } from './refusals.ts';

/** Bytes of a decimal, of 76 digits: more than any writer has. */
const longestInteger = 32;
const mostScale = 100;
const perSecond = { milliseconds: 1000n, microseconds: 1_000_000n, nanoseconds: 1_000_000_000n } as const;

/** A whole number as it is stored; as bytes it has its highest byte first, in two's complement. */
export function integerOf(stored: Stored): bigint {
  if (!(stored instanceof Uint8Array)) return BigInt(stored);
  if (stored.length > longestInteger) throw damaged();
  const digits = Buffer.from(stored).toString('hex');
  return BigInt.asIntN(stored.length * 8, BigInt(`0x${digits || '0'}`));
}

/** With all digits that its scale says, as databases write it: 12.30. */
export function decimalOf(value: bigint, scale: number): string {
  if (scale < 0 || scale > mostScale) throw damaged();
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

/** Since 1970, in ISO 8601 and with the digits of its unit where it is no whole second. */
export function stampOf(value: bigint, unit: Meaning['unit']): string {
  const per = perSecond[unit];
  const rest = ((value % per) + per) % per;
  const whole = new Date(Number((value - rest) / per) * 1000);
  if (Number.isNaN(whole.getTime())) throw damaged();
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(String(per).length - 1, '0')}`;
  return whole.toISOString().slice(0, -'.000Z'.length) + fraction;
}

export const dateOf = (days: number): string =>
  halfOf(stampOf(BigInt(days) * 86_400n * 1000n, 'milliseconds'), 0);
export const timeOf = (value: bigint, unit: Meaning['unit']): string => halfOf(stampOf(value, unit), 1);

const halfOf = (stamp: string, half: 0 | 1) => stamp.split('T')[half] as string;
