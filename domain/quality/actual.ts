import * as z from 'zod';
import { longerThan } from '../fields.ts';

const longest = 256;

/** What came true of a prediction, as it is reported: a label or a number. */
export const Actual = z
  .custom<string | number>()
  .check(({ value, issues }) => {
    const fault = faultOf(value);
    if (!fault) return;
    const { msg: message, ...params } = fault;
    issues.push({ code: 'custom', message, params, input: undefined });
  })
  .meta({
    type: ['string', 'number'],
    maxLength: longest,
    description: 'The label or the number that came true',
  });

function faultOf(value: unknown) {
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? undefined
      : { type: 'finite_number', msg: 'Input should be a finite number' };
  if (typeof value !== 'string') return { type: 'value_type', msg: 'Input should be a string or a number' };
  if (!longerThan(longest, value)) return undefined;
  return {
    type: 'string_too_long',
    msg: `String should have at most ${longest} characters`,
    ctx: { max_length: longest },
  };
}
