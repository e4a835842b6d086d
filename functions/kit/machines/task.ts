import type * as z from 'zod';
import { fault } from '../metrics.ts';

/** Turn a function into a step of a machine. Outcomes are values; what it throws is for Retry and Catch. */
export const task =
  <I extends z.ZodType, O extends z.ZodType>(
    name: string,
    spec: { input: I; output: O },
    run: (input: z.output<I>) => Promise<z.input<O>>,
  ) =>
  async (event: unknown): Promise<z.output<O>> => {
    try {
      return spec.output.parse(await run(spec.input.parse(event)));
    } catch (error) {
      fault(name, error);
      throw error;
    }
  };
