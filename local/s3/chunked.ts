import { refusal } from './refusal.ts';

const longestLine = 8192;
const mostTrailers = 20;
const broken = (message: string) => refusal(400, 'IncompleteBody', message);

type Chunks = AsyncIterable<Uint8Array>;

/**
 * The bytes inside an `aws-chunked` body: `hexlen\r\n` data `\r\n` … `0\r\n` trailers `\r\n`.
 * The trailers are handed over before the last byte was; nothing may follow them.
 */
export async function* decodeChunked(
  body: Chunks,
  trailers: (fields: Map<string, string>) => void,
): AsyncGenerator<Buffer> {
  const source = reader(body);
  for (let left = chunkSize(await source.line()); left > 0; left = chunkSize(await source.line())) {
    for (; left > 0; ) {
      const part = await source.upTo(left);
      left -= part.length;
      yield part;
    }
    if ((await source.line()) !== '') throw broken('A chunk is longer than it says');
  }
  trailers(await readTrailers(source));
  if (!(await source.ended())) throw broken('Something follows the last chunk');
}

/** Only hex digits, and few enough that the number is exact; a chunk signature may follow. */
function chunkSize(line: string): number {
  const digits = /^([0-9a-fA-F]{1,12})(?:;[\x20-\x7e]*)?$/.exec(line)?.[1];
  if (digits === undefined) throw broken('A chunk has no size');
  return Number.parseInt(digits, 16);
}

async function readTrailers(source: Reader): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  for (let line = await source.line(); line !== ''; line = await source.line()) {
    const colon = line.indexOf(':');
    if (colon < 1 || fields.size === mostTrailers)
      throw refusal(
        400,
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed',
      );
    fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

type Reader = ReturnType<typeof reader>;

/** Bytes as they come, asked for by line or by count. */
function reader(body: Chunks) {
  const source = body[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const { done, value } = await source.next();
    if (done) return false;
    held = held.length === 0 ? Buffer.from(value) : Buffer.concat([held, value]);
    return true;
  }

  return {
    async line(): Promise<string> {
      let end = held.indexOf('\r\n');
      while (end < 0 && held.length <= longestLine) {
        if (!(await more())) throw broken('The body ends too early');
        end = held.indexOf('\r\n');
      }
      if (end < 0 || end > longestLine) throw broken('A line is too long');
      const line = held.toString('latin1', 0, end);
      held = held.subarray(end + 2);
      return line;
    },
    async upTo(count: number): Promise<Buffer> {
      while (held.length === 0) if (!(await more())) throw broken('The body ends too early');
      const part = held.subarray(0, count);
      held = held.subarray(part.length);
      return part;
    },
    async ended(): Promise<boolean> {
      while (held.length === 0) if (!(await more())) return true;
      return false;
    },
  };
}
