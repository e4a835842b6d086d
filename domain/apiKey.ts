import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { Id, Time, time } from './fields.ts';
import { conflict, Problem } from './problem.ts';

export const Scope = z.enum(['read', 'write', 'predict', 'admin', 'privacy:override']);
export type Scope = z.infer<typeof Scope>;
export const KeyKind = z.enum(['user', 'platform']);

/** A key as it is kept: never the key itself, only the digest of its secret. */
export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  scopes: z.array(Scope),
  kind: KeyKind,
  roles: z.array(z.string()),
  project_ids: z.array(Id).nullable(),
  last4: z.string(),
  created_by: z.string(),
  created_at: Time,
  expires_at: Time.nullable(),
  last_used_at: Time.nullable(),
  revoked_at: Time.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** Who calls and what the caller may do: facts, from which every request is judged anew. */
export interface Caller {
  id: string;
  kind: ApiKey['kind'];
  scopes: readonly Scope[];
  roles: readonly string[];
  /** null: every project. */
  projects: readonly string[] | null;
  /** Where scopes hold for different projects; `acting` makes of it what holds for a request. */
  grants?: readonly Granted[];
  /** Milliseconds; null: never. */
  expires: number | null;
}

/** Scopes, and the projects that they hold for; null: every project. */
export interface Granted {
  scopes: readonly Scope[];
  projects: readonly string[] | null;
}

/**
 * The caller as he acts by one scope: on the projects that he has it for, and beside it with those scopes alone that
 * he has for all of these. So no scope is carried into a project that it was not granted for.
 */
export function acting(caller: Caller, scope: Scope): Caller {
  const { grants, scopes } = caller;
  if (!grants) return caller;
  const projects = projectsFor(grants, scope);
  const held = scopes.filter((one) => covers(projectsFor(grants, one), projects));
  return { ...caller, scopes: held, projects };
}

function projectsFor(grants: readonly Granted[], scope: Scope): readonly string[] | null {
  const of = grants.filter(({ scopes }) => scopes.includes(scope)).map(({ projects }) => projects);
  return of.includes(null) ? null : [...new Set(of.flatMap((projects) => projects ?? []))];
}

const covers = (all: readonly string[] | null, some: readonly string[] | null) =>
  all === null || (some?.every((id) => all.includes(id)) ?? false);

export const callerOf = (key: ApiKey): Caller => ({
  id: `key:${key.id}`,
  kind: key.kind,
  scopes: key.scopes,
  roles: key.roles,
  projects: key.project_ids,
  expires: key.expires_at === null ? null : Date.parse(key.expires_at),
});

export const maySee = (caller: Caller, projectId: string) =>
  caller.projects === null || caller.projects.includes(projectId);

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const lengths = { id: 26, secret: 32, sum: 6 };
const form = /^slw_([a-z2-7]{26})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

function digits(value: bigint, alphabet: string, length: number): string {
  let out = '';
  for (let rest = value; out.length < length; rest /= BigInt(alphabet.length))
    out = `${alphabet[Number(rest % BigInt(alphabet.length))]}${out}`;
  return out;
}

const number = (text: string, alphabet: string) =>
  [...text].reduce((sum, digit) => sum * BigInt(alphabet.length) + BigInt(alphabet.indexOf(digit)), 0n);

const checksum = (body: string) => digits(BigInt(crc32(body)), base62, lengths.sum);

/** The key that its holder keeps. `random` is at least 32 bytes; 24 of them give the 190 bits of the secret. */
function spell(id: string, random: Uint8Array): string {
  const secret = digits(BigInt(`0x${Buffer.from(random).toString('hex')}`), base62, lengths.secret);
  const body = `slw_${digits(BigInt(`0x${id.replaceAll('-', '')}`), base32, lengths.id)}_${secret}`;
  return `${body}${checksum(body)}`;
}

/** Read a key as it was sent. A typo is known by its checksum and costs no read. */
export function parse(key: string): { id: string; digest: Buffer } | undefined {
  const [, id, secret, sum] = form.exec(key) ?? [];
  if (id === undefined || secret === undefined || checksum(key.slice(0, -lengths.sum)) !== sum)
    return undefined;
  const hex = number(id, base32).toString(16).padStart(32, '0');
  if (hex.length > 32) return undefined;
  return { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), digest: digest(secret) };
}

/** 190 random bits leave nothing to guess: a plain digest serves, a slow one would only cost time. */
const digest = (secret: string) => createHash('sha256').update(secret).digest();

const nobody = Buffer.alloc(32);

/** Whether a key opens: an unknown one is compared too, so that it takes the same time to refuse. */
export function opens(
  sent: Buffer,
  kept: { digest: Uint8Array; key: ApiKey } | undefined,
  now: number,
): boolean {
  const equal = timingSafeEqual(sent, kept?.digest.length === 32 ? kept.digest : nobody);
  return kept !== undefined && equal && isLive(kept.key, now);
}

const isLive = ({ revoked_at, expires_at }: ApiKey, now: number) =>
  revoked_at === null && (expires_at === null || Date.parse(expires_at) > now);

/** How many keys may be live at a time: more are no use to anybody but an attacker who goes unnoticed among them. */
export const mostLive = 1_000;

export function assertRoom(keys: readonly ApiKey[], now: number): void {
  if (keys.filter((key) => isLive(key, now)).length >= mostLive)
    throw conflict('There are 1,000 live API keys: revoke one first');
}

/** Refuse a key that would be dead from the start. */
export function assertLasts(expires_at: string | null, now: number): void {
  if (expires_at === null || Date.parse(expires_at) > now) return;
  throw new Problem('invalid', [
    {
      type: 'value_error',
      loc: ['body', 'expires_at'],
      msg: 'Value error, A key cannot have expired already',
      input: expires_at,
      ctx: { error: {} },
    },
  ]);
}

/** What a caller would grant without having it, if anything. */
export function beyond(
  caller: Caller,
  wanted: Pick<ApiKey, 'scopes' | 'kind' | 'roles' | 'project_ids'>,
): string | undefined {
  const scope = wanted.scopes.find((s) => !caller.scopes.includes(s));
  if (scope) return `scope ${scope}`;
  if (wanted.kind === 'platform' && caller.kind !== 'platform') return 'kind platform';
  const role = wanted.roles.find((r) => caller.kind !== 'platform' && !caller.roles.includes(r));
  if (role !== undefined) return 'a role that you do not hold';
  if (caller.projects === null) return undefined;
  if (wanted.project_ids === null) return 'all projects';
  return wanted.project_ids.every((id) => maySee(caller, id)) ? undefined : 'a project that is not yours';
}

/** A new key: what is kept of it, and the key itself, which nobody keeps. */
export function minted(
  wanted: Pick<ApiKey, 'name' | 'scopes' | 'kind' | 'roles' | 'project_ids' | 'expires_at'>,
  { id, by, at }: { id: string; by: string; at: string },
  random: Uint8Array,
): { key: ApiKey; digest: Uint8Array; spelled: string } {
  const spelled = spell(id, random);
  const read = parse(spelled);
  if (!read) throw new Error('a key that cannot be read');
  const { name, kind, roles, project_ids, expires_at } = wanted;
  const key: ApiKey = {
    ...{ id, name, kind, roles, project_ids },
    scopes: [...new Set(wanted.scopes)],
    last4: spelled.slice(-4),
    created_by: by,
    created_at: at,
    expires_at: expires_at === null ? null : time(Date.parse(expires_at)),
    last_used_at: null,
    revoked_at: null,
  };
  return { key, digest: read.digest, spelled };
}

export const shown = (key: ApiKey) => ({ ...key, api_key_id: key.id });

/** A caller of some projects sees and revokes keys of those projects only. */
export const within = (caller: Caller, { project_ids }: ApiKey): boolean =>
  caller.projects === null || (project_ids?.every((id) => maySee(caller, id)) ?? false);
