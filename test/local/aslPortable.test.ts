import { describe, expect, test } from 'vitest';
import { portable } from '../../local/asl/portable.ts';
import { call, machine } from './support/world.ts';

const end = { Type: 'Succeed' };
const inner = (more = {}) => ({ StartAt: 'S', States: { S: { Type: 'Pass', End: true } }, ...more });
const mapped = (more: object, processor: object = inner()) =>
  machine({
    M: { Type: 'Map', Items: '{% $states.input.parts %}', ItemProcessor: processor, End: true, ...more },
  });
const pass = (Output: unknown) => machine({ A: { Type: 'Pass', Output, End: true } });

describe('portable expressions', () => {
  test.each([
    '$states.input.a.b[0].c',
    '$states.input',
    '$name',
    '$name.a.b',
    '$states.input.a = 1 and $states.input.b != "x" or false',
    '$states.input.a in ["x", "y"]',
    '($states.input.a + 2) * 3 - 4 / 5 % 6',
    '"a" & $string($states.input.a)',
    '$states.input.a > 1 ? "y" : "n"',
    '$merge([$states.input, {"b": $x}])',
    '$exists($states.input.a) ? $count($states.input.a) : 0',
    '-$x',
    '-1',
    'null',
  ])('%s is one', (expression) => {
    expect(portable(pass(`{% ${expression} %}`))).toEqual([]);
  });

  test.each([
    '$states.input.items[v > 1]',
    '$states.input.items[-1]',
    '$states.input.items[0][0]',
    '$states.input.items ~> $count()',
    '( $k := 1; $k + 1 )',
    '[1..3]',
    '$map($states.input.items, function($i) { $i.v })',
    '$filter($states.input.items, function($i) { $i.v > 1 })',
    '$parse("{}")',
    '$hash("a", "SHA-256")',
    '$states.input.*',
    '$states.input.**.v',
    '$states.input.items^(v)',
    '$states.input.items{v: v}',
    '$states.input.items[]',
    '$lookup($x, "a").b',
    '$x[0]',
    '$x.a[0]',
    '{$x: 1}',
    '$states.input.a ? 1',
    '$states.input.a ~> |$|{"b": 1}|',
    'a.b',
    '$states.input.(a)',
  ])('%s is none', (expression) => {
    expect(portable(pass(`{% ${expression} %}`))).not.toEqual([]);
  });
});

describe('portable states', () => {
  const caught = (name: string) => [{ ErrorEquals: [name], Next: 'B' }];
  test.each([
    ['Output of a Succeed', machine({ A: { Type: 'Succeed', Output: 1 } })],
    ['Output of a Wait', machine({ A: { Type: 'Wait', Seconds: 1, Output: 1, End: true } })],
    ['Output of a Parallel', machine({ A: { Type: 'Parallel', Branches: [inner()], Output: 1, End: true } })],
    ['Output of a Map', mapped({ Output: 1 })],
    ['Catch of a Map', { ...mapped({ Catch: caught('States.ALL') }) }],
    ['an expression as Seconds', machine({ A: { Type: 'Wait', Seconds: '{% 1 %}', End: true } })],
    ['an expression as Error', machine({ A: { Type: 'Fail', Error: '{% "A" %}' } })],
    ['an expression as Cause', machine({ A: { Type: 'Fail', Error: 'A', Cause: '{% "A" %}' } })],
    ['Items that are computed', mapped({ Items: '{% $append($states.input.a, []) %}' })],
    ['a selector that computes', mapped({ ItemSelector: { a: '{% 1 + 1 %}' } })],
    [
      'an error caught by its own name',
      machine({ A: call('f', { Catch: caught('Conflict'), Next: 'B' }), B: end }),
    ],
    ['what is inside a Map', mapped({}, { StartAt: 'S', States: { S: { Type: 'Succeed', Output: 1 } } })],
  ])('%s is none', (_, definition) => {
    expect(portable(definition)).not.toEqual([]);
  });
});
