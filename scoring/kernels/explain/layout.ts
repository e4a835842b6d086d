/** Sizes in bytes of what the kernel reads and keeps; contributions.as says what is in them. */
export const bytes = {
  tree: 40,
  decision: 16,
  decisionWithTable: 24,
  inner: 32,
  tip: 40,
  leaf: 16,
  vector: 16,
  mask: 16,
  cell: 16,
} as const;

/**
 * Points of the rule that as many distinct features on a path need as a tree may be deep. The method stays exact
 * so far, while classic TreeSHAP, which the evaluator has, loses its digits from some 40 features on.
 */
export const mostPoints = 256;

/** What the kernel is told beside its memory. */
export type ExplainKernel = {
  tables: boolean;
  /** The most splits, and bytes of places and of inverses, that one tree needs. */
  splits: number;
  places: number;
  inverses: number;
  slots: number;
  cells: number;
};
