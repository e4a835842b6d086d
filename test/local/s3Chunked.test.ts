import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeChunked } from '../../local/s3/chunked.ts';

const frame = (chunks: Buffer[], trailers: Record<string, string>, extension = '') => {
  const parts = chunks
    .filter(({ length }) => length > 0)
    .flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]);
  const fields = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([...parts, Buffer.from(`0\r\n${fields.join('')}\r\n`)]);
};

/** The same bytes, cut at other places. */
async function* cut(bytes: Buffer, places: number[]) {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

async function decoded(body: AsyncIterable<Uint8Array>) {
  let trailers = new Map<string, string>();
  const parts: Buffer[] = [];
  for await (const part of decodeChunked(body, (fields) => {
    trailers = fields;
  }))
    parts.push(part);
  return { bytes: Buffer.concat(parts), trailers: Object.fromEntries(trailers) };
}

const chunks = fc.array(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 6 },
);
const places = fc.array(fc.nat(500), { maxLength: 20 });
const trailers = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/),
  fc.stringMatching(/^[A-Za-z0-9+/=]{1,20}$/),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);

test('a body comes back whole with its trailers, however it is cut on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      chunks,
      trailers,
      places,
      fc.constantFrom('', ';chunk-signature=abc'),
      async (sent, fields, at, ext) => {
        const found = await decoded(cut(frame(sent, fields, ext), at));
        expect(found.bytes).toEqual(Buffer.concat(sent));
        expect(found.trailers).toEqual(fields);
      },
    ),
  );
});

test('a body that ends too early is refused, wherever it ends', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, trailers, places, fc.nat(), async (sent, fields, at, end) => {
      const whole = frame(sent, fields);
      const short = whole.subarray(0, end % whole.length);
      await expect(decoded(cut(short, at))).rejects.toMatchObject({ status: 400 });
    }),
  );
});

test('any bytes at all are a body or a named refusal', async () => {
  const noise = fc.string({
    unit: fc.constantFrom('0', '1', 'a', '\r\n', '\r', '\n', ':', ';', 'x', '-'),
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(noise, places, async (text, at) => {
      const outcome = await decoded(cut(Buffer.from(text), at)).catch((error) => error);
      expect(outcome.bytes ?? outcome.status).toSatisfy((it) => it === 400 || Buffer.isBuffer(it));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a size that is no number', 'zz\r\nab\r\n0\r\n\r\n'],
  ['a negative size', '-1\r\nab\r\n0\r\n\r\n'],
  ['a size beyond counting', `${'f'.repeat(13)}\r\n`],
  ['a chunk longer than it says', '1\r\nab\r\n0\r\n\r\n'],
  ['bytes after the end', '0\r\n\r\nmore'],
  ['a line without an end', 'a'.repeat(10_000)],
  ['a trailer without a name', '0\r\nno colon\r\n\r\n'],
  ['too many trailers', `0\r\n${Array.from({ length: 21 }, (_, i) => `t${i}:1\r\n`).join('')}\r\n`],
])('%s is refused', async (_, text) => {
  await expect(decoded(cut(Buffer.from(text), []))).rejects.toMatchObject({ status: 400 });
});
