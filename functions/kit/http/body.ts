import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Route } from '../../../contracts/route.ts';
import { type Fault, Problem } from '../../../domain/problem.ts';
import { jsonFault } from './jsonFault.ts';

const most = { depth: 32, nodes: 50_000 };
const small = 64 * 1024;

/** The bytes of the body as the caller wrote them, as text; refused by size before anything reads them. */
export function bodyText(event: APIGatewayProxyEventV2, route: Route): string | undefined {
  const limit = route.maxBytes ?? small;
  const { body = '', isBase64Encoded, headers } = event;
  const bytes = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes > limit || Number(headers['content-length'] ?? 0) > limit) throw tooLarge();
  if (body === '' || !route.body) return undefined;
  return isBase64Encoded ? decoded(body) : body;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decoded(body: string): string {
  if (!base64.test(body)) throw unreadable(0, 'Invalid base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    throw unreadable(0, 'Invalid UTF-8');
  }
}

export const isJson = (headers: Record<string, string | undefined>): boolean =>
  /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(headers['content-type'] ?? '');

/** The body as a value: JSON of a bounded depth and size, and strings that are Unicode. `null` is no body. */
export function bodyValue(
  text: string | undefined,
  headers: Record<string, string | undefined>,
  route: Route,
): unknown {
  if (text === undefined) return route.bodyOr;
  if (!isJson(headers)) throw notJson(text);
  if (/[^\s]/.test((headers['content-encoding'] ?? '').replace(/identity/i, '')))
    throw unreadable(0, 'Encoded body');
  measure(text);
  const value = parse(text, route.lossless ? exactly : undefined);
  if (/\\u[dD][89a-fA-F]/.test(text)) assertUnicode(value, []);
  return value ?? route.bodyOr;
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** The digits of a whole number that would come out as another one. */
const exactly: Reviver = (_, value, { source = '' }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;

function parse(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1]);
  } catch {
    const { position, error } = jsonFault(text);
    throw unreadable(position, error);
  }
}

const [quote, comma, openers, closers] = ['"', ',', '[{', ']}'];

/** Count depth and size over the text: a recursive reader would fall over what this refuses. */
function measure(text: string) {
  let depth = 0;
  let nodes = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === quote) i = endOfString(text, i);
    else if (c === comma) nodes++;
    else if (openers.includes(c)) depth++;
    else if (closers.includes(c)) depth--;
    if (depth > most.depth) throw unreadable(i, `Nested deeper than ${most.depth}`);
  }
  if (nodes > most.nodes) throw unreadable(0, `More than ${most.nodes} values`);
}

function endOfString(text: string, start: number): number {
  let i = start;
  do i = text.indexOf('"', i + 1);
  while (i > 0 && escaped(text, i));
  return i < 0 ? text.length : i;
}

function escaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

function assertUnicode(value: unknown, loc: (string | number)[]): void {
  if (typeof value === 'string' && !value.isWellFormed())
    throw new Problem('invalid', [
      {
        type: 'string_unicode',
        loc: ['body', ...loc],
        msg: 'Input should be a valid string, unable to parse raw data as a unicode string',
      },
    ]);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    assertUnicode(key, loc);
    assertUnicode(item, [...loc, Array.isArray(value) ? Number(key) : key]);
  }
}

const tooLarge = () => new Problem('tooLarge', 'Request body too large');

const unreadable = (position: number, error: string) =>
  new Problem('invalid', [
    { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', input: {}, ctx: { error } },
  ]);

function notJson(text: string) {
  const fault: Fault = {
    type: 'model_attributes_type',
    loc: ['body'],
    msg: 'Input should be a valid dictionary or object to extract fields from',
  };
  if (text.length <= 1024) fault.input = text;
  return new Problem('invalid', [fault]);
}
