import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bodyAddress,
  decodeImage,
  encodeImage,
  type Image,
  imageVersion,
  isRecompile,
} from '../../scoring/image/container.ts';
import type { Numbers } from '../../scoring/image/numbers.ts';
import { pack, unpack } from '../../scoring/image/plain.ts';

const numbers: fc.Arbitrary<Numbers> = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);

const sections = fc
  .uniqueArray(fc.tuple(fc.string(), numbers), { selector: ([name]) => name, maxLength: 8 })
  .map((list) => list as [string, Numbers][]);

const opened = (bytes: Uint8Array): Image => {
  const image = decodeImage(bytes);
  if (isRecompile(image)) throw new Error('of another version');
  return image;
};

describe('an image', () => {
  test('gives back the header and the sections that were put in, wherever its bytes lie', () => {
    fc.assert(
      fc.property(sections, fc.integer({ min: 0, max: 9 }), (put, offset) => {
        const bytes = encodeImage({ name: 'ü' }, put);
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        const image = opened(moved.subarray(offset));
        expect(image.header).toEqual({ name: 'ü' });
        for (const [name, expected] of put) expect(image.section(name)).toEqual(expected);
      }),
    );
  });

  test('has each section at the address that it has in a memory with the body from 64 on', () => {
    const image = opened(
      encodeImage({}, [
        ['a', new Uint8Array(65).fill(1)],
        ['b', new Uint8Array([7])],
      ]),
    );
    expect([image.address('a'), image.address('b')]).toEqual([64, 192]);
    expect(image.body[image.address('b') - bodyAddress]).toBe(7);
  });

  test('of another version asks to be compiled again', () => {
    const bytes = encodeImage({}, []);
    new DataView(bytes.buffer).setUint16(4, imageVersion + 1, true);
    expect(decodeImage(bytes)).toEqual({ recompile: true });
  });

  test('that is cut anywhere, or longer, is an error', () => {
    const bytes = encodeImage({ long: 'x'.repeat(100) }, [['a', new Float64Array(40)]]);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeImage(bytes.subarray(0, length)), `${length}`).toThrow('no image of a model');
    expect(() => decodeImage(new Uint8Array([...bytes, 0]))).toThrow('no image of a model');
  });

  test('never gives a section outside its body, whatever bytes are changed', () => {
    const bytes = encodeImage({}, [
      ['a', new Float64Array(40).fill(1)],
      ['b', new Int32Array(3)],
    ]);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, (changed) => {
        const bad = bytes.slice();
        for (const [at, byte] of changed) bad[at] = byte;
        let image: ReturnType<typeof decodeImage>;
        try {
          image = decodeImage(bad);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          return;
        }
        if (isRecompile(image)) return;
        for (const name of ['a', 'b'].filter(image.has)) {
          const section = image.section(name);
          expect(section.byteOffset + section.byteLength).toBeLessThanOrEqual(section.buffer.byteLength);
          expect(section.byteOffset).toBeGreaterThanOrEqual(image.body.byteOffset);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('without a section that is asked for is an error', () => {
    expect(() => opened(encodeImage({}, [])).section('nodes')).toThrow('lacks the section nodes');
  });
});

describe('plain data', () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      numbers,
      fc.constant(new Float64Array(9)),
      fc.array(tie('value')),
      fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom('$', '$$', '__proto__', 'constructor')),
        tie('value'),
        {
          noNullPrototype: true,
        },
      ),
    ),
  })).value;

  test('come back the same: NaN, −0, infinities, typed arrays and odd names among them', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const { json, sections: own } = pack(value, 'part');
        const image = opened(encodeImage({ json }, own));
        expect(unpack((image.header as { json: unknown }).json, image)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });
});
