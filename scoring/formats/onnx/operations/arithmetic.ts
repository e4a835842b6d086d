import { caps } from '../../../caps.ts';
import type { GraphOp } from '../../../ir.ts';
import { refuse } from '../../../refusals.ts';
import { floatAttribute, wholeAttribute } from '../attributes.ts';
import { axisOf, type Call, type Lower, matrixOf, numeric, stridesOf, wrongShape } from '../call.ts';
import { sizeOf } from '../tensor.ts';
import type { Value } from '../value.ts';

/** A tensor repeated along the axes in which it has one place and the other has several. */
function broadcast(call: Call, value: Value, shape: readonly number[]): Value {
  const skipped = shape.length - value.shape.length;
  if (skipped === 0 && value.shape.every((size, i) => size === shape[i])) return value;
  const own = stridesOf(value.shape);
  const steps = shape.map((_, axis) =>
    axis < skipped || value.shape[axis - skipped] === 1 ? 0 : (own[axis - skipped] as number),
  );
  const strides = stridesOf(shape);
  const at = Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    steps.reduce(
      (sum, step, axis) => sum + step * (Math.floor(i / (strides[axis] as number)) % (shape[axis] as number)),
      0,
    ),
  );
  return call.graph.pick([value], new Int32Array(at.length), at, shape);
}

function commonShape(call: Call, a: Value, b: Value): number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const left = a.shape[axis - rank + a.shape.length] ?? 1;
    const right = b.shape[axis - rank + b.shape.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw wrongShape(call.node);
    return left === 1 ? right : left;
  });
  if (rank > caps.graphAxes || sizeOf(shape) > caps.graphValues) throw wrongShape(call.node);
  return shape;
}

export const pair =
  (op: GraphOp): Lower =>
  (call) => {
    return [paired(op, call, numeric(call, 0), numeric(call, 1))];
  };

function paired(op: GraphOp, call: Call, a: Value, b: Value): Value {
  if (a.type !== b.type) throw wrongShape(call.node);
  if (op === 'divide' && a.type === 'whole')
    throw refuse(
      'unsupported_model',
      'The ONNX model divides whole numbers, which is not supported.',
      'Export it with a division of floating-point numbers.',
      call.node.at,
    );
  const shape = commonShape(call, a, b);
  const inputs = [broadcast(call, a, shape), broadcast(call, b, shape)];
  return call.graph.make(op, a.type, shape, { inputs });
}

export const sum: Lower = (call) => {
  const values = call.inputs.map((_, place) => numeric(call, place));
  return [values.slice(1).reduce((total, value) => paired('add', call, total, value), numeric(call))];
};

export const each =
  (op: GraphOp): Lower =>
  (call) => {
    const value = numeric(call);
    return [call.graph.make(op, value.type, value.shape, { inputs: [value] })];
  };

/** A tensor with the values along one axis side by side, in groups; and the shape without that axis. */
function grouped(call: Call, value: Value, axis: number) {
  const { shape } = value;
  const width = shape[axis] as number;
  const rest = shape.filter((_, i) => i !== axis);
  const inner = sizeOf(shape.slice(axis + 1));
  if (inner === 1) return { value, width, rest, back: null };
  const at = new Int32Array(sizeOf(shape));
  const back = new Int32Array(at.length);
  for (let i = 0; i < at.length; i++) {
    const group = Math.floor(i / width);
    const place = (Math.floor(group / inner) * width + (i % width)) * inner + (group % inner);
    at[i] = place;
    back[place] = i;
  }
  const moved = call.graph.pick([value], new Int32Array(at.length), at, [...rest, width]);
  return { value: moved, width, rest, back };
}

/** Until version 13 all axes from `axis` on were one. */
export const softmax: Lower = (call) => {
  const { node, graph } = call;
  const value = numeric(call);
  const { shape } = value;
  if (sizeOf(shape) === 0) throw wrongShape(node);
  if ((graph.versions.get('') ?? 1) < 13) {
    const axis = axisOf(wholeAttribute(node, 'axis', 1), shape.length, node);
    const width = sizeOf(shape.slice(axis));
    return [graph.make('softmax', value.type, shape, { inputs: [value], attributes: { width } })];
  }
  const axis = axisOf(wholeAttribute(node, 'axis', -1), shape.length, node);
  const group = grouped(call, value, axis);
  const made = graph.make('softmax', value.type, group.value.shape, {
    inputs: [group.value],
    attributes: { width: group.width },
  });
  return [group.back ? graph.pick([made], new Int32Array(group.back.length), group.back, shape) : made];
};

export const argMax: Lower = (call) => {
  const { node, graph } = call;
  const value = numeric(call);
  const axis = axisOf(wholeAttribute(node, 'axis', 0), value.shape.length, node);
  const group = grouped(call, value, axis);
  if (group.width === 0) throw wrongShape(node);
  const keeps = wholeAttribute(node, 'keepdims', 1) === 1;
  const shape = keeps ? value.shape.map((size, i) => (i === axis ? 1 : size)) : group.rest;
  const last = wholeAttribute(node, 'select_last_index', 0);
  const made = graph.make('largest', 'whole', shape, {
    inputs: [group.value],
    attributes: { width: group.width, last },
    work: sizeOf(value.shape),
  });
  const whole = sizeOf(value.shape) === group.width && last === 0;
  return [whole ? { ...made, label: { classes: null, of: value } } : made];
};

/** a · b, both of two dimensions; `factor` and what is added are of Gemm. */
function product(call: Call, a: Value, b: Value): Value {
  const left = matrixOf(a, call.node);
  const right = matrixOf(b, call.node);
  if (a.shape.length !== 2 || b.shape.length !== 2 || left.columns !== right.rows || a.type !== b.type)
    throw wrongShape(call.node);
  return call.graph.make('product', a.type, [left.rows, right.columns], {
    inputs: [a, b],
    attributes: { rows: left.rows, inner: left.columns, columns: right.columns },
    work: left.rows * left.columns * right.columns,
  });
}

export const matMul: Lower = (call) => [product(call, numeric(call, 0), numeric(call, 1))];

function transposed(call: Call, value: Value, wanted: boolean): Value {
  if (!wanted) return value;
  const { rows, columns } = matrixOf(value, call.node);
  const at = Int32Array.from(
    { length: rows * columns },
    (_, i) => (i % rows) * columns + Math.floor(i / rows),
  );
  return call.graph.pick([value], new Int32Array(at.length), at, [columns, rows]);
}

export const gemm: Lower = (call) => {
  const { node, graph } = call;
  const a = transposed(call, numeric(call, 0), wholeAttribute(node, 'transA', 0) !== 0);
  const b = transposed(call, numeric(call, 1), wholeAttribute(node, 'transB', 0) !== 0);
  const scaled = (value: Value, factor: number): Value =>
    factor === 1
      ? value
      : graph.make('multiply', value.type, value.shape, {
          inputs: [value, graph.filled(value.type, value.shape, factor)],
        });
  const made = scaled(product(call, a, b), floatAttribute(node, 'alpha', 1));
  if (!call.inputs[2]) return [made];
  const added = broadcast(call, scaled(numeric(call, 2), floatAttribute(node, 'beta', 1)), made.shape);
  if (added.type !== made.type) throw wrongShape(node);
  return [graph.make('add', made.type, made.shape, { inputs: [made, added] })];
};
