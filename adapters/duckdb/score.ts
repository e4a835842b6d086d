import { DOUBLE, type DuckDBConnection, DuckDBScalarFunction, STRUCT } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { deadline } from './errors.ts';

/** A model as a function of SQL over DOUBLEs; categories are codes, NULL arrives as NaN. */
export interface ScoreFunction {
  inputs: number;
  /** One makes the value a DOUBLE; several make it a STRUCT of DOUBLEs `o0`, `o1` … */
  outputs: number;
  /** Scores the first `rows` of each column into each output; may write into the columns. What it throws ends the query. */
  score: (columns: readonly Float64Array[], rows: number, outputs: readonly Float64Array[]) => void;
}

export interface Registered {
  /** How many rows were scored so far. */
  seen: () => number;
  /** What ended the last query from within, once. */
  failure: () => unknown;
}

/** Registers `score(…)` on a connection. While it runs no timer fires, so it asks by itself whether the time is over. */
export function registerScore(
  connection: DuckDBConnection,
  { inputs, outputs, score }: ScoreFunction,
  isOver: () => boolean,
): Registered {
  let seen = 0;
  let failure: unknown;
  const made = new DuckDBScalarFunction();
  made.setName('score');
  made.setReturnType(outputs === 1 ? DOUBLE : STRUCT(structOf(outputs)));
  for (let i = 0; i < inputs; i++) made.addParameter(DOUBLE);
  // Without it a row with a NULL never arrives.
  made.setSpecialHandling();
  // A model is asked for every row, not once for equal constants.
  made.setVolatile();
  const buffers = Array.from({ length: outputs }, () => new Float64Array(duckdb.vector_size()));
  duckdb.scalar_function_set_function(made.scalar_function, (info, chunk, output) => {
    try {
      if (isOver()) throw deadline();
      const rows = duckdb.data_chunk_get_size(chunk);
      const columns = Array.from({ length: inputs }, (_, i) =>
        columnOf(duckdb.data_chunk_get_vector(chunk, i), rows),
      );
      score(columns, rows, buffers);
      buffers.forEach((buffer, i) => {
        const vector = outputs === 1 ? output : duckdb.struct_vector_get_child(output, i);
        duckdb.copy_data_to_vector(vector, 0, buffer.buffer, 0, rows * 8);
      });
      seen += rows;
    } catch (error) {
      // What is thrown through the engine loses its type, and may carry values: it is kept aside.
      failure ??= error;
      duckdb.scalar_function_set_error(info, 'score');
    }
  });
  connection.registerScalarFunction(made);
  return {
    seen: () => seen,
    failure() {
      const last = failure;
      failure = undefined;
      return last;
    },
  };
}

const structOf = (outputs: number) =>
  Object.fromEntries(Array.from({ length: outputs }, (_, i) => [`o${i}`, DOUBLE]));

/** The values of a vector of DOUBLEs, the engine's own copy; without a validity mask no value is NULL. */
function columnOf(vector: duckdb.Vector, rows: number): Float64Array {
  const bytes = duckdb.vector_get_data(vector, rows * 8);
  const column = new Float64Array(bytes.buffer, bytes.byteOffset, rows);
  const validity: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  if (validity) putNan(column, validity);
  return column;
}

/** Bit r of the mask says that row r has a value. */
function putNan(column: Float64Array, validity: Uint8Array): void {
  for (let byte = 0; byte * 8 < column.length; byte++) {
    const bits = validity[byte];
    if (bits === 255) continue;
    for (let bit = 0; bit < 8; bit++)
      if ((((bits ?? 0) >> bit) & 1) === 0 && byte * 8 + bit < column.length)
        column[byte * 8 + bit] = Number.NaN;
  }
}
