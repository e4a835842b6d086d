import { join } from 'node:path';

/** What one task may use. */
export interface Limits {
  /** Bytes of memory of the engine: 60 % of the function's. */
  memoryBytes: number;
  /** Bytes it may spill to disk: half of the disk. */
  spillBytes: number;
  /** One for each 1,769 MB of the function. */
  threads: number;
}

/** The folders within a work folder: what the engine reads, what it writes, what it has no memory for. */
export const folders = (work: string) => ({
  in: join(work, 'in/'),
  out: join(work, 'out/'),
  spill: join(work, 'spill'),
});
