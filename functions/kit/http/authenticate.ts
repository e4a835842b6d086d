import { createHash } from 'node:crypto';
import { find, used } from '../../../adapters/aws/credentials.ts';
import type { Route } from '../../../contracts/route.ts';
import { acting, type Caller, callerOf, opens, parse } from '../../../domain/apiKey.ts';
import { busy, forbidden, Problem } from '../../../domain/problem.ts';
import { now } from '../clock.ts';

const kept = 60_000;
const most = 1_000;
const facts = new Map<string, { caller: Caller; at: number }>();

/** Who calls. Facts are kept for a minute under the digest of the whole credential; verdicts never are. */
export async function authenticate(headers: Record<string, string | undefined>): Promise<Caller> {
  const credential = /^bearer ([^\s,]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (credential === undefined) throw unauthenticated();
  const name = createHash('sha256').update(credential).digest('base64');
  const time = Date.now();
  const known = facts.get(name);
  const look = credential.startsWith('slw_') ? byKey : byToken;
  const caller = known && time - known.at < kept ? known.caller : await look(credential, time);
  if (caller.expires !== null && caller.expires <= time) throw unauthenticated('invalidToken');
  if (caller !== known?.caller) remember(name, caller, time);
  return caller;
}

/** The caller as the route may take him. Throws where he lacks what the contract asks for. */
export function authorize(caller: Caller, { scope }: Route): Caller {
  if (scope === 'public') return caller;
  if (!caller.scopes.includes(scope)) throw forbidden(`Missing scope: ${scope}`);
  return acting(caller, scope);
}

async function byKey(spelled: string, time: number): Promise<Caller> {
  const sent = parse(spelled);
  if (!sent) throw unauthenticated('invalidToken');
  const found = await find(sent.id);
  if (!opens(sent.digest, found, time) || !found) throw unauthenticated('invalidToken');
  const { key } = found;
  await used(key, now());
  return callerOf(key);
}

/** Three parts of base64url without padding, below 12 KB: nothing else is worth a look. */
const token = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const longest = 12 * 1024;

async function byToken(sent: string, time: number): Promise<Caller> {
  if (!process.env.ISSUERS || sent.length >= longest || !token.test(sent))
    throw unauthenticated('invalidToken');
  // Loaded when the first token comes: most installations have keys alone, and every start would pay for it.
  const { identify } = await import('../../../adapters/tokens/verify.ts');
  const caller = await identify(sent, time);
  if (caller === 'unavailable') throw busy();
  if (!caller) throw unauthenticated('invalidToken');
  return caller;
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
