import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directoryOfFiles } from '../../scoring/bytes/directory.ts';
import { openZip } from '../../scoring/bytes/zip.ts';
import { type Caps, caps } from '../../scoring/caps.ts';
import { isRefusal } from '../../scoring/refusals.ts';
import { type File, type Odd, zipOf } from './zips.ts';

const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** The code of the refusal of a zip of which every file is read. */
function codeOf(bytes: Uint8Array, limits: Caps = caps): string {
  try {
    const directory = openZip(bytes, limits);
    for (const name of directory.names()) directory.file(name);
    return 'read';
  } catch (error) {
    return isRefusal(error) ? error.code : `threw ${error}`;
  }
}

const odd = (what: Odd): Uint8Array =>
  zipOf([
    ['a', 'x'.repeat(50)],
    ['b', 'content', what],
  ]);
const named = (...names: string[]) => zipOf(names.map((name): File => [name, 'content']));

describe('a zip gives back what was put in', () => {
  test('stored or deflated, with sizes before or after the data', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0, 8), fc.boolean()), {
          maxLength: 8,
        }),
        fc.string({ maxLength: 30 }),
        (contents, comment) => {
          const files = contents.map(
            ([bytes, method, descriptor], i): File => [`folder/${i}`, bytes, { method, descriptor }],
          );
          const directory = openZip(zipOf(files, { comment }));
          expect(directory.names()).toEqual(files.map(([name]) => name));
          for (const [name, bytes] of files)
            expect(Buffer.from(directory.file(name) ?? [1]).equals(Buffer.from(bytes))).toBe(true);
        },
      ),
    );
  });

  test('folders are seen through, and a folder below is a directory of its own', () => {
    const zip = zipOf([
      ['models/', '', { method: 0 }],
      ['models/é/x', 'one'],
      ['models/y', 'two'],
      ['z', 'three'],
    ]);
    const directory = openZip(zip);
    const below = directory.under('models');
    expect(directory.names()).toEqual(['models/é/x', 'models/y', 'z']);
    expect(below.names()).toEqual(['é/x', 'y']);
    expect(textOf(below.under('é/').file('x'))).toBe('one');
    expect(below.file('z')).toBeUndefined();
    expect(below.file('__proto__')).toBeUndefined();
    expect(textOf(directory.under('').file('z'))).toBe('three');
  });

  test('only a file that is asked for is inflated', () => {
    const directory = openZip(
      zipOf([
        ['good', 'content'],
        ['bad', 'content', { crc: 1 }],
      ]),
    );
    expect(textOf(directory.file('good'))).toBe('content');
    expect(() => directory.file('bad')).toThrow();
  });
});

describe('a zip that would do harm is refused', () => {
  test.each<[string, Uint8Array]>([
    ['a path that climbs', named('../../x')],
    ['a path that climbs later', named('a/../../b')],
    ['an absolute path', named('/etc/x')],
    ['a drive', named('C:\\x')],
    ['a drive with slashes', named('C:/x')],
    ['a NUL in a path', named('a\0b')],
    ['an empty path', named('')],
    ['an empty part', named('a//b')],
    ['a name that stands twice', named('a', 'a')],
    ['a link', odd({ mode: 0o120777 })],
    ['a device', odd({ mode: 0o060600 })],
    ['an encrypted file', odd({ flags: 1 })],
    ['another method than deflate', odd({ method: 12 })],
    ['another name in the local header', odd({ localName: 'c' })],
    ['another size in the local header', odd({ localSize: 3 })],
    ['another method in the local header', odd({ localMethod: 0 })],
    [
      'entries that share their bytes',
      zipOf([
        ['a', 'x'],
        ['b', 'x', { share: 0, localName: 'a' }],
      ]),
    ],
    ['a folder with content', zipOf([['a/', 'x']])],
    ['zip64 counts', zipOf([['a', 'x']], { count: 0xffff })],
    ['zip64 sizes', odd({ size: 0xffffffff })],
  ])('%s', (_, zip) => {
    expect(codeOf(zip)).toBe('unsafe');
  });

  test('entries whose bytes overlap, though each has a header of its own', () => {
    const inner = zipOf([['b', 'content', { method: 0 }]]);
    const local = inner.subarray(0, 30 + 1 + 7);
    const zip = Buffer.from(
      zipOf([
        ['a', local, { method: 0 }],
        ['b', 'content', { method: 0 }],
      ]),
    );
    // The second central header points at the local header that lies inside the first file.
    zip.writeUInt32LE(31, zip.lastIndexOf('PK\x01\x02') + 42);
    expect(codeOf(zip)).toBe('unsafe');
  });

  test.each<[string, Uint8Array]>([
    ['no zip', new Uint8Array(100)],
    ['nothing', new Uint8Array()],
    ['fewer headers than told', zipOf([['a', 'x']], { count: 2 })],
    [
      'more headers than told',
      zipOf(
        [
          ['a', 'x'],
          ['b', 'x'],
        ],
        { count: 1 },
      ),
    ],
    ['a directory elsewhere', zipOf([['a', 'x']], { shift: 1 })],
    ['bytes after the end', Buffer.concat([named('a'), new Uint8Array(4)])],
    ['a wrong checksum', odd({ crc: 5 })],
    ['more bytes than told', odd({ size: 3, localSize: 3 })],
    ['fewer bytes than told', odd({ size: 9, localSize: 9 })],
    ['bytes that do not inflate', odd({ packed: Uint8Array.of(7, 7, 7) })],
    ['a stored size that differs', odd({ method: 0, packed: new Uint8Array(3) })],
  ])('%s', (_, zip) => {
    expect(codeOf(zip)).toBe('malformed');
  });

  test('a bomb is refused before anything is inflated', () => {
    const bomb = zipOf([['a', new Uint8Array(20_000_000)]]);
    expect(bomb.length).toBeLessThan(30_000);
    expect(codeOf(bomb)).toBe('too_large');
  });

  test('what inflates to two hundred times its size is read, one byte more is too large', () => {
    const zip = zipOf([['a', new Uint8Array(200_000)]]);
    const limits = (total: number) => ({ ...caps, inflateRatio: total / zip.length }) as unknown as Caps;
    expect(codeOf(zip, limits(200_000))).toBe('read');
    expect(codeOf(zip, limits(199_999))).toBe('too_large');
  });

  test('a file that inflates to more than it tells stops there, before it takes the memory', () => {
    const million = deflateRawSync(new Uint8Array(1_000_000), { finishFlush: constants.Z_FULL_FLUSH });
    const packed = Buffer.concat([...Array<Buffer>(400).fill(million), deflateRawSync(new Uint8Array())]);
    const zip = zipOf([['a', 'x', { packed, size: 1000 }]]);
    const before = process.resourceUsage().maxRSS;
    expect(codeOf(zip)).toBe('malformed');
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100_000);
  });

  test.each<[string, Uint8Array, Partial<Record<keyof Caps, number>>, number]>([
    ['files', named('a', 'b', 'c'), { entries: 3 }, 3],
    ['the size of one', zipOf([['a', 'content']]), { entryBytes: 7 }, 7],
    [
      'all sizes',
      zipOf([
        ['a', 'content'],
        ['b', 'content'],
      ]),
      { inflatedBytes: 14 },
      14,
    ],
  ])('what is at the cap of %s is read, what is one over it is too large', (_, zip, limit, at) => {
    const [cap] = Object.keys(limit) as (keyof Caps)[];
    const limits = (value: number): Caps => ({ ...caps, [cap as string]: value });
    expect(codeOf(zip, limits(at))).toBe('read');
    expect(codeOf(zip, limits(at - 1))).toBe('too_large');
  });

  test('any bytes changed: the files or a refusal', () => {
    const good = zipOf(
      [
        ['a', 'x'.repeat(90)],
        ['b/c', 'content', { descriptor: true }],
      ],
      { comment: 'PK' },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.nat(good.length),
        fc.boolean(),
        (changes, length, cut) => {
          const bytes = good.slice(0, cut ? length : good.length);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          expect(codeOf(bytes)).toMatch(/^(read|malformed|unsafe|too_large)$/);
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 500) },
    );
  });
});

test('a directory of uploaded files keeps the same rules', () => {
  const files = (name: string) => new Map([[name, Uint8Array.of(1)]]);
  expect(directoryOfFiles(files('a/b')).under('a').file('b')).toEqual(Uint8Array.of(1));
  expect(() => directoryOfFiles(files('../a'))).toThrow();
  expect(() => directoryOfFiles(files('/a'))).toThrow();
});
