import './environment.ts';
import { createIssuer, signingKey } from '../test/support/issuer.ts';
import { createWorld } from '../test/support/world.ts';
import { latencies } from './statistics.ts';

/** Milliseconds that authentication may take: with its facts at hand, and of a token whose keys are at hand. */
const accessAims = { remembered: 0.2, token: 0.5 };

const runs = 5_000;

/** What it takes to find out who calls, by a key and by tokens; where AWS and an issuer would be, stand-ins answer at once. */
export async function access() {
  const { key } = await createWorld();
  const issuer = createIssuer();
  const entry = {
    issuer: issuer.issuer,
    audience: ['slipway'],
    alsoFor: [],
    clientIds: [],
    roles: 'realm_access.roles',
  };
  const grants = { analyst: { scopes: ['read'], projects: 'all' } };
  process.env.ISSUERS = JSON.stringify([{ ...entry, grants }]);
  const { authenticate } = await import('../functions/kit/http/authenticate.ts');
  const by = (credential: string) => authenticate({ authorization: `Bearer ${credential}` });

  const began = performance.now();
  await by(issuer.token());
  const first = performance.now() - began;

  const measured = async (what: string, aim: number, call: () => Promise<unknown>) => {
    for (let i = 0; i < runs / 5; i++) await call();
    return { what, aim, ...(await latencies(runs, call)) };
  };
  const rows = [await measured('API key, remembered', accessAims.remembered, () => by(key))];
  const kept = issuer.token();
  rows.push(await measured('token, remembered', accessAims.remembered, () => by(kept)));
  for (const alg of ['ES256', 'RS256', 'EdDSA'] as const) {
    const own = signingKey(alg, alg);
    issuer.state.keys = [own];
    // An issuer of its own for each: keys are looked at again no sooner than after ten seconds.
    process.env.ISSUERS = JSON.stringify([{ ...entry, grants, jwksUri: `${issuer.jwks_uri}?${alg}` }]);
    issuer.answers[`${issuer.jwks_uri}?${alg}`] = () => ({ keys: [own.jwk] });
    const tokens = Array.from({ length: runs * 1.2 }, (_, i) => issuer.token({ jti: `${i}` }));
    rows.push(await measured(`token, verified (${alg})`, accessAims.token, () => by(tokens.pop() ?? '')));
  }
  issuer.close();
  delete process.env.ISSUERS;
  return { rows, first };
}

if (import.meta.main) {
  const { rows, first } = await access();
  for (const { what, least, p50, p99, aim } of rows)
    console.log(
      what,
      [least, p50, p99].map((ms) => `${(ms * 1000).toFixed(1)} µs`).join(', '),
      `aim ${aim * 1000} µs`,
    );
  console.log(`first token of a process: ${first.toFixed(1)} ms`);
}
