/** What can go wrong in the caller's own terms. Anything else that is thrown is our fault. */
export type Code =
  | 'badRequest'
  | 'unauthenticated'
  | 'invalidToken'
  | 'forbidden'
  | 'notFound'
  | 'methodNotAllowed'
  | 'conflict'
  | 'stale'
  | 'tooLarge'
  | 'unsupportedMedia'
  | 'invalid'
  | 'tooMany'
  | 'internal'
  | 'busy'
  | 'unsettled';

/** One fault of a request, in the form that FastAPI gives it (CONTRACT: 422 bodies). */
export interface Fault {
  type: string;
  loc: (string | number)[];
  msg: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
}

/** A value, not an Error: it is thrown to the one place that words it, and needs no stack. */
export class Problem {
  readonly code: Code;
  readonly detail: string | Fault[];
  readonly headers: Record<string, string>;
  /** Its own name and what belongs to it, in the one dialect that names what went wrong. */
  readonly named: { name: string; parameters: Record<string, unknown> } | undefined;

  constructor(
    code: Code,
    detail: string | Fault[],
    headers: Record<string, string> = {},
    named?: Problem['named'],
  ) {
    this.code = code;
    this.detail = detail;
    this.headers = headers;
    this.named = named;
  }
}

/** The same answer for what does not exist and for what belongs to somebody else. */
export const notFound = (what: string) => new Problem('notFound', `${what} not found`);
export const conflict = (why: string) => new Problem('conflict', why);
export const forbidden = (why: string) => new Problem('forbidden', why);
export const stale = () => new Problem('stale', 'The object has changed');
export const busy = () => new Problem('busy', 'Busy, try again', { 'retry-after': '1' });

/** Nobody knows yet how the operation ends: its job will tell. */
export const unsettled = (operationId: string) =>
  new Problem('unsettled', 'Busy, try again', { 'retry-after': '2', 'x-operation-id': operationId });
