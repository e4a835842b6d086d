import type { Construct } from 'constructs';
import { createApiKey } from '../contracts/apiKeys.ts';
import type { Grant } from './grants.ts';

/** One entry of the context `issuers`: whose access tokens are taken, for whom they must be made, what they open. */
export interface IssuerContext {
  /** The `iss` of its tokens, an https URL; its discovery document lies below it. */
  issuer: string;
  /** What has to stand in `aud`: one of these. */
  audience?: string | string[];
  /** Other audiences that a token of ours may name beside it, as a user info endpoint. */
  alsoFor?: string[];
  /** Whose clients may call; alone for tokens that have a `client_id` and no audience, as those of Cognito. */
  clientIds?: string[];
  /** Where its keys are, if not where its discovery document says. */
  jwksUri?: string;
  /** The claim that holds the roles: its name, or the way to it with dots. */
  roles: string;
  grants: Record<string, { scopes: string[]; projects?: 'all' | string[] }>;
}

/** All the environment of a function has 4,096 bytes; what it is granted takes about a quarter of them. */
export const most = 2_500;

const fields = ['issuer', 'audience', 'alsoFor', 'clientIds', 'jwksUri', 'roles', 'grants'];
const scopes: readonly string[] = createApiKey.body.shape.scopes.element.options;
const id = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is configured, complete and in the form that functions read; none where nothing is. */
export function readIssuers(scope: Construct) {
  const given: unknown = scope.node.tryGetContext('issuers') ?? [];
  const entries: unknown = typeof given === 'string' ? parsed(given) : given;
  if (!Array.isArray(entries)) throw new Error('context issuers: it is a list of issuers');
  const issuers = entries.map((entry: IssuerContext, i) => completed(entry, i));
  const names = issuers.map(({ issuer }) => issuer.replace(/\/$/, ''));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`context issuers: ${twice} is there twice`);
  const bytes = Buffer.byteLength(JSON.stringify(issuers));
  if (bytes > most)
    throw new Error(
      `context issuers: it takes ${bytes} bytes of the environment of every function, and ${most} are left for it`,
    );
  return issuers;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('context issuers: it is no JSON');
  }
}

/** The callers of a function may come with tokens of these issuers. */
export const knowsIssuers: Grant = (fn) => {
  const issuers = readIssuers(fn);
  if (issuers.length > 0) fn.addEnvironment('ISSUERS', JSON.stringify(issuers));
};

function completed(entry: IssuerContext, i: number) {
  const { issuer, jwksUri, roles, grants } = entry ?? {};
  const refuse = (why: string): never => {
    throw new Error(`context issuers, ${issuer ?? i}: ${why}`);
  };
  const unknown = Object.keys(entry ?? {}).find((field) => !fields.includes(field));
  if (unknown !== undefined) refuse(`nothing knows ${unknown}`);
  if (!isPlace(issuer) || issuer.includes('?'))
    refuse('its issuer is an https URL, as tokens spell it in iss');
  if (jwksUri !== undefined && !isPlace(jwksUri)) refuse('its jwksUri is an https URL');
  const [audience, alsoFor, clientIds] = [entry.audience, entry.alsoFor, entry.clientIds].map(
    (texts) => list(texts) ?? refuse('audience, alsoFor and clientIds are lists of texts'),
  );
  if (!audience?.length && !clientIds?.length)
    refuse('it has an audience, or clientIds where tokens have no audience');
  if (!isText(roles)) refuse('roles names the claim that holds the roles');
  if (Object.keys(grants ?? {}).length === 0) refuse('grants says what a role opens');
  const opened = Object.entries(grants).map(([role, grant]) => [role, granted(grant, role, refuse)]);
  return { issuer, audience, alsoFor, clientIds, jwksUri, roles, grants: Object.fromEntries(opened) };
}

function granted(
  { scopes: wanted, projects = 'all' }: IssuerContext['grants'][string],
  role: string,
  refuse: (why: string) => never,
) {
  if (!Array.isArray(wanted) || wanted.length === 0) refuse(`role ${role} has no scopes`);
  const unknown = wanted.find((scope) => !scopes.includes(scope));
  if (unknown !== undefined) refuse(`role ${role}: there is no scope ${unknown}, only ${scopes.join(', ')}`);
  if (
    projects !== 'all' &&
    !(Array.isArray(projects) && projects.length > 0 && projects.every((one) => id.test(one)))
  )
    refuse(`role ${role}: projects is "all" or a list of project ids`);
  return {
    scopes: wanted,
    projects: projects === 'all' ? projects : projects.map((one) => one.toLowerCase()),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

function list(texts: string | string[] | undefined): string[] | undefined {
  const all = [texts ?? []].flat();
  return all.every(isText) ? all : undefined;
}

/** An https URL without a user, a fragment or anything that another spelling would change. */
function isPlace(text: unknown): text is string {
  if (!isText(text) || !URL.canParse(text)) return false;
  const { protocol, username, password, hash, href } = new URL(text);
  return protocol === 'https:' && !username && !password && !hash && [text, `${text}/`].includes(href);
}
