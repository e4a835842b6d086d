import type { Expression } from './expression.ts';
import { filterFault } from './issue.ts';

/** The functions of LIKE and ILIKE; the first two have a fast way for patterns of texts and `%` alone. */
const likes = ['~~', '!~~', '~~*', '!~~*'];
const escaped = ['like_escape', 'not_like_escape', 'ilike_escape', 'not_ilike_escape'];

/** Of `%` before the end of a pattern; every further one multiplies the work by the length of the text. */
const mostWildcards = 2;

/**
 * Refuses patterns of LIKE that the engine may work on for ever: it tries every way to place each `%`, and nothing stops it
 * within one value.
 */
export function checkPattern(name: string, [, pattern, sign]: readonly Expression[], at?: number): void {
  if (!likes.includes(name) && !escaped.includes(name)) return;
  const text = textOf(pattern);
  if (text === undefined || (escaped.includes(name) && textOf(sign) === undefined))
    throw filterFault('the pattern of LIKE has to be a text', at);
  const fast = (name === '~~' || name === '!~~') && !text.includes('_');
  const wildcards = text.match(/%+(?!%|$)/g)?.length ?? 0;
  if (!fast && wildcards > mostWildcards)
    throw filterFault(
      `a pattern of ILIKE, or with _ or ESCAPE, has at most ${mostWildcards} % before its end`,
      at,
    );
}

const textOf = (one: Expression | undefined): string | undefined =>
  one?.class === 'CONSTANT' && one.constant.id === 'VARCHAR' ? one.constant.value : undefined;
