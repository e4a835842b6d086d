import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { Schedule } from '../../domain/batch/schedule.ts';
import { env } from './env.ts';
import { limits } from './limits.ts';

export const scheduler = new SchedulerClient(limits());

/** Two functions may make or take away one schedule at the same time: after so many turns another event comes anyway. */
const turns = 3;

/** Make the schedule of a deployment, or make it what it should be. Either may be done again. */
export async function put(schedule: Schedule): Promise<void> {
  const wanted = inputOf(schedule);
  for (let turn = 1; ; turn++) {
    if (await done(scheduler.send(new UpdateScheduleCommand(wanted)), ResourceNotFoundException)) return;
    if (await done(scheduler.send(new CreateScheduleCommand(wanted)), ConflictException)) return;
    if (turn === turns) throw new Error('the schedule is made and taken away by others all the time');
  }
}

/** Take the schedule of a deployment away; there may be none. */
export async function remove(name: string): Promise<void> {
  const which = { Name: name, GroupName: env('SCHEDULE_GROUP') };
  await done(scheduler.send(new DeleteScheduleCommand(which)), ResourceNotFoundException);
}

/** The slot is the moment that was planned: a delivery that comes late, or twice, asks for the same run. */
const inputOf = ({ name, expression, timezone, deployment_id }: Schedule): CreateScheduleCommandInput => ({
  Name: name,
  GroupName: env('SCHEDULE_GROUP'),
  ScheduleExpression: expression,
  ScheduleExpressionTimezone: timezone,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: env('SCHEDULED_ARN'),
    RoleArn: env('SCHEDULER_ARN'),
    Input: JSON.stringify({ deployment_id, scheduled_at: '<aws.scheduler.scheduled-time>' }),
    RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
  },
});

/** Whether it was done; false for the one refusal that says what to do instead. */
async function done(
  sent: Promise<unknown>,
  refusal: typeof ResourceNotFoundException | typeof ConflictException,
): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (error) {
    if (error instanceof refusal) return false;
    throw error;
  }
}
