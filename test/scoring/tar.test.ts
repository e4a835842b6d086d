import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gunzip, isTar, openTar } from '../../scoring/bytes/tar.ts';
import { caps } from '../../scoring/caps.ts';
import { importModel } from '../../scoring/import.ts';
import { bytesOf, lightgbmText } from './documents.ts';
import { own } from './goldens.ts';
import { pax, type TarFile, tarOf } from './tars.ts';

const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const long = `${'folder/'.repeat(30)}file`;
const refusal = (code: string) => expect.objectContaining({ code });

describe('a tar archive', () => {
  test('gives its files, with names short and long', () => {
    const directory = openTar(
      tarOf([
        { name: 'pax_global_header', type: 'g', content: pax('comment', 'x') },
        { name: './a.txt', content: 'one' },
        { name: 'dir/', type: '5' },
        { name: 'b.txt', prefix: 'dir', content: 'two' },
        { name: 'PaxHeader', type: 'x', content: pax('mtime', '1.5') + pax('path', `${long}ł`) },
        { name: 'cut', content: 'three' },
        { name: '././@LongLink', type: 'L', content: `${long}2\0` },
        { name: 'cut', content: 'x'.repeat(513) },
        { name: 'old', type: '\0', content: '' },
        { name: 'last', content: 'y' },
      ]),
    );
    expect(directory.names()).toEqual(['a.txt', 'dir/b.txt', `${long}ł`, `${long}2`, 'old', 'last']);
    expect(textOf(directory.file('dir/b.txt'))).toBe('two');
    expect(textOf(directory.file(`${long}ł`))).toBe('three');
    expect(directory.file(`${long}2`)).toHaveLength(513);
    expect(textOf(directory.under('dir').file('b.txt'))).toBe('two');
    expect(directory.file('c.txt')).toBeUndefined();
  });

  test.each<[name: string, files: TarFile[], code: string]>([
    ['a path that climbs', [{ name: '../a' }], 'unsafe'],
    ['a path that climbs inside', [{ name: 'a/../../b' }], 'unsafe'],
    ['an absolute path', [{ name: '/etc/passwd' }], 'unsafe'],
    ['an absolute path in its prefix', [{ name: 'passwd', prefix: '/etc' }], 'unsafe'],
    [
      'a long path that climbs',
      [{ name: 'x', type: 'x', content: pax('path', '../a') }, { name: 'b' }],
      'unsafe',
    ],
    ['a symbolic link', [{ name: 'a', type: '2' }], 'unsafe'],
    ['a hard link', [{ name: 'a', type: '1' }], 'unsafe'],
    ['a device', [{ name: 'a', type: '3' }], 'unsafe'],
    ['a pipe', [{ name: 'a', type: '6' }], 'unsafe'],
    ['a sparse file', [{ name: 'a', type: 'S' }], 'unsafe'],
    ['a long link', [{ name: 'a', type: 'K', content: 'b' }], 'unsafe'],
    ['a size of its own in a pax header', [{ name: 'x', type: 'x', content: pax('size', '9') }], 'unsafe'],
    ['a file twice', [{ name: 'a' }, { name: './a' }], 'unsafe'],
    ['a size beyond its end', [{ name: 'a', size: '77777777777\0' }], 'malformed'],
    ['a binary size', [{ name: 'a', size: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }], 'malformed'],
    ['a size that is no number', [{ name: 'a', size: '9\0' }], 'malformed'],
    ['a wrong checksum', [{ name: 'a', checksum: '000001\0 ' }], 'malformed'],
    ['a pax header cut wrongly', [{ name: 'x', type: 'x', content: '99 path=a\n' }], 'malformed'],
    ['a pax header that is none', [{ name: 'x', type: 'x', content: 'path' }], 'malformed'],
    [
      'a name that is too long',
      [{ name: 'x', type: 'L', content: 'a'.repeat(caps.nameLength + 1) }, { name: 'b' }],
      'too_large',
    ],
  ])('with %s is refused', (_, files, code) => {
    expect(() => openTar(tarOf(files))).toThrow(refusal(code));
  });

  test('holds as many files and bytes as the caps and no more', () => {
    const files = [{ name: 'a', content: 'xx' }, { name: 'b' }];
    expect(openTar(tarOf(files), { ...caps, entries: 2, entryBytes: 2 }).names()).toHaveLength(2);
    expect(() => openTar(tarOf(files), { ...caps, entries: 1 })).toThrow(refusal('too_large'));
    expect(() => openTar(tarOf(files), { ...caps, entryBytes: 1 })).toThrow(refusal('too_large'));
  });

  test('of any bytes is a directory or a refusal', () => {
    const whole = tarOf([
      { name: 'x', type: 'x', content: pax('path', 'a/b') },
      { name: 'c', content: 'text' },
    ]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = byte;
        try {
          for (const name of openTar(bytes.subarray(0, end)).names()) expect(name).not.toMatch(/^\/|\.\./);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/unsafe|malformed|too_large/) });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a compressed archive', () => {
  test('inflates to the cap of its size and its ratio and no further', () => {
    const bytes = gzipSync(Buffer.alloc(10_000));
    expect(gunzip(bytes, { ...caps, inflatedBytes: 10_000, inflateRatio: 1_000 })).toHaveLength(10_000);
    const over = { ...caps, inflatedBytes: 9_999, inflateRatio: 1_000 };
    expect(() => gunzip(bytes, over)).toThrow(refusal('too_large'));
    const ratio = Math.ceil(10_000 / bytes.length);
    expect(gunzip(bytes, { ...caps, inflateRatio: ratio })).toHaveLength(10_000);
    expect(() => gunzip(bytes, { ...caps, inflateRatio: ratio - 1 })).toThrow(refusal('too_large'));
    expect(() => gunzip(gzipSync(Buffer.alloc(100_000_000)))).toThrow(refusal('too_large'));
    expect(() => gunzip(bytes.subarray(0, 20))).toThrow(refusal('malformed'));
  });

  test('that holds one file is that file', () => {
    const file = { name: 'model.txt', content: lightgbmText() };
    expect(importModel(gzipSync(tarOf([file])))).toEqual(importModel(bytesOf(lightgbmText())));
    const nested = { name: 'a', content: 'PK\x03\x04' };
    expect(importModel(gzipSync(tarOf([nested])))).toHaveProperty('refusal');
  });

  test('that another program wrote is read: paths beyond a hundred letters stand in pax headers', () => {
    const bytes = gunzip(readFileSync(join(own, 'mlflow-xgboost.tar.gz')));
    expect(isTar(bytes)).toBe(true);
    const names = openTar(bytes).names();
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(name.length).toBeGreaterThan(100);
  });
});
