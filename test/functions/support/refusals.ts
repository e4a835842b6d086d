import { expect } from 'vitest';
import type { Dialect } from '../../../contracts/route.ts';

/** What a caller is told where no object is in question yet, by the dialect. */
type Reason = 'noKey' | 'badKey' | 'noScope' | 'noMethod' | 'tooLarge';

const plain = (scope: string): Record<Reason, string> => ({
  noKey: 'Not authenticated',
  badKey: 'Not authenticated',
  noScope: `Missing scope: ${scope}`,
  noMethod: 'Method Not Allowed',
  tooLarge: 'Request body too large',
});
const brief: Partial<Record<Reason, string>> = {
  noKey: 'Unauthorized',
  badKey: 'Invalid or expired token',
  noScope: 'Forbidden',
};
const envelopes: Record<Reason, readonly [string, string]> = {
  noKey: ['UNAUTHORIZED', 'Default:Unauthorized'],
  badKey: ['UNAUTHORIZED', 'Default:Unauthorized'],
  noScope: ['PERMISSION_DENIED', 'ApiUsageDenied'],
  noMethod: ['INVALID_ARGUMENT', 'Default:MethodNotAllowed'],
  tooLarge: ['REQUEST_ENTITY_TOO_LARGE', 'Default:RequestEntityTooLarge'],
};

/** The body of a refusal in the words of a dialect, as one expects it. */
export function refusal(dialect: Dialect, reason: Reason, scope = ''): unknown {
  if (dialect === 'live') {
    const [errorCode, errorName] = envelopes[reason];
    return expect.objectContaining({ errorCode, errorName });
  }
  const detail = (dialect === 'workspaces' && brief[reason]) || plain(scope)[reason];
  return { detail };
}
