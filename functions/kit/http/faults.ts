import type * as z from 'zod';
import type { Fault } from '../../../domain/problem.ts';
import { named } from './faultWords.ts';
import { defAt } from './lax.ts';

type Issue = z.core.$ZodIssue;
type Place = (string | number)[];

const most = 20;
const longestStep = 128;

/**
 * What is wrong with one part of a request, in FastAPI's words: the published clients read them. `sent` is the part
 * as it came, before anything was read into it. A place has one fault, the first.
 */
export function faults(
  part: 'path' | 'query' | 'body',
  schema: z.ZodType,
  issues: readonly Issue[],
  sent: unknown,
): Fault[] {
  const found = new Map<string, Fault>();
  for (const issue of issues) {
    if (found.size === most) break;
    const path = issue.path.map((step) => (typeof step === 'symbol' ? '' : step));
    const place = JSON.stringify(path);
    if (!found.has(place) && !isBeyondSafe(issue, issues))
      found.set(place, fault(part, schema, issue, path, sent));
  }
  return [...found.values()];
}

/** Too big for a whole number of ours says less than too big for this field. */
const isBeyondSafe = (issue: Issue, issues: readonly Issue[]) =>
  'note' in issue && issues.some((other) => other !== issue && String(other.path) === String(issue.path));

function fault(part: string, schema: z.ZodType, issue: Issue, path: Place, sent: unknown): Fault {
  const loc = [part, ...path.map(shortened)];
  const input = at(sent, path);
  if (input === undefined && path.length > 0)
    return { type: 'missing', loc, msg: 'Field required', ...shown(at(sent, path.slice(0, -1))) };
  if (issue.code === 'invalid_key') return keyFault(loc, issue, path);
  const { type, msg, ctx } = named(issue, input, defAt(schema, path)?.format);
  return { type, loc, msg, ...shown(input), ...(ctx && { ctx }) };
}

function keyFault(
  loc: Place,
  { issues: [first] }: Extract<Issue, { code: 'invalid_key' }>,
  path: Place,
): Fault {
  const key = String(path.at(-1));
  const { type, msg, ctx } = named(first ?? { code: 'custom', path: [], message: 'Wrong key' }, key);
  return { type, loc: [...loc, '[key]'], msg, ...shown(key), ...(ctx && { ctx }) };
}

/** A place is named, not repeated at any length. */
const shortened = (step: string | number) =>
  typeof step === 'string' && step.length > longestStep ? `${step.slice(0, longestStep)}…` : step;

/** The value is repeated to whom sent it, unless it is long. */
function shown(input: unknown): { input?: unknown } {
  if (typeof input === 'number' && !Number.isFinite(input)) return {};
  const text = JSON.stringify(input);
  return text === undefined || text.length > 1024 ? {} : { input };
}

function at(value: unknown, path: Place): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}
