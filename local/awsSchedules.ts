import { awsProblem, type Fields, optionalText, textOf } from './awsHttp.ts';
import { readJson, writeWhole } from './files.ts';
import { readSchedule } from './schedules.ts';
import { functionNamed, isMachine } from './template/compute.ts';
import { account, region } from './template/names.ts';

/** A schedule as it was asked for, and the last moment that counts as done. */
interface Kept {
  group: string;
  name: string;
  expression: string;
  timezone: string;
  enabled: boolean;
  target: { Arn: string; RoleArn: string; Input: string };
  /** ISO 8601. */
  since: string;
}

export interface SchedulesOptions {
  file: string;
  /** Hand an event to a function or a machine that nobody waits for. */
  deliver(target: string, event: string): void;
  now?: () => Date;
  everyMs?: number;
}

export interface AwsSchedules {
  /** Answer a call of EventBridge Scheduler. */
  answer(operation: string, name: string, fields: Fields): object | undefined;
  /** Fire what has become due. */
  tick(at: Date): void;
  /** Look once a second what is due, from now on. */
  start(): void;
  stop(): void;
}

const second = 1000;
/** The shortest first: within the first that holds a due moment there are few others to pass. */
const windows = [3_600, 86_400, 8 * 86_400, 400 * 86_400].map((seconds) => seconds * second);

/** The schedules that the product makes while it runs. One that was missed while the process was down fires once. */
export function openSchedules({
  file,
  deliver,
  now = () => new Date(),
  everyMs = 1000,
}: SchedulesOptions): AwsSchedules {
  const kept = new Map<string, Kept>(Object.entries(readJson<Record<string, Kept>>(file) ?? {}));
  const save = () => writeWhole(file, Object.fromEntries(kept));
  const found = (key: string) => {
    const schedule = kept.get(key);
    if (!schedule) throw awsProblem('ResourceNotFoundException', 'Schedule does not exist.', 404);
    return schedule;
  };

  const operations: Record<string, (key: string, name: string, fields: Fields) => object> = {
    CreateSchedule(key, name, fields) {
      if (kept.has(key)) throw awsProblem('ConflictException', 'Schedule already exists.', 409);
      kept.set(key, read(name, fields, now()));
      return { ScheduleArn: arnOf(key) };
    },
    UpdateSchedule(key, name, fields) {
      const before = found(key);
      const after = read(name, fields, now());
      const same = before.expression === after.expression && before.timezone === after.timezone;
      // Made the same once more, it misses no moment that has just passed.
      kept.set(key, same ? { ...after, since: before.since } : after);
      return { ScheduleArn: arnOf(key) };
    },
    GetSchedule: (key) => shown(key, found(key)),
    DeleteSchedule(key) {
      found(key);
      kept.delete(key);
      return {};
    },
  };

  function tick(at: Date) {
    let fired = false;
    for (const schedule of kept.values()) {
      const due = schedule.enabled ? lastDue(schedule, at) : undefined;
      if (!due) continue;
      schedule.since = due.toISOString();
      fired = true;
      const time = due.toISOString().replace(/\.\d+Z$/, 'Z');
      deliver(schedule.target.Arn, schedule.target.Input.replaceAll('<aws.scheduler.scheduled-time>', time));
    }
    if (fired) save();
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    answer(operation, name, fields) {
      const key = `${optionalText(fields, 'GroupName') ?? 'default'}/${name}`;
      const answer = Object.hasOwn(operations, operation)
        ? operations[operation]?.(key, name, fields)
        : undefined;
      if (answer && operation !== 'GetSchedule') save();
      return answer;
    },
    tick,
    start: () => {
      tick(now());
      timer = setInterval(() => tick(now()), everyMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}

const arnOf = (key: string) => `arn:aws:scheduler:${region}:${account}:schedule/${key}`;

/** The last moment that is due by now and not done. */
function lastDue({ expression, timezone, since }: Kept, at: Date): Date | undefined {
  const next = readSchedule(expression, timezone);
  for (const window of windows) {
    let last: Date | undefined;
    const from = new Date(Math.max(Date.parse(since), at.getTime() - window));
    for (let due = next(from); due && due <= at; due = next(due)) last = due;
    if (last || from.getTime() === Date.parse(since)) return last;
  }
  return undefined;
}

function read(name: string, fields: Fields, at: Date): Kept {
  const wrong = (what: string) => awsProblem('ValidationException', what);
  const expression = textOf(fields, 'ScheduleExpression');
  const timezone = optionalText(fields, 'ScheduleExpressionTimezone') ?? 'UTC';
  const { Arn, RoleArn, Input = '{}' } = (fields.Target ?? {}) as Record<string, string | undefined>;
  if (!/^[\w.-]{1,64}$/.test(name)) throw wrong('The name is not valid.');
  if (!Arn || !RoleArn) throw wrong('A target has Arn and RoleArn.');
  if (!isMachine(Arn)) functionNamed(Arn, name);
  if ((fields.FlexibleTimeWindow as Fields | undefined)?.Mode !== 'OFF')
    throw wrong('Only FlexibleTimeWindow OFF is known here.');
  try {
    readSchedule(expression, timezone)(at);
  } catch {
    throw wrong('Invalid Schedule Expression, or its time zone.');
  }
  const group = optionalText(fields, 'GroupName') ?? 'default';
  const enabled = fields.State !== 'DISABLED';
  return {
    ...{ group, name, expression, timezone, enabled },
    ...{ target: { Arn, RoleArn, Input }, since: at.toISOString() },
  };
}

const shown = (key: string, { group, name, expression, timezone, enabled, target }: Kept) => ({
  Arn: arnOf(key),
  GroupName: group,
  Name: name,
  ScheduleExpression: expression,
  ScheduleExpressionTimezone: timezone,
  State: enabled ? 'ENABLED' : 'DISABLED',
  Target: target,
});
