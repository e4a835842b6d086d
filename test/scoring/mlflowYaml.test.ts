import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caps } from '../../scoring/caps.ts';
import { parseYaml, type Yaml } from '../../scoring/formats/mlflow/yaml.ts';
import { effort } from '../support/effort.ts';
import { bytesOf } from './documents.ts';

/** Mappings as plain objects, to be compared. */
const plain = (value: Yaml | undefined): unknown =>
  value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [key, plain(item)])) : value;
const parsed = (text: string) => plain(parseYaml(bytesOf(text)));

describe('the YAML of an MLmodel file', () => {
  test('is read as PyYAML writes it', () => {
    expect(
      parsed(
        [
          '# a comment',
          'a: plain text',
          'b:',
          '  c: null',
          '  "d": x'.replaceAll('"', "'"),
          '  e: {}',
          '  f:',
          '  - 1',
          '  - g: 2',
          '    h: 3',
          "  i: ''",
          'j: long text that goes',
          '  on and on',
          "k: 'folded ''text''",
          '  goes on',
          '',
          "  after a break: it''s'",
          'l: "tab\\tquote\\" letter\\xe9 \\',
          '  \\ end \\U0001F600"',
          'm: 7',
          'n:',
          '',
        ].join('\n'),
      ),
    ).toEqual({
      a: 'plain text',
      b: { c: null, d: 'x', e: null, f: null, i: '' },
      j: 'long text that goes on and on',
      k: "folded 'text' goes on\nafter a break: it's",
      l: 'tab\tquote" letteré  end 😀',
      m: '7',
      n: null,
    });
    expect(parsed('a: b\r\nc:\r\n  d: e\r\n')).toEqual({ a: 'b', c: { d: 'e' } });
  });

  test.each([
    ['an anchor', 'a: &x b'],
    ['an alias', 'a: *x'],
    ['a tag', 'a: !!python/object:os.system b'],
    ['a block of text', 'a: |\n  b'],
    ['a folded block', 'a: >\n  b'],
    ['flow style', 'a: {b: c}'],
    ['a list in flow style', 'a: [b]'],
    ['a complex key', '? a\n: b'],
    ['a mapping in a line', 'a: b: c'],
    ['a key twice', 'a: b\na: c'],
    ['a list at its top', '- a'],
    ['a line without a key', 'a: b\nc'],
    ['a deeper line than its first', 'a:\n    b: c\n   d: e'],
    ['a tab', 'a:\n\tb: c'],
    ['a quote that does not end', "a: 'b"],
    ['more after a quote', "a: 'b' c"],
    ['an unknown escape', 'a: "\\q"'],
    ['several documents', 'a: b\n---\nc: d'],
  ])('with %s is refused', (_, text) => {
    expect(() => parseYaml(bytesOf(text))).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  test('of any text in quotes, folded anywhere, is that text again', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', "'", '"', '\\', 'é', '{', ':', '#', '-'),
      minLength: 1,
    });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        (words, folds) => {
          const joint = (i: number) => (folds[i % folds.length] ? '\n    ' : ' ');
          const written = words.map((w, i) => (i === 0 ? '' : joint(i)) + w.replaceAll("'", "''")).join('');
          expect(parsed(`a:\n  b: '${written}'\n  c: d\n`)).toEqual({ a: { b: words.join(' '), c: 'd' } });
        },
      ),
    );
  });

  test('may have as many bytes, lines and levels as the caps and no more', () => {
    const tooLarge = expect.objectContaining({ code: 'too_large' });
    const comment = new Uint8Array(caps.yamlBytes + 1).fill(0x23);
    expect(() => parseYaml(comment)).toThrow(tooLarge);
    expect(parseYaml(comment.subarray(1)).size).toBe(0);
    expect(parsed('\n'.repeat(caps.yamlLines - 1))).toEqual({});
    expect(() => parsed('\n'.repeat(caps.yamlLines))).toThrow(tooLarge);
    const nested = (depth: number) =>
      Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
    expect(parsed(nested(caps.nesting + 1))).toBeTypeOf('object');
    expect(() => parsed(nested(caps.nesting + 2))).toThrow(tooLarge);
  });

  test('of a signature of tens of thousands of columns is read at once', () => {
    const columns = Array.from(
      { length: 60_000 },
      (_, i) => `{"type": "double", "name": "feature_${i}"},\n    `,
    ).join('');
    const start = effort();
    const text = (
      parseYaml(bytesOf(`signature:\n  inputs: '[${columns}]'\n`)).get('signature') as ReadonlyMap<
        string,
        Yaml
      >
    ).get('inputs');
    expect(text).toHaveLength(columns.replaceAll('\n    ', ' ').length + 2);
    expect(effort() - start).toBeLessThan(2_000);
  });
});
