import type { Core, Feature, Linear, Slot, Trees } from '../../ir.ts';
import { featuresBehind, type Input, numberOf } from './columns.ts';
import type { Estimated } from './estimator.ts';

type Settled = { features: Feature[]; encoding: Slot[] | null; core: Core; notes: string[] };

/**
 * What the model needs to be sent, and how it becomes the columns of the core. Features that a pipeline drops are
 * left out; where the columns are nothing but features, the core sees these.
 */
export function settled(estimated: Estimated, inputs: Input[], isAlone: boolean): Settled {
  if (estimated.features)
    return { features: estimated.features, encoding: null, core: estimated.core, notes: [] };
  const slots = estimated.columns.map((column) => numberOf(column, inputs));
  for (const slot of slots) markInput(inputs[slot.feature] as Input, slot, estimated.missing);
  const used = new Set(slots.map((slot) => slot.feature));
  const kept = inputs.flatMap((_, i) => (isAlone || used.has(i) ? [i] : []));
  const places = new Map(kept.map((feature, place) => [feature, place]));
  const moved = slots.map((slot) => ({ ...slot, feature: places.get(slot.feature) ?? 0 }));
  const direct = featuresBehind(moved);
  const core = direct && overFeatures(estimated.core, direct, kept.length);
  return {
    features: kept.map((feature) => featureOf(inputs[feature] as Input)),
    encoding: core ? null : moved,
    core: core ?? estimated.core,
    notes: droppedNote(inputs.length - kept.length),
  };
}

function featureOf({ name, kind = 'number', levels, required, other }: Input): Feature {
  return {
    name,
    kind,
    ...(levels && { levels }),
    ...(required && { required }),
    ...(levels && other && { other }),
  };
}

const droppedNote = (count: number): string[] =>
  count > 0
    ? [`The pipeline drops ${count} of the columns that it was trained on; they need not be sent.`]
    : [];

/** What a column does with values that are missing, or levels never seen, is asked of the one who sends them. */
function markInput(input: Input, slot: Slot, missing: boolean): void {
  if (!missing && Number.isNaN(slot.missing)) input.required = true;
  if (tellsApart(slot)) input.other = true;
}

/** Where scikit-learn tells a level never seen from a missing value. */
const tellsApart = (slot: Slot): boolean => {
  const other = slot.kind === 'hot' ? slot.cold : slot.kind === 'lookup' ? slot.other : slot.missing;
  return !Object.is(other, slot.missing);
};

/** The same core on features in place of columns; null where two columns of a linear model are one feature. */
function overFeatures(core: Core, featureOf: Int32Array, count: number): Core | null {
  if (core.type === 'trees') return treesOver(core, featureOf);
  return core.type === 'linear' ? linearOver(core, featureOf, count) : null;
}

function treesOver(core: Trees, featureOf: Int32Array): Trees {
  const moved = (features: Int32Array) =>
    features.map((column) => (column < 0 ? column : (featureOf[column] as number)));
  const terms = core.terms && { ...core.terms, feature: moved(core.terms.feature) };
  return { ...core, feature: moved(core.feature), terms };
}

function linearOver(core: Linear, featureOf: Int32Array, count: number): Linear | null {
  if (new Set(featureOf).size !== featureOf.length) return null;
  const outputs = core.bias.length;
  const weights = new Float64Array(count * outputs);
  for (let column = 0; column < featureOf.length; column++)
    for (let k = 0; k < outputs; k++)
      weights[(featureOf[column] as number) * outputs + k] = core.weights[column * outputs + k] as number;
  return { ...core, weights };
}
