import { answerOf, type Prediction } from './evaluate/answers.ts';
import { type Ir, outputsOf } from './ir.ts';
import type { Tally } from './rows/cells.ts';
import { type Columns, columnReader } from './rows/columns.ts';
import { type Row, type RowIssue, rowReader } from './rows/rows.ts';

/** What is known of a model without its trees or weights. */
export type Description = Pick<Ir, 'format' | 'algo' | 'features' | 'output' | 'contributions'> & {
  /** What the row is rounded to as it is read: where an encoding stands between, not at all. */
  compare: 'f32' | 'f64';
};

/** Scores rows: the kernels over an image, or the evaluator over an IR. */
export type Engine = {
  /** Raw margins of one row, one per output, exactly as the library adds them. */
  margin(row: Float64Array, margins: Float64Array): void;
  /** The same for many rows, feature by feature as columns are read; margins row by row. */
  batch?(columns: readonly Float64Array[], rows: number, margins: Float64Array): void;
  /** The row by which equal probabilities of the last margins are told apart, where it is not the row itself. */
  seen?: Float64Array;
};

/** A model ready to answer: functions over its own memory, for one row after the other. */
export type Model = Omit<Description, 'compare'> & {
  /** A record to a row, or everything that is wrong with it. */
  read(record: Row): Float64Array | RowIssue[];
  predict(row: Float64Array): Prediction;
  /** Raw margins, one per output. */
  margin(row: Float64Array): Float64Array;
  /**
   * Raw margins of the first `rows` rows of some columns by feature name, row by row into `out`; or everything that is
   * wrong with the columns.
   */
  score(columns: Columns, rows: number, out: Float64Array): Float64Array | RowIssue[];
  /** How many values of all that was read were levels that the model does not know. */
  tally: Readonly<Tally>;
};

export function modelOf({ compare, ...told }: Description, engine: Engine): Model {
  const answer = answerOf(told.output);
  const margins = new Float64Array(outputsOf(told.output));
  const tally = { unseen: 0 };
  // Most models are never asked for many rows at once.
  let readColumns: ReturnType<typeof columnReader> | undefined;
  const batch = engine.batch?.bind(engine) ?? rowByRow(engine, told.features.length, margins);
  return {
    ...told,
    read: rowReader(told.features, compare, { tally }),
    predict(row) {
      engine.margin(row, margins);
      return answer(margins, engine.seen ?? row);
    },
    margin(row) {
      engine.margin(row, margins);
      return margins.slice();
    },
    score(columns, rows, out) {
      readColumns ??= columnReader(told.features, compare, { tally });
      const read = readColumns(columns, rows);
      if ('issues' in read) return read.issues;
      batch(read.columns, rows, out);
      return out;
    },
    tally,
  };
}

function rowByRow(engine: Engine, features: number, margins: Float64Array): NonNullable<Engine['batch']> {
  const row = new Float64Array(features);
  return (columns, rows, out) => {
    for (let i = 0; i < rows; i++) {
      for (let feature = 0; feature < features; feature++)
        row[feature] = (columns[feature] as Float64Array)[i] as number;
      engine.margin(row, margins);
      // A few numbers: a call of `set` would take longer than all of them.
      for (let k = 0; k < margins.length; k++) out[i * margins.length + k] = margins[k] as number;
    }
  };
}

export function describe({ format, algo, features, output, contributions, core, encoding }: Ir): Description {
  return { format, algo, features, output, contributions, compare: encoding ? 'f64' : core.compare };
}
