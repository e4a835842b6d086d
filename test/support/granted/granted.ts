import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, readFileSync } from 'node:fs';
import type { Answered, Call } from '../../../adapters/aws/signed.ts';
import type { Asked } from '../../../scripts/deployed/asked.ts';
import { ofRequest } from './asked.ts';
import { type Grants, grantFor, readGrants, ungranted } from './grants.ts';

const asking = new AsyncLocalStorage<string | undefined>();
const text = () => readFileSync('docs/permissions.txt', 'utf8');
let grants: Grants | undefined;
const granted = () => {
  grants ??= readGrants(text());
  return grants;
};

/** Grant from now on what an installation grants besides that has these catalogs, and perhaps secrets for them. */
export function grantCatalogs(places: readonly string[], secrets: boolean): void {
  const own = [...text().matchAll(/^(\w+) +(s3:\w+) .*\bwarehouse(\S*)$/gm)];
  const more = own.flatMap(([, who, action, below = '']) => [
    ...places.map((place) => {
      const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)(.*)$/.exec(place) ?? [];
      return `${who} ${action} ${bucket}${below.replace('/tables', prefix)}`;
    }),
    ...(secrets ? [`${who} secretsmanager:GetSecretValue ?/catalogs/*`] : []),
  ]);
  grants = readGrants(`${text()}\n${more.join('\n')}`);
}

/** Every refusal: a function may catch one, a test may not. */
const refusals = new Set<string>();
const uses = new Set<string>();

/** What was refused since the last look. */
export function refused(): string[] {
  const since = [...refusals];
  refusals.clear();
  return since;
}

/** The handler of a function, whose calls are from now on those of its role. */
export const asFunction =
  <Given extends unknown[], Answer>(id: string, handler: (...given: Given) => Answer) =>
  (...given: Given): Answer =>
    asking.run(id, () => handler(...given));

/**
 * Make a call if the function that asks may make it; the error that IAM gives otherwise. Where no function asks, a
 * test does, and so does whatever stands in for a service.
 */
export function allowed<T>(asks: () => Asked[], run: () => T): T {
  const who = asking.getStore();
  if (who === undefined) return run();
  const all = asks();
  const missing = ungranted(granted(), who, all);
  if (missing.length > 0) {
    for (const one of missing) refusals.add(one);
    throw Object.assign(new Error(missing.join('; ')), { name: 'AccessDeniedException' });
  }
  if (process.env.GRANTS_USED)
    for (const asked of all) uses.add(`${who} ${asked.action} ${grantFor(granted(), who, asked)}`);
  return asking.run(undefined, run);
}

/** Add what was used to the file that GRANTS_USED names; `node test/support/granted/unused.ts` reads it. */
export function noteUses(): void {
  if (process.env.GRANTS_USED && uses.size > 0)
    appendFileSync(process.env.GRANTS_USED, `${[...uses].join('\n')}\n`);
}

type Send = (url: URL, headers: Record<string, string>, call: Call) => Promise<Answered>;
const guarded =
  (send: Send): Send =>
  async (url, headers, call) => {
    const who = asking.getStore();
    const answer = await allowed(
      () => ofRequest(url, call),
      () => send(url, headers, call),
    );
    const hidden = who !== undefined && call.service === 's3' && answer.status === 404;
    return hidden && !mayList(who, url) ? { ...answer, status: 403 } : answer;
  };

/** S3 tells only those who may list a bucket that an object is missing. */
function mayList(who: string, url: URL): boolean {
  const resource = url.pathname.split('/')[1] ?? '';
  const found = grantFor(granted(), who, { action: 's3:ListBucket', resource, context: {} });
  if (found && process.env.GRANTS_USED) uses.add(`${who} s3:ListBucket ${found}`);
  return found !== undefined;
}

/** Whatever stands in for the network, now or later in a test, is asked only for what is granted. */
export function guard(transport: { send: Send }): void {
  if (Object.getOwnPropertyDescriptor(transport, 'send')?.set) return;
  let behind = guarded(transport.send);
  Object.defineProperty(transport, 'send', {
    enumerable: true,
    get: () => behind,
    set: (send: Send) => {
      behind = guarded(send);
    },
  });
}

/** A map of functions in which every handler asks by its own name, those too that a test puts there. */
export function namedFunctions<Handler extends (...given: never[]) => unknown>(): Map<string, Handler> {
  const functions = new Map<string, Handler>();
  const { set } = functions;
  functions.set = (id, handler) => set.call(functions, id, asFunction(id, handler) as Handler);
  return functions;
}
