import type { World } from '../../../local/asl/machine.ts';

/** A world whose clock moves only when somebody sleeps, and which remembers what happened in it. */
export function drivenWorld(functions: Record<string, (payload: never) => unknown> = {}) {
  const slept: number[] = [];
  const calls: [string, unknown][] = [];
  const entered: string[] = [];
  let time = Date.UTC(2026, 0, 1);
  const world: World = {
    async invoke(name, payload) {
      calls.push([name, payload]);
      const known = functions[name];
      if (!known)
        throw Object.assign(new Error('no such function'), { name: 'Lambda.ResourceNotFoundException' });
      return known(payload as never);
    },
    async sleep(seconds) {
      slept.push(seconds);
      time += seconds * 1000;
    },
    now: () => time,
    random: () => 0.5,
    entered: (state) => void entered.push(state),
  };
  const pass = (seconds: number) => {
    time += seconds * 1000;
  };
  return { world, slept, calls, entered, pass };
}

type States = Record<string, object>;

export const machine = (States: States, more = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(States)[0] ?? '',
  States: States as Record<string, { Type: string }>,
  ...more,
});

/** A Task that calls a function with its input and gives what it answers. */
export const call = (name: string, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...more,
});

/** A function as a state machine's file names it. */
export const placeholder = (name: string) => `$\{${name}}`;

export const fault = (name: string, message = '') => Object.assign(new Error(message), { name });
