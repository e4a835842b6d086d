import type { Dialect } from '../../../contracts/route.ts';
import { type Code, type Fault, Problem } from '../../../domain/problem.ts';
import { newId } from '../clock.ts';

const status: Record<Code, number> = {
  badRequest: 400,
  unauthenticated: 401,
  invalidToken: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  stale: 412,
  tooLarge: 413,
  unsupportedMedia: 415,
  invalid: 422,
  tooMany: 429,
  internal: 500,
  busy: 503,
  unsettled: 503,
};

export interface Reply {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** How what was thrown ends a request. */
export const statusOf = (thrown: unknown): number =>
  status[thrown instanceof Problem ? thrown.code : 'internal'];

/** Every way out but success, in the dialect's own shape. Only a Problem speaks to the caller. */
export function worded(dialect: Dialect, thrown: unknown): Reply {
  const problem =
    thrown instanceof Problem ? thrown : new Problem('internal', 'An unexpected error occurred.');
  return {
    statusCode: status[problem.code],
    headers: { ...problem.headers, ...(dialect === 'workspaces' && again(problem)) },
    body: JSON.stringify(shape[dialect](problem)),
  };
}

const detail = ({ detail }: Problem): unknown => ({ detail });

/** What the workspaces dialect says in fewer words. */
const plainer: Partial<Record<Code, string>> = {
  unauthenticated: 'Unauthorized',
  invalidToken: 'Invalid or expired token',
  forbidden: 'Forbidden',
};

/** The product's client sends again what is answered 409, unless it is told not to. */
const again = ({ code, headers }: Problem) =>
  code === 'conflict' && { 'x-should-retry': String('retry-after' in headers) };

const shape: Record<Dialect, (problem: Problem) => unknown> = {
  mlops: detail,
  batch: detail,
  workspaces: ({ code, detail }) => ({ detail: plainer[code] ?? detail }),
  live: ({ code, detail, named }) => {
    const [errorCode, usual] = conjure[code];
    return {
      errorCode,
      errorName: named?.name ?? usual,
      errorInstanceId: newId(),
      errorDescription: typeof detail === 'string' ? detail : described(detail),
      parameters: named?.parameters ?? {},
    };
  },
};

const described = ([first]: Fault[]) =>
  first ? `${first.loc.join('.')}: ${first.msg}` : 'The request is invalid';

/** What an envelope calls a problem that no endpoint has a name of its own for. */
const conjure: Record<Code, readonly [code: string, name: string]> = {
  badRequest: ['INVALID_ARGUMENT', 'Conjure:InvalidArgument'],
  unauthenticated: ['UNAUTHORIZED', 'Default:Unauthorized'],
  invalidToken: ['UNAUTHORIZED', 'Default:Unauthorized'],
  forbidden: ['PERMISSION_DENIED', 'ApiUsageDenied'],
  notFound: ['NOT_FOUND', 'Default:NotFound'],
  methodNotAllowed: ['INVALID_ARGUMENT', 'Default:MethodNotAllowed'],
  conflict: ['CONFLICT', 'Default:InvalidState'],
  stale: ['CONFLICT', 'Default:PreconditionFailed'],
  tooLarge: ['REQUEST_ENTITY_TOO_LARGE', 'Default:RequestEntityTooLarge'],
  unsupportedMedia: ['INVALID_ARGUMENT', 'Conjure:UnsupportedMediaType'],
  invalid: ['INVALID_ARGUMENT', 'Conjure:UnprocessableEntity'],
  tooMany: ['CUSTOM_CLIENT', 'Default:TooManyRequests'],
  internal: ['INTERNAL', 'Default:Internal'],
  busy: ['INTERNAL', 'Default:Internal'],
  unsettled: ['INTERNAL', 'Default:Internal'],
};

/** The dialect of a path, for what no route answers. */
export function dialectOf(path: string): Dialect {
  if (/^\/(?:api\/v2|multipass)\//.test(path)) return 'live';
  return path.startsWith('/apis/') ? 'workspaces' : 'mlops';
}
