import {
  type Core,
  type Ir,
  type Isolation,
  type Linear,
  type Network,
  outputsOf,
  type Slot,
  type Stack,
} from '../ir.ts';
import { tooLarge } from '../refusals.ts';
import { checkOutput } from './checkOutput.ts';
import { finite, fits } from './fitting.ts';

const deepest = 8;

/**
 * Holds a model to what every evaluator and kernel takes for granted, whichever reader made it: sizes that fit each
 * other, indexes in range, finite numbers. Gives the model back, or throws a refusal.
 */
export function checkIr(ir: Ir, depth = 0): Ir {
  if (depth > deepest) throw tooLarge('Models are stacked too deep inside each other.');
  const { features, encoding, core, output } = ir;
  checkOutput(output);
  for (const slot of encoding ?? []) checkSlot(slot, features.length);
  checkCore(core, encoding?.length ?? features.length, outputsOf(output), depth);
  return ir;
}

/** NaN stays missing; nothing else that is not finite may reach a model. */
const reaches = (values: readonly number[]) =>
  finite(
    values.filter((value) => !Number.isNaN(value)),
    'The values of an encoding',
  );

function checkSlot(slot: Slot, features: number): void {
  fits(slot.feature >= 0 && slot.feature < features, 'The columns of an encoding');
  reaches([slot.missing]);
  if (slot.kind === 'hot') reaches([slot.hot, slot.cold]);
  else if (slot.kind === 'lookup') reaches([...slot.values, slot.other]);
  else {
    finite([slot.subtract, slot.multiply, slot.divide, slot.add], 'The scales of an encoding');
    fits(slot.divide !== 0, 'The scales of an encoding');
    reaches([slot.zero ?? 0]);
  }
}

function checkCore(core: Core, columns: number, outputs: number, depth: number): void {
  switch (core.type) {
    case 'trees':
      // Nodes were checked as they were planted.
      fits(core.base.length === outputs, 'The base margins');
      fits(
        core.feature.every((column) => column < columns),
        'The splits of the trees',
      );
      finite(core.base, 'The base margins');
      break;
    case 'linear':
      checkLinear(core, columns, outputs);
      break;
    case 'network':
      checkNetwork(core, columns, outputs);
      break;
    case 'isolation':
      fits(outputs === 1, 'The answers of an isolation forest');
      checkIsolation(core, columns);
      break;
    case 'stack':
      checkStack(core, columns, outputs, depth);
      break;
    case 'graph':
      break;
  }
}

function checkLinear({ weights, bias, base }: Linear, columns: number, outputs: number): void {
  const what = 'The weights of the model';
  fits(weights.length === columns * outputs && bias.length === outputs && base.length === outputs, what);
  for (const values of [weights, bias, base]) finite(values, what);
}

function checkNetwork({ layers, response }: Network, columns: number, outputs: number): void {
  const what = 'The layers of the network';
  let width = columns;
  for (const { inputs, units, activation, keep, weights, bias } of layers) {
    const sides = activation === 'maxout' ? 2 : 1;
    fits(
      inputs === width && weights.length === inputs * units * sides && bias.length === units * sides,
      what,
    );
    for (const values of [weights, bias, [keep]]) finite(values, what);
    width = units;
  }
  fits(layers.length > 0 && width === outputs, what);
  if (response) {
    finite([response.multiply, response.subtract], what);
    fits(response.multiply !== 0, what);
  }
}

function checkIsolation({ root, left, normal, point, length }: Isolation, columns: number): void {
  const what = 'The nodes of the forest';
  const nodes = left.length;
  fits(
    length.length === nodes && normal.length === nodes * columns && point.length === nodes * columns,
    what,
  );
  fits(
    root.every((node) => node >= 0 && node < nodes),
    what,
  );
  // Children come after their parents, so that no walk goes round.
  fits(
    left.every((child, node) => child < 0 || (child > node && child + 1 < nodes)),
    what,
  );
  for (const values of [normal, point, length]) finite(values, what);
}

function checkStack({ bases, meta }: Stack, features: number, outputs: number, depth: number): void {
  const what = 'The models of a stack';
  let width = 0;
  for (const { model, columns, answers, width: own } of bases) {
    width += own;
    if (model === null) continue;
    checkIr(model, depth + 1);
    fits(columns.length === model.features.length, what);
    fits(
      columns.every((column) => column >= 0 && column < features),
      what,
    );
    fits(own === (answers === 'all' ? model.output.classes.length : 1), what);
    if (answers === 'p1') fits(model.output.kind === 'binomial', what);
  }
  checkIr(meta, depth + 1);
  fits(width === meta.features.length && outputsOf(meta.output) === outputs, what);
}
