import { beforeAll, expect, test } from 'vitest';
import { all, operationOf, synthesized } from './synthesized.ts';

let app: ReturnType<typeof synthesized>;
beforeAll(() => {
  app = synthesized();
});

const operation = (id: string) => {
  const fn = all(app, 'AWS::Lambda::Function')[id];
  return fn && operationOf(fn);
};
const rules = () => Object.values(all(app, 'AWS::Events::Rule')).map((r) => r.Properties);

const mappingOf = (id: string) => {
  const mappings = Object.values(all(app, 'AWS::Lambda::EventSourceMapping'));
  expect(mappings).toHaveLength(2);
  return mappings.find(({ Properties }) => operation(Properties.FunctionName.Ref) === id);
};

test('what a change tells of reaches publishEvents from the stream, and nothing else of the table does', () => {
  const mapping = mappingOf('publishEvents');
  expect(mapping?.Properties).toMatchObject({
    BatchSize: 100,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    StartingPosition: 'TRIM_HORIZON',
  });
  expect(
    mapping?.Properties.FilterCriteria.Filters.map((f: { Pattern: string }) => JSON.parse(f.Pattern)),
  ).toEqual([
    { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'E#' }, { prefix: 'OUT#' }] } } } },
  ]);
});

test('new logs reach aggregateLogs, many at once; what was rewritten or is gone does not', () => {
  const mapping = mappingOf('aggregateLogs');
  expect(mapping?.Properties.EventSourceArn['Fn::ImportValue']).toMatch(/logs.*StreamArn/);
  expect(mapping?.Properties).toMatchObject({
    BatchSize: 1000,
    MaximumBatchingWindowInSeconds: 20,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 5,
    // Shortly before the stream itself forgets a record.
    MaximumRecordAgeInSeconds: 20 * 3600,
    DestinationConfig: {
      OnFailure: { Destination: { 'Fn::ImportValue': expect.stringMatching(/data.*Arn/) } },
    },
    ParallelizationFactor: 1,
    StartingPosition: 'TRIM_HORIZON',
  });
  expect(
    mapping?.Properties.FilterCriteria.Filters.map((f: { Pattern: string }) => JSON.parse(f.Pattern)),
  ).toEqual([{ eventName: ['INSERT'] }]);
});

test.each(['publishEvents', 'aggregateLogs'])(
  'the mapping of %s waits until it may read the stream',
  (id) => {
    const [publisher] = Object.values(all(app, 'AWS::Lambda::Function')).filter((f) => operationOf(f) === id);
    expect(publisher?.DependsOn).toContainEqual(expect.stringContaining('DefaultPolicy'));
  },
);

const called = ({ Arn }: { Arn: Record<string, string | string[]> }) => {
  const id = [Arn['Fn::GetAtt'] ?? Arn.Ref].flat()[0] ?? '';
  return operation(id) ?? `machine ${id.replace(/[0-9A-F]{8}$/, '')}`;
};

test('operations are swept every minute; ten minutes after each hour it is closed, and drift computed', () => {
  const timed = rules().filter((r) => r.ScheduleExpression);
  expect(timed.map((r) => [r.ScheduleExpression, called(r.Targets[0])]).toSorted()).toEqual([
    ['cron(10 * * * ? *)', 'machine drift'],
    // What runs of two weeks ago left.
    ['cron(40 3 * * ? *)', 'sweepRuns'],
    // What was spooled and nobody told of, before it is counted.
    ['cron(5 * * * ? *)', 'ingestSpool'],
    ['rate(1 minute)', 'evaluateAlerts'],
    ['rate(1 minute)', 'sweepOperations'],
  ]);
  const hourly = timed.find((r) => r.ScheduleExpression.startsWith('cron(10'));
  expect(hourly?.Targets[0].Input).toBe('{}');
});

test('a spooled log is ingested when it arrives, and no other object of the bucket is', () => {
  const [rule] = rules().filter((r) => r.EventPattern?.source?.[0] === 'aws.s3');
  expect(rule?.EventPattern).toMatchObject({
    'detail-type': ['Object Created'],
    detail: { object: { key: [{ prefix: 'spool/' }] } },
  });
  expect(operation(rule?.Targets[0].Arn['Fn::GetAtt'][0])).toBe('ingestSpool');
});

test('events go on a bus of our own', () => {
  expect(Object.values(all(app, 'AWS::Events::EventBus')).map((b) => b.Properties.Name)).toEqual(['slipway']);
});

test('machines that a caller waits for are express; all log their errors without what they carry, and leave no traces', () => {
  const machines = Object.values(all(app, 'AWS::StepFunctions::StateMachine')).map((m) => m.Properties);
  const types = machines.map(({ StateMachineType }) => StateMachineType);
  expect(types.toSorted()).toEqual([...Array(4).fill('EXPRESS'), ...Array(3).fill('STANDARD')]);
  for (const machine of machines) {
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
    expect(machine.TracingConfiguration).toEqual({ Enabled: false });
  }
});
