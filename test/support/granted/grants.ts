import type { Asked } from '../../../scripts/deployed/asked.ts';

/** One statement of a role: what it is about, and the keys and attributes that it holds for. */
interface Grant {
  /** `control`, or `models/uploads/*` where objects are meant. */
  on: readonly string[];
  keys?: readonly string[];
  only?: readonly string[];
  never?: readonly string[];
}
/** What each function may do, by `<function> <action>`; read when it is first asked for. */
export type Grants = ReadonlyMap<string, () => readonly Grant[]>;

/** What docs/permissions.txt says: a line for each function and action, or several. */
export function readGrants(text: string): Grants {
  const lines = [...text.matchAll(/^(\w+) +(\w+:\w+) +(.+)$/gm)];
  const same = Map.groupBy(lines, ([, who, action]) => `${who} ${action}`);
  return new Map([...same].map(([line, all]) => [line, once(all.map(([, , , about]) => about).join(', '))]));
}

function once(about: string): () => readonly Grant[] {
  let read: readonly Grant[] | undefined;
  return () => {
    read ??= about.split(', ').map(readGrant);
    return read;
  };
}

function readGrant(text: string): Grant {
  const [, on = '', keys, only, never] =
    /^(.*?)(?: \[(.*)\])?(?: only (.*?))?(?: never (.*))?$/.exec(text) ?? [];
  const words = (list: string | undefined) => list?.split(' ');
  return { on: on.split(' '), keys: words(keys), only: words(only), never: words(never) };
}

/** Which grant lets a function do what it asks for, as `control P#*`; undefined where none does. */
export function grantFor(grants: Grants, who: string, asked: Asked): string | undefined {
  for (const grant of grants.get(`${who} ${asked.action}`)?.() ?? []) {
    const on = grant.on.find((pattern) => like(pattern, asked.resource));
    if (on !== undefined && holds(grant, asked)) return [on, ...used(grant, asked)].join(' ');
  }
  return undefined;
}

/** What of all that is asked for no grant covers, in words. */
export const ungranted = (grants: Grants, who: string, all: readonly Asked[]): string[] =>
  all
    .filter((asked) => grantFor(grants, who, asked) === undefined)
    .map((asked) => `${who} may not ${said(asked)}`);

/** `dynamodb:PutItem control DEP#… (pk, sk, total)`: what is particular to an item is nobody's business. */
function said({ action, resource, context }: Asked): string {
  const keys = leading(context).map((key) => key.replace(/#.*$/s, '#…'));
  const attributes = context['dynamodb:Attributes'];
  const returns = context['dynamodb:ReturnValues'];
  return [
    ...[action, resource, ...keys],
    ...(attributes ? [`(${attributes.join(', ')})`] : []),
    ...(returns ? [`returning ${returns}`] : []),
  ].join(' ');
}

function holds({ keys, only, never }: Grant, { context }: Asked): boolean {
  const attributes = context['dynamodb:Attributes'] ?? [];
  const returned = context['dynamodb:ReturnValues'] ?? [];
  return (
    (!keys || leading(context).every((key) => keys.some((pattern) => like(pattern, key)))) &&
    // Who may touch only some attributes is told no others either: test/lib/permissions.test.ts sees to that.
    (!only ||
      (attributes.every((name) => only.includes(name)) && !returned.some((how) => how.startsWith('ALL_')))) &&
    (!never || !attributes.some((name) => never.includes(name)))
  );
}

const leading = (context: Asked['context']) => context['dynamodb:LeadingKeys'] ?? [];

/** Which of the patterns of a grant were of use. */
const used = ({ keys = [] }: Grant, { context }: Asked) =>
  keys.filter((pattern) => leading(context).some((key) => like(pattern, key)));

const patterns = new Map<string, RegExp>();

/** `*` stands for anything, a leading `?` for what the installation is called. */
function like(pattern: string, text: string): boolean {
  let known = patterns.get(pattern);
  if (!known) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    known = new RegExp(`^${escaped.replace(/^\?/, '[^/]+').replaceAll('*', '.*')}$`, 's');
    patterns.set(pattern, known);
  }
  return known.test(text);
}
