import fc from 'fast-check';
import { Status } from '../../domain/workspaces/words.ts';

/** What an external deployment is, by the published rules told in the simplest way. */
export interface Modelled {
  now: Line;
  lines: Line[];
}
interface Line {
  status: string;
  status_message: string;
}
export type Step = Line | 'delete';

export const born: Modelled = {
  now: { status: 'CREATED', status_message: 'Deployment created' },
  lines: [],
};

/** What one step makes of it, and what it is answered. */
export function stepped({ now, lines }: Modelled, step: Step): Modelled & { code: number } {
  if (step === 'delete') {
    const marked = { status: 'DELETING', status_message: 'Deployment deletion requested' };
    return { now: now.status === 'DELETING' ? now : marked, lines, code: 202 };
  }
  if (now.status === 'DELETING' && step.status !== 'DELETED') return { now, lines, code: 409 };
  if (isSame(now, step)) return { now, lines, code: 200 };
  const all = [...lines, now, step];
  return { now: step, lines: all.filter((line, i) => i === 0 || !isSame(line, all[i - 1])), code: 200 };
}

const isSame = (a: Line, b: Line | undefined) =>
  a.status === b?.status && a.status_message === b.status_message;

export const steps = (maxLength: number) =>
  fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          status: fc.constantFrom(...Status.options),
          status_message: fc.constantFrom('', 'a', 'b'),
        }),
      },
      { weight: 1, arbitrary: fc.constant('delete' as const) },
    ),
    { maxLength },
  );
