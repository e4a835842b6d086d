import type { Core, Feature, Link, Output } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import type { Values } from '../features.ts';
import type { Column, Input } from './columns.ts';
import type { Archive } from './nodes.ts';

/** The last step of a pipeline, the columns it is given and the features they are made of. */
export type Source = {
  archive: Archive;
  node: unknown;
  columns: Column[];
  inputs: Input[];
  options: SkopsOptions;
  /** No step stands before it. */
  isAlone: boolean;
};

export type SkopsOptions = { values?: Values; trees?: 'best' | 'all' };

/** An estimator as it was read: its core sees `columns`. */
export type Estimated = {
  objective: string;
  core: Core;
  output: Output;
  columns: Column[];
  /** Is there a rule for missing values? */
  missing: boolean;
  /** Contributions are means over so many trees. */
  averaged?: number;
  /** What the booster inside says about its features, where no step stands before it. */
  features?: Feature[];
  notes?: string[];
};

export const regression = (link: Link = 'identity', targets = 1): Output => ({
  kind: 'regression',
  classes: [],
  link,
  scale: 1,
  targets,
  divisor: 1,
});

/** Two classes have one margin, that of the second. */
export const classification = (classes: string[], two: Link, more: Link): Output => ({
  kind: classes.length === 2 ? 'binomial' : 'multinomial',
  classes,
  link: classes.length === 2 ? two : more,
  scale: 1,
  targets: 1,
  divisor: 1,
});

export function checkColumns(count: unknown, width: number): void {
  if (count !== width) throw malformed('The model was fitted on another number of columns.');
}
