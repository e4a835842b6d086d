import { unfit } from '../records.ts';

export const damaged = () => unfit('is a Parquet file that is damaged or cut off');

/** A column is named only where it is one that the model reads: these names are the model's. */
export const unread = (column: string, what: string, hint: string) =>
  unfit(`has ${what} in column '${column.slice(0, 128)}', which is not read here: ${hint}`);
