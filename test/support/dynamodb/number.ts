import { invalid } from './errors.ts';

/** A decimal number, exactly: digits · 10^exponent. */
type Decimal = { digits: bigint; exponent: number };

const plain = /^(?:0|-?[1-9]\d{0,14})$/;
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

function parse(text: string): Decimal {
  const match = decimal.exec(text);
  const whole = match?.[2] ?? '';
  const part = match?.[3] ?? '';
  if (!match || (whole === '' && part === ''))
    throw invalid('A value provided cannot be converted into a number');
  const all = whole + part;
  const significant = all.replace(/0+$/, '');
  const digits = BigInt(significant || '0');
  const exponent = Number(match[4] ?? 0) - part.length + (all.length - significant.length);
  return digits === 0n ? { digits, exponent: 0 } : { digits: match[1] === '-' ? -digits : digits, exponent };
}

/** Thirty-eight significant digits between 1E-130 and 9.9…E+125, as the service bounds them. */
function format({ digits, exponent }: Decimal): string {
  if (digits === 0n) return '0';
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString();
  const text = all.replace(/0+$/, '');
  const shift = exponent + (all.length - text.length);
  if (text.length > 38) throw invalid('Attempting to store more than 38 significant digits in a Number');
  const magnitude = text.length + shift;
  if (magnitude > 126)
    throw invalid('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (magnitude < -129)
    throw invalid(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  if (shift >= 0) return sign + text + '0'.repeat(shift);
  if (magnitude > 0) return `${sign}${text.slice(0, magnitude)}.${text.slice(magnitude)}`;
  return `${sign}0.${'0'.repeat(-magnitude)}${text}`;
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.digits * 10n ** BigInt(left.exponent - exponent),
    right.digits * 10n ** BigInt(right.exponent - exponent),
    exponent,
  ];
}

/** The one way the service writes a number: 1.50 and 15e-1 come back as 1.5. */
export const canonicalNumber = (text: string): string => (plain.test(text) ? text : format(parse(text)));

export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  if (plain.test(left) && plain.test(right)) return Number(left) - Number(right);
  const [a, b] = aligned(parse(left), parse(right));
  return a < b ? -1 : a > b ? 1 : 0;
}

export function addNumbers(left: string, right: string, sign: 1 | -1): string {
  if (plain.test(left) && plain.test(right)) return String(Number(left) + sign * Number(right));
  const [a, b, exponent] = aligned(parse(left), parse(right));
  return format({ digits: sign === 1 ? a + b : a - b, exponent });
}

/** One byte for two significant digits, one for the exponent, one for a minus. */
export function numberBytes(text: string): number {
  const { digits } = parse(text);
  if (digits === 0n) return 1;
  const length = digits.toString().replace('-', '').length;
  return Math.ceil(length / 2) + 1 + (digits < 0n ? 1 : 0);
}
