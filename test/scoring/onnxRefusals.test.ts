import { describe, expect, test } from 'vitest';
import { caps } from '../../scoring/caps.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import type { Refusal } from '../../scoring/refusals.ts';
import { constant, type Document, type Node, onnxBytes } from './onnxBytes.ts';

function refusalOf(document: Document): Refusal {
  const imported = importModel(onnxBytes(document));
  if ('refusal' in imported) return imported.refusal;
  throw new Error('the model was not refused');
}

function modelOf(document: Document) {
  const imported = importModel(onnxBytes(document));
  if ('refusal' in imported) throw new Error(JSON.stringify(imported.refusal));
  return reference(imported.model);
}

const one = (op: string, more: Partial<Node> = {}): Node => ({ op, inputs: ['X'], outputs: ['Y'], ...more });
const learning = (op: string, attributes: Node['attributes']): Node =>
  one(op, { domain: 'ai.onnx.ml', attributes });

/** A stump with as many leaves as weights; each weight is a class and a value on both leaves. */
function stump(
  weights: [number, number][],
  more: Node['attributes'] = {},
  mode = 'BRANCH_LEQ',
): Node['attributes'] {
  const all = [1, 2].flatMap((leaf) => weights.map(([id, weight]) => ({ leaf, id, weight: weight * leaf })));
  return {
    nodes_treeids: { ints: [0, 0, 0] },
    nodes_nodeids: { ints: [0, 1, 2] },
    nodes_featureids: { ints: [0, 0, 0] },
    nodes_modes: { strings: [mode, 'LEAF', 'LEAF'] },
    nodes_values: { floats: [0.5, 0, 0] },
    nodes_truenodeids: { ints: [1, 0, 0] },
    nodes_falsenodeids: { ints: [2, 0, 0] },
    class_treeids: { ints: all.map(() => 0) },
    class_nodeids: { ints: all.map(({ leaf }) => leaf) },
    class_ids: { ints: all.map(({ id }) => id) },
    class_weights: { floats: all.map(({ weight }) => weight) },
    classlabels_int64s: { ints: [0, 1] },
    ...more,
  };
}

const classifier = (attributes: Node['attributes']): Document => ({
  nodes: [
    { op: 'TreeEnsembleClassifier', domain: 'ai.onnx.ml', inputs: ['X'], outputs: ['L', 'Y'], attributes },
  ],
  outputs: ['L', 'Y'],
});

describe('an ONNX model is refused', () => {
  test('with every operation that is not supported named at once', () => {
    const refusal = refusalOf({
      nodes: [
        one('Loop', { outputs: ['a'] }),
        one('Relu', { outputs: ['b'] }),
        one('Magic', { domain: 'com.example', outputs: ['c'] }),
        one('Scan', { outputs: ['d'] }),
        one('Loop', { outputs: ['e'] }),
      ],
    });
    expect(refusal.code).toBe('unsupported_model');
    expect(refusal.message).toBe('These ONNX operations are not supported: Loop, com.example.Magic, Scan.');
  });

  test('with as many names as a message holds, and how many more there are', () => {
    const nodes = Array.from({ length: 40 }, (_, i) => one(`Unheard${i}`, { outputs: [`y${i}`] }));
    const { message } = refusalOf({ nodes });
    expect(message).toMatch(/Unheard0, .* and \d+ more\.$/);
    expect(message.length).toBeLessThan(200);
  });

  test('when an operation of a known name holds a graph of its own', () => {
    const node = one('Relu', { attributes: { body: { graph: [] } } });
    expect(refusalOf({ nodes: [node] }).message).toContain('Relu');
  });

  test('when it is a converted isolation forest, with what to register instead', () => {
    const nodes = [
      learning('TreeEnsembleRegressor', {}),
      ...Array.from({ length: 20 }, (_, i) => one('Log', { outputs: [`l${i}`] })),
    ];
    expect(refusalOf({ nodes, outputs: ['label', 'scores'] }).hint).toContain('skops');
  });

  test.each<[string, Document, string]>([
    ['functions of its own', { nodes: [one('Relu')], more: [[25, [[1, 'f']]]] }, 'functions'],
    [
      'data in another file',
      {
        nodes: [one('Add', { inputs: ['X', 'B'] })],
        constants: [[...constant('B', [2], { floats: [1, 2] }), [14, 1], [13, [[1, 'location']]]]],
      },
      'another file',
    ],
    ['newer operations', { nodes: [one('Relu')], versions: [['', 99]] }, 'newer versions'],
    [
      'several answers',
      { nodes: [one('Relu'), one('Tanh', { outputs: ['Z'] })], outputs: ['Y', 'Z'] },
      'several answers',
    ],
    ['several rows at once', { nodes: [one('Relu')], inputs: [['X', 1, [5, 2]]] }, 'several rows'],
    [
      'an input of three dimensions',
      { nodes: [one('Relu')], inputs: [['X', 1, [-1, 2, 2]]] },
      'neither a column',
    ],
    [
      'an unknown number of columns',
      { nodes: [one('Relu')], inputs: [['X', 1, [-1, -1]]] },
      'how many columns',
    ],
    [
      'half-precision numbers',
      { nodes: [one('Relu')], inputs: [['X', 10, [-1, 2]]] },
      'type that is not supported',
    ],
    [
      'a base value for each of two scores',
      classifier(
        stump(
          [
            [0, 1],
            [1, 2],
          ],
          { base_values: { floats: [0.5, 0.5] } },
        ),
      ),
      'read differently',
    ],
    ['a probit of one score', classifier(stump([[0, 1]], { post_transform: 'PROBIT' })), 'read differently'],
    [
      'a label as a number',
      {
        nodes: [
          {
            op: 'TreeEnsembleClassifier',
            domain: 'ai.onnx.ml',
            inputs: ['X'],
            outputs: ['L', 'P'],
            attributes: stump([[0, 1]]),
          },
          one('Cast', { inputs: ['L'], outputs: ['F'], attributes: { to: 1 } }),
          one('Identity', { inputs: ['F'] }),
          one('Relu', { inputs: ['L'], outputs: ['Z'] }),
        ],
        outputs: ['Z'],
      },
      'label of a classifier',
    ],
  ])('with %s', (_, document, words) => {
    const refusal = refusalOf(document);
    expect(refusal.code).toBe('unsupported_model');
    expect(refusal.message).toContain(words);
  });

  test.each<[string, Document]>([
    ['a tensor that nothing makes', { nodes: [one('Relu', { inputs: ['Q'] })] }],
    ['a tensor made twice', { nodes: [one('Relu'), one('Tanh')] }],
    ['an output that nothing makes', { nodes: [one('Relu')], outputs: ['Q'] }],
    [
      'a constant shorter than its shape',
      {
        nodes: [one('Add', { inputs: ['X', 'B'] })],
        constants: [constant('B', [3], { floats: [1, 2] })],
      },
    ],
    [
      'shapes that do not fit',
      {
        nodes: [one('Add', { inputs: ['X', 'B'] })],
        constants: [constant('B', [3], { floats: [1, 2, 3] })],
      },
    ],
    [
      'a place beyond its tensor',
      {
        nodes: [one('Gather', { inputs: ['X', 'I'], attributes: { axis: 1 } })],
        constants: [constant('I', [1], { wholes: [2] })],
      },
    ],
    [
      'an attribute of a wrong type',
      { nodes: [learning('Scaler', { offset: { ints: [1] }, scale: { floats: [1] } })] },
    ],
    [
      'a tree that turns in a circle',
      classifier(stump([[0, 1]], { nodes_truenodeids: { ints: [0, 0, 0] } })),
    ],
    [
      'a tree with a node that is not there',
      classifier(stump([[0, 1]], { nodes_truenodeids: { ints: [7, 0, 0] } })),
    ],
    [
      'a split by a feature that is not there',
      classifier(stump([[0, 1]], { nodes_featureids: { ints: [2, 0, 0] } })),
    ],
    ['a weight that is no number', classifier(stump([[0, Number.NaN]]))],
    [
      'a weight of a class that is not there',
      classifier(
        stump([
          [0, 1],
          [2, 1],
        ]),
      ),
    ],
    ['an unknown comparison', classifier(stump([[0, 1]], {}, 'BRANCH_SOMEHOW'))],
    ['an unknown transformation', classifier(stump([[0, 1]], { post_transform: 'MAGIC' }))],
    ['lists of different lengths', classifier(stump([[0, 1]], { nodes_values: { floats: [1] } }))],
  ])('as malformed with %s', (_, document) => {
    expect(refusalOf(document).code).toBe('malformed');
  });
});

describe('caps of ONNX graphs', () => {
  const chain = (length: number): Document => ({
    nodes: Array.from({ length }, (_, i) =>
      one('Identity', { inputs: [i === 0 ? 'X' : `y${i - 1}`], outputs: [i === length - 1 ? 'Y' : `y${i}`] }),
    ),
  });
  const axes = (count: number): Document => ({
    nodes: [one('Reshape', { inputs: ['X', 'S'], outputs: ['Z'] }), one('Flatten', { inputs: ['Z'] })],
    constants: [constant('S', [count], { wholes: [...Array(count - 1).fill(1), 2] })],
  });

  /** Nodes with this many inputs and attributes together. */
  const names = (count: number): Document => {
    const joined = [50_000, 50_000, 50_000, count - 150_000 - 5];
    return {
      nodes: [
        ...joined.map((times, i) =>
          one('Concat', { inputs: Array(times).fill('X'), outputs: [`y${i}`], attributes: { axis: 1 } }),
        ),
        one('Identity'),
      ],
    };
  };

  test.each<[string, (count: number) => Document, number]>([
    ['nodes', chain, caps.graphNodes],
    ['names', names, caps.graphNames],
    ['axes', axes, caps.graphAxes],
  ])('%s at the cap are read, one more is refused', (_, document, cap) => {
    expect(modelOf(document(cap)).features).toHaveLength(2);
    expect(refusalOf(document(cap + 1)).code).toBe('too_large');
  });

  /** Each tensor twice as wide as the one before: almost twice the values of the last together. */
  const doubled = (times: number): Document => ({
    nodes: [
      ...Array.from({ length: times }, (_, i) => {
        const before = i === 0 ? 'X' : `y${i - 1}`;
        return one('Concat', { inputs: [before, before], outputs: [`y${i}`], attributes: { axis: 1 } });
      }),
      one('Identity'),
    ],
  });

  test('a graph that holds more values than a row may have is refused', () => {
    const times = Math.floor(Math.log2(caps.graphValues)) - 2;
    expect(modelOf(doubled(times)).features).toHaveLength(2);
    expect(refusalOf(doubled(times + 1)).message).toContain('values for one row');
  });

  /** `times` products of a row with one square table. */
  const products = (times: number): Document => {
    const side = 500;
    return {
      nodes: [
        ...Array.from({ length: times }, (_, i) =>
          one('MatMul', {
            inputs: [i === 0 ? 'X' : `y${i - 1}`, 'W'],
            outputs: [i === times - 1 ? 'Y' : `y${i}`],
          }),
        ),
      ],
      inputs: [['X', 1, [-1, side]]],
      constants: [constant('W', [side, side], { floats: Array(side * side).fill(1 / side) })],
    };
  };

  test('a graph that multiplies more than a row may take is refused', () => {
    const times = caps.graphWork / 250_000;
    expect(modelOf(products(times - 1)).features).toHaveLength(500);
    expect(refusalOf(products(times)).message).toContain('multiplications for one row');
  });
});
