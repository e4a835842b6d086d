import { gunzipSync, inflateRawSync } from 'node:zlib';
import { transport } from '../../../adapters/aws/signed.ts';
import type { Wire } from './wire.ts';

/** Where something can be left behind: each table by its name, and what is named here. */
export type Sink = `table ${string}` | 'objects' | 'lines' | 'events' | 'machines' | 'answers';

type Handler = (event: unknown, context: never) => Promise<unknown>;
const writes = /^(?:PutItem|UpdateItem|TransactWriteItems|BatchWriteItem)$/;

/** Everything that a system writes, prints, tells, hands on or answers from now on, packed or not. */
export function sinksOf(wire: Wire) {
  const found = new Map<Sink, Set<string>>();
  const note = (sink: Sink, value: unknown) => {
    const texts = found.get(sink) ?? new Set();
    found.set(sink, texts);
    for (const text of textsIn(value)) texts.add(text);
  };

  const real = wire.hooks.table;
  const written = (command: string, input: object) => {
    if (writes.test(command)) for (const [table, item] of itemsIn(input)) note(`table ${table}`, item);
  };
  wire.hooks.table = {
    ...real,
    send: ((command: string, input: object) => {
      written(command, input);
      return real.send(command as never, input as never);
    }) as typeof real.send,
    answer: (target, body) => {
      written(target.replace(/^.*\./, ''), JSON.parse(body));
      return real.answer(target, body);
    },
  };
  const { send } = transport;
  transport.send = (url, headers, call) => {
    if (call.service === 's3' && call.body !== undefined) note('objects', Buffer.from(call.body));
    return send(url, headers, call);
  };
  for (const [name, handler] of wire.functions as Map<string, Handler>)
    (wire.functions as Map<string, Handler>).set(name, async (event, context) => {
      const isHttp = typeof event === 'object' && event !== null && 'rawPath' in event;
      if (!isHttp) note('machines', event);
      const output = await handler(event, context);
      note(isHttp ? 'answers' : 'machines', output);
      return output;
    });

  return {
    note,
    /** Which of them hold a text. */
    holding(text: string): Sink[] {
      const lines = wire.printed.join('');
      const events = JSON.stringify(wire.published);
      const spelled = [text, JSON.stringify(text).slice(1, -1)];
      const isIn = (all: Iterable<string>) => [...all].some((one) => spelled.some((of) => one.includes(of)));
      return [
        ...[...found].flatMap(([sink, texts]) => (isIn(texts) ? [sink] : [])),
        ...(isIn([lines]) ? (['lines'] as const) : []),
        ...(isIn([events, events.replaceAll('\\"', '"')]) ? (['events'] as const) : []),
      ].toSorted();
    },
    sinks: () => [...found.keys()].toSorted(),
  };
}

/** What one call writes, item by item or update by update. */
function itemsIn(input: object): [table: string, item: unknown][] {
  const { TransactItems, RequestItems, TableName, ...rest } = input as Record<string, unknown>;
  if (TransactItems)
    return (TransactItems as object[]).flatMap((item) => Object.values(item).flatMap(itemsIn));
  if (RequestItems)
    return Object.entries(RequestItems as Record<string, unknown[]>).flatMap(([table, items]) =>
      items.map((item): [string, unknown] => [table, item]),
    );
  return [[String(TableName), rest]];
}

/** All texts in a value; bytes as they are, and what is packed in them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return [value, ...(isBase64(value) ? unpacked(Buffer.from(value, 'base64')) : [])];
  if (value instanceof Uint8Array) return unpacked(Buffer.from(value));
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
}

const isBase64 = (text: string) => text.length > 20 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

function unpacked(bytes: Buffer): string[] {
  const texts = [bytes.toString()];
  for (const unpack of [inflateRawSync, gunzipSync])
    try {
      texts.push(unpack(bytes).toString());
    } catch {
      // It was packed otherwise, or not at all.
    }
  // A spooled log holds its parts in base64.
  return [...texts, ...texts.flatMap((text) => (text.startsWith('{') ? inJson(text) : []))];
}

function inJson(text: string): string[] {
  try {
    return textsIn(JSON.parse(text));
  } catch {
    return [];
  }
}
