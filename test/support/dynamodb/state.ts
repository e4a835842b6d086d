import type { Mark, Rows } from './rows.ts';
import type { Chaos } from './types.ts';
import type { Meter } from './units.ts';

/** Everything one table of the tests is made of. */
export type State = {
  readonly tables: ReadonlyMap<string, Rows>;
  readonly meter: Meter;
  readonly tokens: Map<string, { readonly content: string; readonly until: number }>;
  readonly now: () => number;
  chaos: Chaos | undefined;
  /** Of the call that is being applied, where somebody decides when it is answered. */
  mark: Mark | undefined;
};
