import type { Field, FieldType } from '../../../iceberg/model.ts';

const types: Record<string, FieldType> = {
  id: { type: 'long' },
  n: { type: 'int' },
  f1: { type: 'float' },
  f2: { type: 'double' },
  u: { type: 'string' },
  flag: { type: 'boolean' },
  day: { type: 'date' },
  at: { type: 'time' },
  ts: { type: 'timestamp' },
  tz: { type: 'timestamptz' },
  price: { type: 'decimal', precision: 9, scale: 2 },
  key: { type: 'uuid' },
  raw: { type: 'binary' },
  nested: { type: 'other', name: 'struct' },
  'Weird "name"': { type: 'int' },
  Amount: { type: 'int' },
  amount: { type: 'int' },
};

/** Columns of every type; the field ids begin at 1. */
export const fields: Field[] = Object.entries(types).map(([name, type], i) => ({
  id: i + 1,
  name,
  required: false,
  type,
}));

export const slot = BigInt(Date.parse('2026-11-20T06:00:00Z')) * 1000n;
export const scope = { fields, slot };
