import { encoder } from './evaluate/encoding.ts';
import { explainLinear } from './evaluate/linear.ts';
import { reference } from './evaluate/reference.ts';
import { rescaler } from './evaluate/rescale.ts';
import { damaged, decodeImage, type Image, isRecompile } from './image/container.ts';
import { integers } from './image/decodeTrees.ts';
import { type Explained, type ExplainHeader, explainedOf } from './image/explain.ts';
import { decodeIr } from './image/predict.ts';
import { flatEncoder } from './kernels/encode.ts';
import { type CellExplainer, explainKernel } from './kernels/explain/kernel.ts';

/** What each feature adds to the raw margin of a row: outputs × (features + 1), the bias last. */
export type Explainer = (row: Float64Array) => Float64Array;

/** Per feature of the model, or per column that its trees or weights see: one for each level where they are one-hot. */
export type Grain = 'feature' | 'column';

/**
 * Exact contributions from the two images of a model: by the kernel, or by the evaluator where this machine has
 * no WebAssembly with vectors or the trees need more than the kernel has. Throws where the bytes are no explain
 * image of this version; an image of another model than the predict image's is not recognised.
 */
export function loadExplainer(predict: Uint8Array, explain: Uint8Array, grain: Grain = 'feature'): Explainer {
  const image = decodeImage(explain);
  if (isRecompile(image)) throw damaged('another version of the code made it');
  const model = explainedOf(image);
  const { kernel } = image.header as ExplainHeader;
  const linear = model.linear === null ? null : linearCells(model);
  const trees = kernel === null ? null : explainKernel(image, kernel);
  if (linear !== null) return explainerOf(model, linear, grain);
  if (trees !== null) return explainerOf(model, treeCells(image, model, trees), grain);
  const whole = reference(decodeIr(predict, explain));
  return grain === 'feature' ? whole.explain : whole.explainSlots;
}

/** Contributions of a row of columns to the outputs: each to one target, output · (columns + 1) + column. */
type Cells = {
  targets: Int32Array;
  /** The biases come after the contributions of the targets. */
  run(columns: Float64Array, parts: Float64Array): void;
  encode: ((row: Float64Array) => Float64Array) | null;
};

const columnsOf = ({ encoding, features }: Explained): number => encoding?.length ?? features;

function treeCells(image: Image, model: Explained, run: CellExplainer): Cells {
  const targets = integers(image, 'cells');
  const bias = image.section('bias') as Float64Array;
  const width = columnsOf(model) + 1;
  const used = new Set(targets.map((target) => target % width));
  const { encoding, compare } = model;
  return {
    targets,
    run(columns, parts) {
      run(columns, parts);
      parts.set(bias, targets.length);
    },
    encode: encoding ? flatEncoder(encoding, compare, used) : null,
  };
}

function linearCells(model: Explained): Cells | null {
  const { linear, outputs, encoding, compare } = model;
  if (linear === null) return null;
  const columns = columnsOf(model);
  const explain = explainLinear(linear);
  const all = new Float64Array(outputs * (columns + 1));
  const targets = Int32Array.from(all.keys()).filter((target) => (target + 1) % (columns + 1) !== 0);
  return {
    targets,
    run(row, parts) {
      all.fill(0);
      explain(row, all);
      for (let cell = 0; cell < targets.length; cell++) parts[cell] = all[targets[cell] as number] as number;
      for (let output = 0; output < outputs; output++)
        parts[targets.length + output] = all[(output + 1) * (columns + 1) - 1] as number;
    },
    encode: encoding ? encoder(encoding, compare) : null,
  };
}

function explainerOf(model: Explained, { targets, run, encode }: Cells, grain: Grain): Explainer {
  const { outputs } = model;
  const width = (grain === 'feature' ? model.features : columnsOf(model)) + 1;
  const places = placesOf(model, targets, grain);
  const parts = new Float64Array(targets.length + outputs);
  const rescale = model.rescale === null ? null : rescaler(model.rescale);
  return (row) => {
    run(encode === null ? row : encode(row), parts);
    rescale?.(parts);
    const out = new Float64Array(outputs * width);
    for (let part = 0; part < places.length; part++) {
      const place = places[part] as number;
      out[place] = (out[place] as number) + (parts[part] as number);
    }
    return out;
  };
}

/** Where each part is added in the answer: several columns of one feature to the same place. */
function placesOf(model: Explained, targets: Int32Array, grain: Grain): Int32Array {
  const { encoding, features, outputs } = model;
  const columns = columnsOf(model);
  const width = (grain === 'feature' ? features : columns) + 1;
  const placeOf = (target: number) => {
    const output = Math.floor(target / (columns + 1));
    const column = target - output * (columns + 1);
    return output * width + (grain === 'feature' ? (encoding?.[column]?.feature ?? column) : column);
  };
  const biases = Array.from({ length: outputs }, (_, output) => (output + 1) * width - 1);
  return Int32Array.from([...targets.map(placeOf), ...biases]);
}
