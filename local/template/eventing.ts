import type { Properties } from './assembly.ts';
import { functionNamed, isMachine } from './compute.ts';
import type { MappingPlan, RulePlan } from './plan.ts';
import type { Resolver } from './resolve.ts';

type Entry = ReturnType<Resolver['all']>[number];

/** What calls a function without anybody asking: rules, schedules and streams. */
export function collectEvents(resolver: Resolver): {
  buses: string[];
  rules: RulePlan[];
  mappings: MappingPlan[];
} {
  const own = resolver.all('AWS::Events::EventBus').map(({ id, stack }) => resolver.identity(id, stack).ref);
  return {
    buses: ['default', ...own],
    rules: resolver.all('AWS::Events::Rule').flatMap((entry) => ruleOf(entry, resolver)),
    mappings: resolver.all('AWS::Lambda::EventSourceMapping').flatMap((entry) => mappingOf(entry, resolver)),
  };
}

interface Target {
  Id: string;
  Arn: string;
  Input?: string;
}
const knownOfTarget = ['Id', 'Arn', 'Input', 'RetryPolicy', 'DeadLetterConfig', 'RoleArn'];

function ruleOf({ id, stack, resource }: Entry, resolver: Resolver): RulePlan[] {
  const { EventPattern, ScheduleExpression, EventBusName, State, Targets } = resolver.value(
    resource.Properties ?? {},
    stack,
    id,
  ) as Properties;
  if (State === 'DISABLED') return [];
  const { ref, attributes } = resolver.identity(id, stack);
  return [
    {
      name: ref,
      arn: attributes.Arn ?? '',
      // A bus may be named by its ARN.
      bus: String(EventBusName ?? 'default').replace(/^.*event-bus\//, ''),
      pattern: EventPattern as object | undefined,
      schedule: ScheduleExpression === undefined ? undefined : String(ScheduleExpression),
      targets: ((Targets ?? []) as Target[]).map((target) => targetOf(target, id)),
    },
  ];
}

function targetOf(target: Target, id: string): RulePlan['targets'][number] {
  const unknown = Object.keys(target).find((key) => !knownOfTarget.includes(key));
  if (unknown) throw new Error(`${id}: nothing here knows ${unknown} of a target`);
  const called = isMachine(target.Arn) ? target.Arn : functionNamed(target.Arn, id);
  return { id: target.Id, function: called, input: target.Input };
}

const knownOfMapping = [
  ...['BatchSize', 'BisectBatchOnFunctionError', 'DestinationConfig', 'Enabled', 'EventSourceArn'],
  ...['FilterCriteria', 'FunctionName', 'FunctionResponseTypes', 'MaximumBatchingWindowInSeconds'],
  ...['MaximumRecordAgeInSeconds', 'MaximumRetryAttempts', 'ParallelizationFactor', 'StartingPosition'],
];

function mappingOf({ id, stack, resource }: Entry, resolver: Resolver): MappingPlan[] {
  const { DestinationConfig: _, ...rest } = resource.Properties ?? {};
  const said = resolver.value(rest, stack, id) as Properties;
  const unknown = Object.keys(said).find((key) => !knownOfMapping.includes(key));
  if (unknown) throw new Error(`${id}: nothing here knows ${unknown} of an event source mapping`);
  const streamArn = String(said.EventSourceArn);
  const table = /:table\/([^/]+)\/stream\//.exec(streamArn)?.[1];
  if (!table) throw new Error(`${id}: only the stream of a table is read here`);
  if (said.Enabled === false) return [];
  const name = String(said.FunctionName);
  const { Filters = [] } = (said.FilterCriteria ?? {}) as { Filters?: { Pattern: string }[] };
  return [
    {
      id: `${stack.name}-${id}`,
      table,
      streamArn,
      function: name.includes(':') ? functionNamed(name, id) : name,
      batchSize: Number(said.BatchSize ?? 100),
      filters: Filters.map(({ Pattern }) => JSON.parse(Pattern)),
      bisect: said.BisectBatchOnFunctionError === true,
      reportFailures: ((said.FunctionResponseTypes ?? []) as string[]).includes('ReportBatchItemFailures'),
      retries: Number(said.MaximumRetryAttempts ?? -1),
    },
  ];
}
