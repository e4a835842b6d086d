import { createHash } from 'node:crypto';
import { find, used } from '../../../adapters/aws/credentials.ts';
import type { Route } from '../../../contracts/route.ts';
import { type Caller, callerOf, opens, parse } from '../../../domain/apiKey.ts';
import { forbidden, Problem } from '../../../domain/problem.ts';
import { now } from '../clock.ts';

const kept = 60_000;
const most = 1_000;
const facts = new Map<string, { caller: Caller; at: number }>();

/** Who calls. Facts are kept for a minute under the digest of the whole credential; verdicts never are. */
export async function authenticate(headers: Record<string, string | undefined>): Promise<Caller> {
  const key = /^bearer ([^\s,]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (key === undefined) throw unauthenticated();
  const name = createHash('sha256').update(key).digest('base64');
  const time = Date.now();
  const known = facts.get(name);
  const caller = known && time - known.at < kept ? known.caller : await look(key, time);
  if (caller.expires !== null && caller.expires <= time) throw unauthenticated('invalidToken');
  if (caller !== known?.caller) remember(name, caller, time);
  return caller;
}

/** Whether the caller's key covers what the contract asks for. */
export function authorize(caller: Caller, route: Route): void {
  if (route.scope !== 'public' && !caller.scopes.includes(route.scope))
    throw forbidden(`Missing scope: ${route.scope}`);
}

async function look(key: string, time: number): Promise<Caller> {
  const sent = parse(key);
  if (!sent) throw unauthenticated('invalidToken');
  const found = await find(sent.id);
  if (!opens(sent.digest, found, time) || !found) throw unauthenticated('invalidToken');
  await used(found.key, now());
  return callerOf(found.key);
}

function remember(name: string, caller: Caller, at: number) {
  const oldest = facts.keys().next();
  if (facts.size >= most && !oldest.done) facts.delete(oldest.value);
  facts.delete(name);
  facts.set(name, { caller, at });
}

/** Most dialects say the same of a key that is missing and of one that does not open. */
const unauthenticated = (code: 'unauthenticated' | 'invalidToken' = 'unauthenticated') =>
  new Problem(code, 'Not authenticated', { 'www-authenticate': 'Bearer' });
