/** Writes ONNX files, for tests: just enough of onnx.proto to say what no library would. */
import { type Field, message } from './protobufBytes.ts';

type Attribute =
  | number
  | string
  | { float: number }
  | { floats: number[] }
  | { ints: number[] }
  | { strings: string[] }
  | { graph: Field[] }
  | { tensor: Field[] };

function attribute(name: string, value: Attribute): Field[] {
  const named: Field = [1, name];
  if (typeof value === 'number') return [named, [3, value], [20, 2]];
  if (typeof value === 'string') return [named, [4, value], [20, 3]];
  if ('float' in value) return [named, [2, value], [20, 1]];
  if ('floats' in value) return [named, [7, value], [20, 6]];
  if ('ints' in value) return [named, [8, { packed: value.ints }], [20, 7]];
  if ('graph' in value) return [named, [6, value.graph], [20, 5]];
  if ('tensor' in value) return [named, [5, value.tensor], [20, 4]];
  return [named, ...value.strings.map((text): Field => [9, text]), [20, 8]];
}

export type Node = {
  op: string;
  domain?: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, Attribute>;
};

const nodeFields = ({ op, domain = '', inputs, outputs, attributes = {} }: Node): Field[] => [
  ...inputs.map((name): Field => [1, name]),
  ...outputs.map((name): Field => [2, name]),
  [4, op],
  [7, domain],
  ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
];

/** A tensor of the type with this number; `dimensions` of −1 are left open. */
const described = (name: string, type: number, dimensions: number[]): Field[] => [
  [1, name],
  [
    2,
    [
      [
        1,
        [
          [1, type],
          [2, dimensions.map((size): Field => [1, size < 0 ? [[2, 'N']] : [[1, size]]])],
        ],
      ],
    ],
  ],
];

/** A constant of numbers in single precision, or of whole numbers. */
export const constant = (
  name: string,
  dimensions: number[],
  values: { floats: number[] } | { wholes: number[] },
): Field[] => [
  [1, { packed: dimensions }],
  ['floats' in values ? 4 : 7, 'floats' in values ? values : { packed: values.wholes }],
  [2, 'floats' in values ? 1 : 7],
  [8, name],
];

export type Document = {
  nodes: Node[];
  inputs?: [name: string, type: number, dimensions: number[]][];
  outputs?: string[];
  constants?: Field[][];
  versions?: [domain: string, version: number][];
  more?: Field[];
};

/** One input X of two columns and one output Y, unless told otherwise. */
export function onnxBytes({
  nodes,
  inputs,
  outputs,
  constants = [],
  versions,
  more = [],
}: Document): Uint8Array {
  const graph: Field[] = [
    ...nodes.map((node): Field => [1, nodeFields(node)]),
    [2, 'graph'],
    ...constants.map((tensor): Field => [5, tensor]),
    ...(inputs ?? [['X', 1, [-1, 2]]]).map(
      (input): Field => [11, described(...(input as [string, number, number[]]))],
    ),
    ...(outputs ?? ['Y']).map((name): Field => [12, described(name, 1, [])]),
  ];
  const sets = versions ?? [
    ['', 17],
    ['ai.onnx.ml', 3],
  ];
  return message([
    [1, 8],
    [7, graph],
    ...sets.map(
      ([domain, version]): Field => [
        8,
        [
          [1, domain],
          [2, version],
        ],
      ],
    ),
    ...more,
  ]);
}
