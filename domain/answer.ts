import type { Repeat } from './operation.ts';

/** An answer that may have to be given again: it is kept together with the change that it tells of. */
export interface Answer<Body = unknown> {
  status: number;
  body: Body;
  /** What is kept instead, where the body holds what must be shown only once. */
  kept?: Body;
  repeat?: Repeat;
}
