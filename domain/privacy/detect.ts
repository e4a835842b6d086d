import { inContext } from './context.ts';
import { findCreditCards } from './creditCard.ts';
import type { Found } from './edge.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { findIps } from './ip.ts';
import { findMacs } from './mac.ts';
import { resolved } from './overlap.ts';
import { findPhones } from './phone.ts';
import { type Signs, signsOf } from './signs.ts';
import { findSsns } from './ssn.ts';
import type { DetectedType, Span } from './types.ts';
import { findUrls } from './url.ts';

interface Detector {
  find: (text: string) => Found[];
  /** Whether the text can hold any: what most texts fail at costs next to nothing. */
  may: (signs: Signs) => boolean;
}

export const detectors: Record<DetectedType, Detector> = {
  credit_card: { find: findCreditCards, may: ({ digits }) => digits >= 13 },
  iban: {
    find: findIbans,
    may: ({ length, digits, capitals }) => length >= 15 && digits >= 2 && capitals >= 2,
  },
  ssn: { find: findSsns, may: ({ digits }) => digits >= 9 },
  email: { find: findEmails, may: ({ ats }) => ats > 0 },
  ip_address: { find: findIps, may: ({ dots, colons }) => dots >= 3 || colons >= 2 },
  mac_address: {
    find: findMacs,
    may: ({ dots, colons, hyphens }) => dots >= 2 || colons >= 5 || hyphens >= 5,
  },
  phone_number: { find: findPhones, may: ({ digits }) => digits >= 8 },
  url: { find: findUrls, may: ({ dots }) => dots > 0 },
};
const all = Object.keys(detectors) as DetectedType[];

/**
 * The personal data in a text, none overlapping, in its order. A detection counts if its score (0 to 1), lifted by what
 * surrounds it, reaches the threshold. Only the given types are looked for, so none of the others can hide one.
 */
export function detect(
  text: string,
  context: { column?: string | undefined },
  threshold: number,
  types: readonly DetectedType[] = all,
): Span[] {
  const signs = signsOf(text);
  const spans: Span[] = [];
  for (const type of types) {
    const { may, find } = detectors[type];
    if (!may(signs)) continue;
    for (const { start, end, score } of find(text)) {
      const lifted = inContext(score, type, { text, start, column: context.column });
      if (lifted >= threshold) spans.push({ start, end, type, score: lifted });
    }
  }
  return spans.length > 1 ? resolved(spans) : spans;
}
