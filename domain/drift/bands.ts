export type Band = 'low' | 'moderate' | 'high';
export type Status = Band | 'insufficient_data';

/** Each begins at its bound: exactly 0.1 is moderate. */
export const bounds = { moderate: 0.1, high: 0.25 } as const;

/** Fewer rows of a window are not judged: one empty bin alone would look like drift. */
export const leastRows = 200;

export function bandOf(psi: number): Band {
  if (psi >= bounds.high) return 'high';
  return psi >= bounds.moderate ? 'moderate' : 'low';
}

export const statusOf = (psi: number, rows: number): Status =>
  rows < leastRows ? 'insufficient_data' : bandOf(psi);
