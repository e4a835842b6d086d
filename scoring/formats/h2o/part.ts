import type { Capability, Ir } from '../../ir.ts';

/** What an algorithm's reader adds to what the header told. */
export type Part = Pick<Ir, 'objective' | 'encoding' | 'core' | 'output' | 'contributions' | 'features'> & {
  notes: string[];
};

export const cannotExplain = (kind: string): Capability => ({ available: false, kind });
