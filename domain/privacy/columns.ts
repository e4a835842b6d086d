import * as z from 'zod';
import { ColumnType } from './types.ts';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const quoted = ColumnType.options.map((type) => `'${type}'`);
const expected = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
const isKnown = (type: unknown) => ColumnType.options.some((option) => option === type);
const spelled = {
  type: 'object',
  additionalProperties: { type: 'string', enum: ColumnType.options },
} as const;

/**
 * What the values of a column are, whatever they look like; `none` exempts it. Checked by hand: a record of zod leaves
 * a column called `__proto__` out, and its values would pass.
 */
export const ColumnMap = z
  .custom<Readonly<Record<string, ColumnType>>>()
  .check(({ value, issues }) => {
    const report = (path: string[], message: string, params: { type: string; ctx?: object }) =>
      issues.push({ code: 'custom', path, message, params, input: undefined });
    if (!isObject(value)) return void report([], 'Input should be a valid dictionary', { type: 'dict_type' });
    for (const [column, type] of Object.entries(value))
      if (!isKnown(type))
        report([column], `Input should be ${expected}`, { type: 'literal_error', ctx: { expected } });
  })
  .meta(spelled);

/** The same as it was stored, perhaps by one that knew other types. */
export const KeptColumnMap = z.custom<Readonly<Record<string, string>>>(isObject).meta(spelled);
