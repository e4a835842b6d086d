import { join } from 'node:path';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type AwsSchedules, openSchedules } from '../../local/awsSchedules.ts';
import { localKeys } from '../../local/loopback.ts';
import { type Services, startServices } from '../../local/services.ts';
import { temporaryHome } from './support/homes.ts';
import { refusalOf } from './support/s3.ts';

const { home, remove } = temporaryHome();
afterAll(remove);
const Arn = 'arn:aws:lambda:us-east-1:000000000000:function:startScheduledRun';
const wanted = (more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: 'slipway-1',
  GroupName: 'slipway',
  ScheduleExpression: 'cron(30 6 ? * MON-FRI *)',
  ScheduleExpressionTimezone: 'Europe/Berlin',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn,
    RoleArn: 'arn:aws:iam::000000000000:role/x',
    Input: JSON.stringify({ scheduled_at: '<aws.scheduler.scheduled-time>' }),
  },
  ...more,
});

let opened = 0;
let file = '';
let clock = new Date();
let fired: string[] = [];
let schedules: AwsSchedules;
let services: Services;
let client: SchedulerClient;
const open = () =>
  openSchedules({
    ...{ file, now: () => clock },
    deliver: (target, event) => fired.push(`${target.split(':').at(-1)} ${JSON.parse(event).scheduled_at}`),
  });
const at = (time: string) => {
  clock = new Date(time);
  schedules.tick(clock);
};

beforeEach(async () => {
  file = join(home, `schedules-${++opened}.json`);
  // A Thursday.
  clock = new Date('2026-01-01T00:00:00Z');
  fired = [];
  schedules = open();
  services = await startServices({
    ...{ home: join(home, String(opened)), machines: {}, schedules },
    ...{ invoke: async () => ({}), publish: () => {} },
  });
  const endpoint = services.url;
  client = new SchedulerClient({ endpoint, region: 'us-east-1', credentials: localKeys, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await services.stop();
});

const create = (more?: Partial<CreateScheduleCommandInput>) =>
  client.send(new CreateScheduleCommand(wanted(more)));
const which = { Name: 'slipway-1', GroupName: 'slipway' };

test('a schedule fires at each moment of its own zone, once, and tells which moment it was', async () => {
  await create();
  at('2026-01-01T05:29:59Z');
  expect(fired).toEqual([]);
  at('2026-01-01T05:30:02Z');
  at('2026-01-01T05:30:05Z');
  expect(fired).toEqual(['startScheduledRun 2026-01-01T05:30:00Z']);
  // Friday, a weekend without any, and Monday.
  at('2026-01-02T05:30:00Z');
  at('2026-01-04T12:00:00Z');
  at('2026-01-05T05:30:00Z');
  // In summer the zone is another hour away from UTC.
  at('2026-07-01T04:31:00Z');
  expect(fired.slice(1)).toEqual([
    'startScheduledRun 2026-01-02T05:30:00Z',
    'startScheduledRun 2026-01-05T05:30:00Z',
    'startScheduledRun 2026-07-01T04:30:00Z',
  ]);
});

test('what was missed while nothing ran fires once, for the last moment of it', async () => {
  await create({ ScheduleExpression: 'cron(* * * * ? *)' });
  schedules = open();
  at('2026-01-03T12:34:56Z');
  expect(fired).toEqual(['startScheduledRun 2026-01-03T12:34:00Z']);
  await schedules.tick(clock);
  expect(fired).toHaveLength(1);
});

test('the same schedule once more misses no moment; another one begins anew', async () => {
  await create();
  clock = new Date('2026-01-01T05:30:01Z');
  await client.send(new UpdateScheduleCommand(wanted()));
  at('2026-01-01T05:30:02Z');
  expect(fired).toHaveLength(1);
  await client.send(new UpdateScheduleCommand(wanted({ ScheduleExpression: 'cron(0 12 * * ? *)' })));
  at('2026-01-01T11:00:01Z');
  expect(fired.at(-1)).toBe('startScheduledRun 2026-01-01T11:00:00Z');
});

test('what is shown is what was asked for; what was taken away fires no more', async () => {
  await create();
  expect(await client.send(new GetScheduleCommand(which))).toMatchObject({
    ...which,
    ScheduleExpression: 'cron(30 6 ? * MON-FRI *)',
    State: 'ENABLED',
  });
  await client.send(new DeleteScheduleCommand(which));
  at('2026-01-02T12:00:00Z');
  expect(fired).toEqual([]);
  expect(await refusalOf(client.send(new GetScheduleCommand(which)))).toEqual([
    'ResourceNotFoundException',
    404,
  ]);
});

test.each([
  ['one that is there', 'ConflictException', 409, () => create()],
  [
    'a change of one that is not',
    'ResourceNotFoundException',
    404,
    () => client.send(new UpdateScheduleCommand(wanted({ Name: 'other' }))),
  ],
  [
    'the end of one of another group',
    'ResourceNotFoundException',
    404,
    () => client.send(new DeleteScheduleCommand({ Name: 'slipway-1' })),
  ],
  [
    'an expression of five fields',
    'ValidationException',
    400,
    () => create({ Name: 'x', ScheduleExpression: 'cron(* * * * *)' }),
  ],
  [
    'a zone that is none',
    'ValidationException',
    400,
    () => create({ Name: 'x', ScheduleExpressionTimezone: 'Europe/Nowhere' }),
  ],
  ['another operation', 'NotImplemented', 501, () => client.send(new ListSchedulesCommand({}))],
])('%s is refused: %s', async (_, name, status, attempt) => {
  await create();
  expect(await refusalOf(attempt())).toEqual([name, status]);
});
