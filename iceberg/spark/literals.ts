import { fault } from '../fault.ts';
import type { FieldType, PrimitiveType, Value } from '../model.ts';

/** A name of Spark's, whatever is in it. */
export const sparkName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** A text of Spark's, which reads a backslash in it as the beginning of something else. */
export function sparkText(value: string): string {
  if (value.includes('\0')) throw fault('unsupported', 'a text with a NUL is nothing that Spark reads');
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const names: Record<string, string> = {
  ...{ boolean: 'BOOLEAN', int: 'INT', long: 'BIGINT', float: 'FLOAT', double: 'DOUBLE', date: 'DATE' },
  ...{ timestamp: 'TIMESTAMP_NTZ', timestamptz: 'TIMESTAMP', string: 'STRING', uuid: 'STRING' },
  ...{ binary: 'BINARY', fixed: 'BINARY' },
};

/** The type of Spark that holds a column; undefined where Spark has none for it. */
export const sparkType = (type: FieldType): string | undefined =>
  type.type === 'decimal' ? `DECIMAL(${type.precision}, ${type.scale})` : names[type.type];

const microsPerDay = 86_400_000_000n;
const milliseconds = 1000n;

/** A text, a moment in microseconds or a day as Spark writes it. */
export function sparkValue(type: PrimitiveType, value: Value): string {
  if (typeof value === 'string') return sparkText(value);
  if (type.type === 'date')
    return `CAST('${isoOf(BigInt(Number(value)) * microsPerDay).slice(0, 10)}' AS DATE)`;
  if (typeof value === 'bigint' && type.type === 'timestamptz')
    return `CAST('${isoOf(value)}Z' AS TIMESTAMP)`;
  if (typeof value === 'bigint' && type.type === 'timestamp')
    return `CAST('${isoOf(value)}' AS TIMESTAMP_NTZ)`;
  throw fault('unsupported', 'a value of this type is not written for Spark');
}

function isoOf(micros: bigint): string {
  const below = ((micros % milliseconds) + milliseconds) % milliseconds;
  const iso = new Date(Number((micros - below) / milliseconds)).toISOString();
  return `${iso.slice(0, -1)}${String(below).padStart(3, '0')}`;
}
