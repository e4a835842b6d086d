import * as z from 'zod';
import { fault } from '../../iceberg/fault.ts';
import { send } from '../aws/signed.ts';

/** The bearer tokens of one catalog. */
export interface Tokens {
  current: () => Promise<string>;
  /** The catalog did not take this one: the next is a new one. */
  refused: (token: string) => void;
}

/** Where tokens come from. */
interface Origin {
  /** What the secret of the catalog holds; undefined where there is none. */
  read: () => Promise<string | undefined>;
  /** Of the catalog, without `/v1`. */
  uri: string;
  /** Milliseconds. */
  now: () => number;
}

/** Client credentials (RFC 6749, section 4.4); any other text is a token itself. */
const Credentials = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  scope: z.string().default('PRINCIPAL_ROLE:ALL'),
  token_url: z.url({ protocol: /^https$/ }).optional(),
});
const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });

const minute = 60_000;
/** A secret that was changed is seen after this. */
const heldFor = 5 * minute;

/** Tokens of a catalog outside of AWS, kept while they last. A fault `refused` where there is none to be had. */
export function tokensOf(origin: Origin): Tokens {
  let held: { token: string; until: number } | undefined;
  let asked: Promise<string> | undefined;
  const ask = async () => {
    held = await made(origin);
    return held.token;
  };
  return {
    async current() {
      if (held && held.until > origin.now()) return held.token;
      // What asks at once asks for the same.
      asked ??= ask().finally(() => {
        asked = undefined;
      });
      return asked;
    },
    refused(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

async function made({ read, uri, now }: Origin): Promise<{ token: string; until: number }> {
  const secret = (await read())?.trim();
  if (!secret) throw fault('refused', 'the secret of the catalog is not there');
  if (!secret.startsWith('{')) return { token: checked(secret), until: now() + heldFor };
  const credentials = Credentials.safeParse(parsed(secret));
  if (!credentials.success) throw fault('refused', 'the secret of the catalog holds no client credentials');
  const { token_url = `${uri.replace(/\/+$/, '')}/v1/oauth/tokens`, ...client } = credentials.data;
  const answer = await send({
    service: 'catalog',
    method: 'POST',
    url: token_url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...client }).toString(),
    ...{ timeout: 10_000, attempts: 2, maxBytes: 65_536 },
  });
  const granted = answer.status < 300 ? Granted.safeParse(parsed(answer.body.toString())) : undefined;
  if (!granted?.success) throw fault('refused', `the catalog gave no token, it answered ${answer.status}`);
  const { access_token, expires_in } = granted.data;
  const lasts = expires_in === undefined ? heldFor : Math.max(0, expires_in * 1000 - minute);
  return { token: checked(access_token), until: now() + lasts };
}

/** A header ends where its line does. */
function checked(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw fault('refused', 'the token of the catalog is none that a header can hold');
  return token;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
