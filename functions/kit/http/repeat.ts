import * as operations from '../../../adapters/deployments/operations.ts';
import * as idempotency from '../../../adapters/idempotency.ts';
import type { Route } from '../../../contracts/route.ts';
import { bodyHash, type Kept, keyForm, operationId, place } from '../../../domain/idempotency.ts';
import type { Repeat } from '../../../domain/operation.ts';
import { conflict, Problem, unsettled } from '../../../domain/problem.ts';
import { newId } from '../clock.ts';
import type { Reply } from './wording.ts';

/** Longer than any function may run: after that its owner is gone. */
const allowance = 31_000;

export interface Attempt {
  operationId: string;
  /** Where the answer will be kept; absent where the caller gave no key. */
  repeat?: Repeat;
  /** A take-over: the attempt before this one may have got further than it could tell. */
  before?: string;
}

/** Take a request on, or give the answer that its first sending got. */
export async function attempt(
  route: Route,
  path: string,
  key: string | undefined,
  caller: string,
  body: unknown,
): Promise<Attempt | Reply> {
  if (key === undefined || !route.repeatable) return { operationId: newId() };
  if (!keyForm.test(key))
    throw new Problem('badRequest', 'Idempotency-Key must be 1 to 255 printable ASCII characters');
  const pk = place(caller, route.method, path, key);
  const owner = newId();
  const mine = (attempt: number): Kept => ({
    bh: bodyHash(body),
    state: 'INPROGRESS',
    owner,
    until: Date.now() + allowance,
    try: attempt,
  });
  const kept = await idempotency.claim(pk, mine(1), Date.now());
  if (!kept) return { operationId: operationId(pk, 1), repeat: { pk, owner } };
  if (kept.bh !== bodyHash(body))
    throw new Problem('invalid', 'Idempotency-Key was used with another request');
  if (kept.state === 'COMPLETED') return replayed(kept, pk, route);
  if (kept.until > Date.now()) throw inProgress();
  const before = operationId(pk, kept.try);
  if (startsMachine(route) && (await operations.get(before))?.state === 'running') throw unsettled(before);
  const lost = await idempotency.claim(pk, mine(kept.try + 1), Date.now(), kept);
  if (lost) return lost.state === 'COMPLETED' ? replayed(lost, pk, route) : Promise.reject(inProgress());
  return { operationId: operationId(pk, kept.try + 1), repeat: { pk, owner }, before };
}

/** A machine outlives its caller: while it runs, its answer is nobody else's to write. */
const startsMachine = ({ group, operates }: Route) => group === 'deployments' || operates === true;

const replayed = ({ code = 500, body = '{}', try: attempt }: Kept, pk: string, route: Route): Reply => ({
  statusCode: code,
  headers: {
    'idempotency-replayed': 'true',
    ...(startsMachine(route) && { 'x-operation-id': operationId(pk, attempt) }),
  },
  body,
});

const inProgress = () =>
  Object.assign(conflict('A request with this Idempotency-Key is in progress'), {
    headers: { 'retry-after': '1' },
  });
