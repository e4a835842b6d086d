import { describe, expect, test } from 'vitest';
import { run } from '../../local/asl/run.ts';
import { drivenWorld, machine } from './support/world.ts';

const pass = (Output: unknown) => machine({ A: { Type: 'Pass', Output, End: true } });
const yields = (expression: string, input: unknown = {}) =>
  run(pass(`{% ${expression} %}`), input, drivenWorld().world);

describe('JSONata as Step Functions has it', () => {
  const items = [{ v: 1 }, { v: 2 }, { v: 3 }];
  test.each([
    ['$merge([$states.input, {"b": 2}])', { a: 1, items, b: 2 }],
    ['$states.input.items[0].v', 1],
    ['$states.input.items[-1].v', 3],
    ['$states.input.items[v > 1].v', [2, 3]],
    ['$map($states.input.items, function($i) { $i.v * 2 })', [2, 4, 6]],
    ['"a" & $string($states.input.a)', 'a1'],
    ['( $k := 1; $k + 1 )', 2],
    ['[1..3]', [1, 2, 3]],
    ['$exists($states.input.missing)', false],
    ['$parse("{\\"q\\": 1}").q', 1],
    ['$hash("a", "SHA-256")', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['$partition([1, 2, 3, 4, 5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$now()', '2026-01-01T00:00:00.000Z'],
    ['$uuid()', '80808080-8080-4080-8080-808080808080'],
    ['$random()', 0.5],
    ['null', null],
  ])('%s', async (expression, expected) => {
    expect(await yields(expression, { a: 1, items })).toEqual(expected);
  });

  test.each([
    '$states.input.missing',
    '$undefined',
    'a',
    '$eval("1")',
    '$parse("no json")',
    '$hash("a", "SHA-3")',
    '$range(1, 2000, 1)',
    '"a" + 1',
    '$states.result',
    'function($x) { $x }',
  ])('%s is States.QueryEvaluationError', async (expression) => {
    await expect(yields(expression)).rejects.toMatchObject({ name: 'States.QueryEvaluationError' });
  });

  test('an expression that never ends is ended', async () => {
    await expect(yields('( $f := function($x) { $f($x + 1) + 1 }; $f(1) )')).rejects.toMatchObject({
      name: 'States.QueryEvaluationError',
    });
  });

  test('text outside the marks is text, at any depth', async () => {
    const output = {
      plain: '$states.input',
      deep: [{ x: '{% $states.input.a %}' }, 'a {% 1 %}'],
      none: null,
    };
    expect(await run(pass(output), { a: 1 }, drivenWorld().world)).toEqual({
      plain: '$states.input',
      deep: [{ x: 1 }, 'a {% 1 %}'],
      none: null,
    });
  });
});
