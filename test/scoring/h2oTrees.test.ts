import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, modelOf, mojoFiles } from './h2oFiles.ts';

type Leaf = { leaf: number };
type Node = {
  column: number;
  way: number;
  test: { at: number } | { offset: number; bits: boolean[]; small: boolean };
  left: Tree;
  right: Tree;
};
type Tree = Leaf | Node;

const levels = Array.from({ length: 40 }, (_, i) => `l${i}`);
const columns: [string, string[]?][] = [['number'], ['letter', levels], ['other']];
const isLevels = (column: number) => columns[column]?.[1] !== undefined;

/** Bytes of a tree as H2O writes them; before version 1.20 a set of levels is counted in bytes. */
function bytesOfTree(tree: Tree, version: number): Buffer {
  if ('leaf' in tree) return Buffer.concat([Buffer.of(0, 0xff, 0xff), single(tree.leaf)]);
  return nodeBytes(tree, version);
}

const single = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};

function nodeBytes(node: Node, version: number): Buffer {
  const side = (tree: Tree) => ('leaf' in tree ? single(tree.leaf) : nodeBytes(tree, version));
  const left = side(node.left);
  const right = side(node.right);
  const against = node.way === 1;
  const [kind, test] = testBytes(node.test, version);
  const width = left.length < 256 ? 1 : left.length < 65_536 ? 2 : 3;
  const size = Buffer.alloc(width);
  size.writeUIntLE(left.length, 0, width);
  const leftIsLeaf = 'leaf' in node.left;
  const type = (against ? 0 : kind) | (leftIsLeaf ? 48 : width - 1) | ('leaf' in node.right ? 0x40 : 0);
  const head = Buffer.of(type, node.column, 0, node.way);
  return Buffer.concat([head, ...(against ? [] : [test]), ...(leftIsLeaf ? [] : [size]), left, right]);
}

function testBytes(test: Node['test'], version: number): [kind: number, bytes: Buffer] {
  if ('at' in test) return [0, single(test.at)];
  const bits = Buffer.alloc(Math.ceil(test.bits.length / 8));
  test.bits.forEach((bit, i) => {
    if (bit) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  });
  if (test.small) return [8, bits];
  const head = Buffer.alloc(version < 1.2 ? 4 : 6);
  head.writeUInt16LE(test.offset);
  if (version < 1.2) head.writeUInt16LE(bits.length, 2);
  else head.writeInt32LE(test.bits.length, 2);
  return [12, Buffer.concat([head, bits])];
}

/** The rule of the format, word by word. */
function goesRight({ way, test }: Node, x: number, version: number): boolean {
  const missingRight = way !== 2 && way !== 4;
  if (Number.isNaN(x)) return missingRight;
  if (way === 1) return false;
  if ('at' in test) return x >= test.at;
  const bit = test.bits[x - test.offset];
  if (bit === undefined) return version < 1.1 ? false : missingRight;
  return bit;
}

function leafOf(tree: Tree, row: readonly number[], version: number): number {
  if ('leaf' in tree) return tree.leaf;
  const right = goesRight(tree, row[tree.column] as number, version);
  return leafOf(right ? tree.right : tree.left, row, version);
}

const numbers = [-2.5, -1, 0, 0.5, 1, 3.25];
const leaf: fc.Arbitrary<Leaf> = fc.integer({ min: -8, max: 8 }).map((value) => ({ leaf: value / 4 }));
const set = fc.oneof(
  fc.array(fc.boolean(), { minLength: 32, maxLength: 32 }).map((bits) => ({ offset: 0, bits, small: true })),
  // A whole number of bytes, which is all that the old form can count.
  fc
    .tuple(fc.nat(20), fc.integer({ min: 0, max: 5 }))
    .chain(([offset, bytes]) =>
      fc
        .array(fc.boolean(), { minLength: 8 * bytes, maxLength: 8 * bytes })
        .map((bits) => ({ offset, bits, small: false })),
    ),
);
const trees = fc.letrec<{ tree: Tree; node: Node }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('node')),
  node: fc
    .record({
      column: fc.nat(2),
      way: fc.integer({ min: 1, max: 5 }),
      at: fc.constantFrom(...numbers),
      set,
      isSet: fc.boolean(),
      left: tie('tree'),
      right: tie('tree'),
    })
    .map(({ column, way, at, set: levelsRight, isSet, left, right }) => ({
      column,
      way,
      test: isLevels(column) && isSet ? levelsRight : { at },
      left,
      right,
    })),
})).tree;
const value = (column: number) =>
  fc.oneof(
    fc.constant(Number.NaN),
    isLevels(column) ? fc.nat(levels.length - 1) : fc.constantFrom(...numbers),
  );
const rows = fc.array(fc.tuple(value(0), value(1), value(2)), { minLength: 1, maxLength: 20 });

describe('trees of every version answer as the format says', () => {
  test.each([1.0, 1.1, 1.2, 1.3, 1.4])('version %d', (version) => {
    fc.assert(
      fc.property(fc.array(trees, { minLength: 1, maxLength: 3 }), rows, (all, shown) => {
        const files = all.map((tree, i): [string, Uint8Array] => [
          `trees/t00_00${i}.bin`,
          bytesOfTree(tree, version),
        ]);
        const model = modelOf(mojoFiles({ info: { mojo_version: version.toFixed(2) }, columns, files }));
        for (const row of shown) {
          const sum = all.reduce((total, tree) => total + leafOf(tree, row, version), 0);
          expect(model.margin(Float64Array.from(row))[0]).toBe(sum);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('thresholds between two level codes are told apart', () => {
    const at = (threshold: number): Tree => ({
      column: 1,
      way: 4,
      test: { at: threshold },
      left: { leaf: 0 },
      right: { leaf: 1 },
    });
    const thresholds = [0, 0.5, 1, 1.5];
    const files = thresholds.map((threshold, i): [string, Uint8Array] => [
      `trees/t00_00${i}.bin`,
      bytesOfTree(at(threshold), 1.4),
    ]);
    const model = modelOf(mojoFiles({ columns, files }));
    const sums = [0, 1, 2].map((code) => model.margin(Float64Array.of(0, code, 0))[0]);
    expect(sums).toEqual([1, 3, 4]);
  });

  test('a tree whose left side takes two or three bytes to count', () => {
    const deep = (depth: number): Tree =>
      depth === 0
        ? { leaf: 1 }
        : { column: 0, way: 4, test: { at: depth }, left: deep(depth - 1), right: deep(depth - 1) };
    for (const depth of [6, 13]) {
      const bytes = bytesOfTree(deep(depth), 1.4);
      expect(bytes.length).toBeGreaterThan(depth === 6 ? 256 : 65_536);
      expect(modelOf(mojoFiles({ files: [['trees/t00_000.bin', bytes]] })).ir.core).toMatchObject({ depth });
    }
  });
});

describe('a tree that is none is refused', () => {
  const good: Tree = {
    column: 0,
    way: 4,
    test: { at: 1 },
    left: { column: 1, way: 5, test: { at: 2 }, left: { leaf: 1 }, right: { leaf: 2 } },
    right: { leaf: 3 },
  };
  const changed = (change: (bytes: Buffer) => Buffer) =>
    codeOf(mojoFiles({ files: [['trees/t00_000.bin', change(bytesOfTree(good, 1.4))]] }));
  const at = (place: number, byte: number) => (bytes: Buffer) => {
    bytes[place] = byte;
    return bytes;
  };

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut short', (bytes) => bytes.subarray(0, -1)],
    ['followed by a byte', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
    ['empty', () => Buffer.alloc(0)],
    ['with a right side elsewhere', at(8, 3)],
    ['with a column that is not there', at(1, 9)],
    ['with a column of no tree inside', (bytes) => at(10, 0xff)(at(11, 0xff)(bytes))],
    ['with an unknown way for missing values', at(3, 6)],
    ['with an unknown kind of split', (bytes) => at(0, (bytes[0] as number) | 4)(bytes)],
    ['with an unknown form', (bytes) => at(0, (bytes[0] as number) | 16)(bytes)],
    ['with a set of levels on a column of numbers', (bytes) => at(0, (bytes[0] as number) | 8)(bytes)],
    ['with an infinite threshold', (bytes) => at(7, 0x7f)(at(6, 0x80)(bytes))],
    ['with an infinite leaf', (bytes) => at(bytes.length - 1, 0x7f)(at(bytes.length - 2, 0x80)(bytes))],
  ])('%s', (_, change) => {
    expect(changed((bytes) => bytes)).toBe('read');
    expect(changed(change)).toBe('malformed');
  });

  test('deeper than the cap', () => {
    const chain = (depth: number): Tree => {
      let tree: Tree = { leaf: 1 };
      for (let i = 0; i < depth; i++)
        tree = { column: 0, way: 4, test: { at: i }, left: { leaf: 0 }, right: tree };
      return tree;
    };
    const files = (depth: number) =>
      mojoFiles({ files: [['trees/t00_000.bin', bytesOfTree(chain(depth), 1.4)]] });
    expect(codeOf(files(512))).toBe('read');
    expect(codeOf(files(513))).toBe('too_large');
  });

  test('weights that are cut off, negative or not there', () => {
    const tree = bytesOfTree(good, 1.4);
    const entry = (id: number, left: number, right: number, children: [number, number]) => {
      const bytes = Buffer.alloc(40);
      bytes.writeInt32LE(id, 0);
      bytes.writeFloatLE(left, 8);
      bytes.writeFloatLE(right, 12);
      bytes.writeInt32LE(children[0], 32);
      bytes.writeInt32LE(children[1], 36);
      return bytes;
    };
    const code = (...entries: Buffer[]) =>
      codeOf(
        mojoFiles({
          files: [
            ['trees/t00_000.bin', tree],
            ['trees/t00_000_aux.bin', Buffer.concat(entries)],
          ],
        }),
      );
    const root = entry(0, 6, 4, [1, 2]);
    expect(code(entry(1, 5, 1, [3, 4]), root)).toBe('read');
    expect(code(root)).toBe('malformed');
    expect(code(entry(1, 5, -1, [3, 4]), root)).toBe('malformed');
    expect(code(entry(1, 5, 1, [3, 4]), root.subarray(0, 39))).toBe('malformed');
  });
});
