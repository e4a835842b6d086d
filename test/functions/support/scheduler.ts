import { ConflictException, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { scheduler } from '../../../adapters/aws/schedules.ts';
import { ofSchedule } from '../../support/granted/asked.ts';
import { allowed } from '../../support/granted/granted.ts';

type Fields = Record<string, unknown>;
type Before = (command: string) => Promise<unknown>;

/** EventBridge Scheduler as far as it is asked here; `before` may hold up or fail a call that arrives. */
export function createScheduler() {
  const schedules = new Map<string, Fields>();
  const calls: string[] = [];
  const hooks: { before: Before } = { before: async () => {} };
  const refusal = { $metadata: {}, Message: 'as it is worded' };

  function apply(command: string, input: Fields): Fields {
    const key = `${input.GroupName}/${input.Name}`;
    if (command === 'CreateSchedule') {
      if (schedules.has(key)) throw new ConflictException({ ...refusal, message: 'there already' });
      schedules.set(key, input);
      return { ScheduleArn: key };
    }
    if (!schedules.has(key)) throw new ResourceNotFoundException({ ...refusal, message: 'not there' });
    if (command === 'DeleteSchedule') schedules.delete(key);
    else schedules.set(key, input);
    return {};
  }

  const answer =
    (_: unknown, { commandName = '' }: { commandName?: string }) =>
    async ({ input }: { input: Fields }) => {
      const command = commandName.replace(/Command$/, '');
      calls.push(command);
      const answered = async () => {
        await hooks.before(command);
        return { response: {}, output: apply(command, input) };
      };
      return allowed(() => ofSchedule(command, input), answered);
    };
  const stack = scheduler.middlewareStack as unknown as { add(middleware: unknown, how: object): void };
  stack.add(answer, { step: 'initialize', name: 'scheduler', override: true });
  return { schedules, calls, hooks };
}
