import { describe, expect, test } from 'vitest';
import { caps } from '../../scoring/caps.ts';
import { forest } from '../../scoring/checks/forest.ts';
import { rawTree } from '../../scoring/checks/validate.ts';
import { importModel } from '../../scoring/import.ts';
import { effort } from '../support/effort.ts';
import {
  bytesOf,
  lightgbmText,
  type Nodes,
  xgboostBytes,
  xgboostDocument,
  xgboostTree,
} from './documents.ts';

const codeOf = (bytes: Uint8Array, values?: Record<string, string[]>) => {
  const imported = importModel(bytes, { values });
  return 'refusal' in imported ? imported.refusal.code : 'read';
};

/** A tree whose splits go down to the right, `depth` of them. */
function chain(depth: number): Nodes {
  const size = 2 * depth + 1;
  const split = (node: number) => node % 2 === 0 && node < size - 1;
  const list = (value: (node: number) => number) => Array.from({ length: size }, (_, node) => value(node));
  return {
    left: list((node) => (split(node) ? node + 1 : -1)),
    right: list((node) => (split(node) ? node + 2 : -1)),
    feature: list(() => 0),
    condition: list((node) => node),
  };
}

const levels = (count: number) => ({
  bytes: xgboostBytes({ types: ['c', 'float'], names: ['a', 'b'] }),
  values: { a: Array.from({ length: count }, (_, i) => `v${i}`) },
});
const leaf = xgboostTree({ left: [-1], right: [-1], feature: [0], condition: [1] });
const nested = (depth: number) => bytesOf(`{"learner": ${'['.repeat(depth)}${']'.repeat(depth)}}`);
const category = (code: number) => {
  const tree = xgboostTree({
    left: [1, -1, -1],
    right: [2, -1, -1],
    feature: [0, 0, 0],
    condition: [0, 1, 2],
  });
  const split = { split_type: [1, 0, 0], categories: [code], categories_nodes: [0] };
  const more = { categories_segments: [0], categories_sizes: [1] };
  return xgboostBytes({ trees: [{ ...tree, ...split, ...more }], types: ['c', 'float'] });
};
const headerLines = (count: number) =>
  bytesOf(lightgbmText(Object.fromEntries(Array.from({ length: count - 9 }, (_, i) => [`k${i}`, '']))));
const treeLines = (count: number) =>
  bytesOf(lightgbmText({}, Object.fromEntries(Array.from({ length: count - 14 }, (_, i) => [`k${i}`, '']))));

describe('what is at a cap is read, what is one over it is too large', () => {
  test.each([
    ['features', (n: number) => xgboostBytes({ features: n }), caps.features],
    ['trees', (n: number) => xgboostBytes({ trees: Array(n).fill(leaf) }), caps.trees],
    ['depth', (n: number) => xgboostBytes({ trees: [xgboostTree(chain(n))] }), caps.depth],
    ['the code of a category', (n: number) => category(n - 1), caps.category],
    ['the length of a name', (n: number) => xgboostBytes({ names: ['a', 'b'.repeat(n)] }), caps.nameLength],
    ['lines before the trees', headerLines, caps.headerLines],
    ['lines of a tree', treeLines, caps.treeLines],
  ])('%s', (_, make, cap) => {
    expect(codeOf(make(cap))).toBe('read');
    expect(codeOf(make(cap + 1))).toBe('too_large');
  });

  test('levels', () => {
    const at = levels(caps.levels);
    expect(codeOf(at.bytes, at.values)).toBe('read');
    const over = levels(caps.levels + 1);
    expect(codeOf(over.bytes, over.values)).toBe('too_large');
  });

  test('nesting of JSON', () => {
    expect(codeOf(nested(caps.nesting - 1))).toBe('malformed');
    expect(codeOf(nested(caps.nesting))).toBe('too_large');
    expect(codeOf(nested(1_000_000))).toBe('too_large');
  });

  test('the bytes of a file', () => {
    const bytes = new Uint8Array(caps.artifactBytes + 1);
    expect(codeOf(bytes)).toBe('too_large');
    expect(codeOf(bytes.subarray(1))).toBe('unsupported_format');
  });

  test('outputs', () => {
    const classes = (n: number) =>
      xgboostBytes({ objective: 'multi:softprob', parameters: { num_class: String(n) } });
    expect(codeOf(classes(caps.outputs))).toBe('read');
    expect(codeOf(classes(caps.outputs + 1))).toBe('too_large');
  });

  test('nodes of all trees together, and the bytes of their category tables', () => {
    const bounds = { features: 1, outputs: 1, infiniteThresholds: false, largest: 1e9 };
    const grove = forest(bounds, { ...caps, nodes: 2, tableBytes: 4 });
    grove.add(rawTree(1), 0, 'a');
    grove.add(rawTree(1), 0, 'b');
    expect(() => grove.add(rawTree(1), 0, 'c')).toThrow(expect.objectContaining({ code: 'too_large' }));
    grove.addTable(new Uint8Array(4));
    expect(() => grove.addTable(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'too_large' }));
  });
});

describe('huge claims and many parts cost little before they are refused', () => {
  const many = (part: string, count: number) => bytesOf(`{"learner": [${part.repeat(count)}0]}`);
  const trees = `Tree=0\n${'\n'.repeat(1_000_000)}`;
  test.each([
    ['a tree of a billion leaves', bytesOf(lightgbmText({}, { num_leaves: '1000000000' })), 'too_large'],
    ['leaves that the line cannot hold', bytesOf(lightgbmText({}, { num_leaves: '7000000' })), 'malformed'],
    ['a billion features', xgboostBytes({ features: '1000000000' }), 'too_large'],
    ['a billion classes', xgboostBytes({ parameters: { num_class: '1000000000' } }), 'too_large'],
    [
      'a billion trees an iteration',
      bytesOf(lightgbmText({ num_tree_per_iteration: '1000000000' })),
      'too_large',
    ],
    ['millions of empty lists', many('[],', caps.jsonContainers + 1), 'too_large'],
    ['millions of texts', many('"",', caps.jsonStrings + 1), 'too_large'],
    ['millions of empty lines', bytesOf(`tree\n${'\n'.repeat(1_000_000)}`), 'too_large'],
    ['millions of empty lines in a tree', bytesOf(lightgbmText().replace('Tree=0\n', trees)), 'too_large'],
    ['millions of lines at the end', bytesOf(lightgbmText() + '\n'.repeat(1_000_000)), 'too_large'],
  ])('%s', (_, bytes, code) => {
    const start = effort();
    expect(codeOf(bytes)).toBe(code);
    expect(effort() - start).toBeLessThan(2_000);
  });

  test('keys that every object has are plain names', () => {
    const text = JSON.stringify(xgboostDocument({ names: ['__proto__', 'constructor'] }));
    const hostile = text.replace('{"version"', '{"__proto__":{"learner":1},"constructor":2,"version"');
    expect(codeOf(bytesOf(hostile))).toBe('read');
    expect(codeOf(bytesOf('{"__proto__": {"learner": {}}}'))).toBe('unsupported_format');
    expect(({} as Record<string, unknown>).learner).toBeUndefined();
  });
});
