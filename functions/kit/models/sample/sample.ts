import type { Raw } from '../../../../domain/drift/profile.ts';

/** A row of a sample and its number, from 1. */
export type Numbered = { row: number; record: Raw };

/** A sample whose kind is known and whose rows are counted. */
export type Sample = {
  rows: number;
  /** Every so-many-th row, from the first. */
  take(every: number): Generator<Numbered>;
};
