import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import { capabilityOf } from '../../scoring/formats/capability.ts';
import type { Layer, Network } from '../../scoring/ir.ts';
import { irOf, numbers, outputOf } from './irs.ts';

const inputs = 19;
const units = 4;
const row = Float64Array.from({ length: inputs }, (_, j) => (((j * 104729) % 997) - 498) / 2110);

function layerOf(activation: Layer['activation'], keep = 1): Layer {
  const sides = activation === 'maxout' ? 2 : 1;
  return {
    inputs,
    units,
    activation,
    keep,
    weights: Float64Array.from({ length: inputs * units * sides }, (_, i) =>
      Math.fround((((i * 7919) % 1000) - 500) / 333),
    ),
    bias: Float64Array.from({ length: units * sides }, (_, i) => (((i * 31) % 17) - 8) / 7),
  };
}

function run(layers: Layer[], response: Network['response'] = null) {
  const core: Network = { type: 'network', compare: 'f64', layers, response };
  const outputs = layers.at(-1)?.units ?? 0;
  const output = outputOf({ targets: outputs });
  return [...reference(irOf({ core, features: numbers(inputs), output })).margin(row)];
}

describe('one layer', () => {
  // What fprop1Layer of NeuralNetwork in h2o-genmodel 3.46.0.9 gives for the same numbers, bit by bit.
  test.each<[Layer['activation'], number, number[]]>([
    ['identity', 1, [-1.1224737068008916, 0.6392529315701714, -0.0019737900705780187, 0.02002191826065569]],
    ['rectifier', 1, [0, 0.6392529315701714, 0, 0.02002191826065569]],
    ['rectifier', 0.7, [0, 0.4474770520991199, 0, 0.014015342782458983]],
    ['expRectifier', 1, [-0.67452632845677, 0.6392529315701714, -0.0019718434279218933, 0.02002191826065569]],
    ['maxout', 1, [0.10941219619937492, -0.11416250667865802, -0.5510085523138598, 0.9706282980674493]],
  ])('%s times %d is as in H2O', (activation, keep, expected) => {
    const values = run([layerOf(activation, keep)]);
    if (activation === 'expRectifier')
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 14);
    else expect(values).toEqual(expected);
  });

  test('tanh is as in H2O', () => {
    const expected = [-0.8084276348599344, 0.5643906678829724, -0.0019737875073870814, 0.02001924324601312];
    for (const [i, value] of run([layerOf('tanh')]).entries())
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 14);
  });
});

describe('a network', () => {
  const single = (activation: Layer['activation'], weight: number, bias: number): Layer => ({
    inputs: 1,
    units: 1,
    activation,
    keep: 1,
    weights: Float64Array.of(weight),
    bias: Float64Array.of(bias),
  });

  test('feeds each layer with the one before', () => {
    const narrow: Layer = { ...layerOf('identity'), units: 1 };
    const [first = Number.NaN] = run([narrow]);
    expect(run([narrow, single('identity', 3, 1), single('rectifier', -2, 0)])).toEqual([
      -2 * (3 * first + 1),
    ]);
  });

  test('gives a regression back in the units of the response', () => {
    const narrow: Layer = { ...layerOf('identity'), units: 1 };
    const [first = Number.NaN] = run([narrow]);
    expect(run([narrow], { multiply: 4, subtract: 10 })).toEqual([first / 4 + 10]);
  });

  test('has no contributions', () => {
    const core: Network = { type: 'network', compare: 'f64', layers: [layerOf('tanh')], response: null };
    const model = reference(irOf({ core, features: numbers(inputs), output: outputOf({ targets: units }) }));
    expect(capabilityOf(outputOf(), core)).toEqual({ available: false, kind: 'neural network' });
    expect(() => model.explain(row)).toThrow('no contributions of network');
  });
});
