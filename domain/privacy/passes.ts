import { resolved } from './overlap.ts';
import type { Span } from './types.ts';

/** A text that still shows something new after so many is given up. */
const mostPasses = 8;

interface Range {
  start: number;
  end: number;
}

/**
 * A text with what is found in it replaced; null if something in it may not even be replaced, undefined if there is no
 * end to it. What is replaced can uncover what it stood beside, so we look until nothing is found; what a replacement
 * leaves on purpose is not looked at again.
 */
export function replaceAll(
  given: string,
  find: (text: string) => Span[],
  replace: (span: Span, original: string) => string | null,
): string | null | undefined {
  let text = given;
  let done: Range[] = [];
  for (let pass = 0; pass < mostPasses; pass++) {
    const found = find(text);
    const spans = done.length === 0 ? found : resolved(found.flatMap((span) => apart(span, done)));
    if (spans.length === 0) return text;
    const kept = done.filter((range) => !spans.some((span) => overlap(range, span)));
    const next = replaceOnce(text, { spans, kept }, replace);
    if (!next) return null;
    ({ text, done } = next);
  }
  return undefined;
}

/** Nothing of a span within what is done; one that reaches out of it takes all of it, and is redacted. */
function apart(span: Span, done: readonly Range[]): Span[] {
  const met = done.filter((range) => overlap(range, span));
  if (met.some(({ start, end }) => start <= span.start && span.end <= end)) return [];
  if (met.length === 0) return [span];
  const start = Math.min(span.start, ...met.map((range) => range.start));
  const end = Math.max(span.end, ...met.map((range) => range.end));
  return [{ ...span, start, end, merged: true }];
}

function replaceOnce(
  text: string,
  { spans, kept }: { spans: readonly Span[]; kept: readonly Range[] },
  replace: (span: Span, original: string) => string | null,
): { text: string; done: Range[] } | null {
  const done: Range[] = [];
  let out = '';
  let at = 0;
  const parts: (Range | Span)[] = [...kept, ...spans];
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    const original = text.slice(part.start, part.end);
    const replacement = isSpan(part) ? replace(part, original) : original;
    if (replacement === null) return null;
    out += text.slice(at, part.start);
    done.push({ start: out.length, end: out.length + replacement.length });
    out += replacement;
    at = part.end;
  }
  return { text: out + text.slice(at), done };
}

const overlap = (a: Range, b: Range) => a.start < b.end && b.start < a.end;
const isSpan = (part: Range | Span): part is Span => 'type' in part;
