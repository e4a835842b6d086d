import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Input, Route } from '../../../contracts/route.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import { Problem } from '../../../domain/problem.ts';
import { replying } from './answered.ts';
import { authenticate, authorize } from './authenticate.ts';
import { type Find, readInTurn } from './inTurn.ts';
import { admit } from './rate.ts';
import { read } from './read.ts';
import { type Reply, worded } from './wording.ts';

export type Base<R extends Route> = Input<R> & {
  caller: Caller;
  event: APIGatewayProxyEventV2;
  /** Set a header of the answer, however the request ends. */
  header(name: string, value: string | number): void;
};

const anyone: Caller = { id: 'anyone', kind: 'user', scopes: [], roles: [], projects: [], expires: null };

/**
 * What every endpoint does, in this order: who calls, how often, may he, what does he want; then run, and word it.
 * Where `find` is given, the object that the path names is looked for before the body is read.
 */
export const pipeline = <R extends Route, F = undefined>(
  route: R,
  run: (given: Base<R> & { found: F }) => Promise<Reply>,
  find?: Find<R, F>,
) =>
  replying(route, async (event) => {
    const headers: Record<string, string> = {};
    const header = (name: string, value: string | number) => {
      headers[name] = String(value);
    };
    const known = route.scope === 'public' ? anyone : await authenticate(credentials(route, event.headers));
    const counted = known === anyone ? undefined : admit(known.id, Date.now());
    const work = async () => {
      const caller = authorize(known, route);
      const input = find
        ? await readInTurn(route, event, caller, find)
        : { ...read(route, event), found: undefined as F };
      return run({ ...input, caller, event, header });
    };
    const refused = (thrown: unknown) => {
      if (thrown instanceof Problem) return worded(route.dialect, thrown);
      throw thrown;
    };
    const reply = await work()
      .catch(refused)
      .finally(() => counted);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  });

/** The header that holds the key, under the one name that it is looked for. */
function credentials({ presharedKey }: Route, headers: Record<string, string | undefined>) {
  const key = presharedKey ? headers['authorization-psk'] : undefined;
  return key === undefined || headers.authorization !== undefined
    ? headers
    : { authorization: `Bearer ${key.replace(/^bearer /i, '')}` };
}

/** What a route answers, without what it does not promise. */
export const promised = (route: Route, output: unknown): unknown =>
  route.trusted ? output : route.returns.parse(output);

/** The answer of a route, in the form that it promises. */
export const success = (route: Route, output: unknown): Reply =>
  route.status === 204 || (route.status === 202 && output === undefined)
    ? { statusCode: 204, headers: {}, body: '' }
    : { statusCode: route.status, headers: {}, body: JSON.stringify(promised(route, output)) };
