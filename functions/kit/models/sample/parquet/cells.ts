import { unfit } from '../records.ts';
import type { Stored } from './encodings.ts';
import type { Column } from './footer.ts';
import { damaged, unread } from './refusals.ts';
import { dateOf, decimalOf, integerOf, stampOf, timeOf } from './texts.ts';

/** A value as JSON has it; null where it is missing. */
export type Cell = string | number | boolean | null;
type Reader = (stored: Stored) => Cell;
type Made = (column: Column, charge: (bytes: number) => void) => Reader;

const longestText = 1 << 20;

const decimal: Made =
  ({ scale }) =>
  (stored) =>
    decimalOf(integerOf(stored), scale);
const stamp: Made =
  ({ unit, utc }) =>
  (stored) =>
    stampOf(integerOf(stored), unit) + (utc ? 'Z' : '');
const time: Made =
  ({ unit }) =>
  (stored) =>
    timeOf(integerOf(stored), unit);
const number: Made = () => (stored) => (Number.isNaN(stored) ? null : (stored as number));

const text: Made = ({ name }, charge) => {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  return (stored) => {
    const bytes = stored as Uint8Array;
    if (bytes.length > longestText)
      throw unfit(`has a text of more than ${longestText} bytes in column '${name.slice(0, 128)}'`);
    charge(bytes.length);
    try {
      return utf8.decode(bytes);
    } catch {
      throw unread(name, 'bytes that are no text', 'write it as text or numbers');
    }
  };
};

/** By what values mean and how they are stored. */
const readers: Record<string, Made> = {
  'plain 0': () => (stored) => stored === true,
  'plain 1': ({ unsigned }) =>
    unsigned ? (stored) => (stored as number) >>> 0 : (stored) => stored as number,
  'plain 2':
    ({ unsigned }) =>
    (stored) =>
      exact(unsigned ? BigInt.asUintN(64, integerOf(stored)) : stored),
  'plain 3': () => (stored) => stampOf(nanosecondsOf(stored), 'nanoseconds'),
  'plain 4': number,
  'plain 5': number,
  'plain 6': text,
  'decimal 1': decimal,
  'decimal 2': decimal,
  'decimal 6': decimal,
  'decimal 7': decimal,
  'date 1': () => (stored) => dateOf(stored as number),
  'time 1': time,
  'time 2': time,
  'stamp 2': stamp,
  'half 7': (column) => (stored) => {
    if (column.length !== 2) throw damaged();
    return number(column, () => {})(viewOf(stored).getFloat16(0, true));
  },
  'uuid 7': (column) => (stored) => {
    if (column.length !== 16) throw damaged();
    return Buffer.from(stored as Uint8Array)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
};

/**
 * Reads the values of a column as CSV or JSON lines would hold them: numbers while they are exact, else text, as
 * decimals are and times in ISO 8601. `charge` is told the bytes of every text.
 */
export function cellReader(column: Column, charge: (bytes: number) => void): Reader {
  const made = readers[`${column.meaning} ${column.physical}`];
  if (!made) throw unread(column.name, 'values of a type', 'write it as text or numbers');
  return made(column, charge);
}

const exact = (stored: Stored): number | string =>
  Number.isSafeInteger(Number(stored)) ? Number(stored) : String(stored);

const viewOf = (stored: Stored) => {
  const { buffer, byteOffset, byteLength } = stored as Uint8Array;
  return new DataView(buffer, byteOffset, byteLength);
};

/** INT96: nanoseconds of a day, and the day by the Julian calendar. */
function nanosecondsOf(stored: Stored): bigint {
  const view = viewOf(stored);
  const days = BigInt(view.getUint32(8, true)) - 2_440_588n;
  return days * 86_400_000_000_000n + view.getBigUint64(0, true);
}
