import { beforeAll, expect, test } from 'vitest';
import { actionsOf, all, operationOf, permissions, type Resource, synthesized } from './synthesized.ts';

let app: ReturnType<typeof synthesized>;
let functions: Map<string, Resource>;
beforeAll(() => {
  app = synthesized();
  functions = new Map(
    Object.values(all(app, 'AWS::Lambda::Function')).map((fn) => [operationOf(fn), fn] as const),
  );
});
const engines = ['createBatchDeployment', 'checkBatch', 'planRun', 'scorePart', 'commitRun'];
const tabled = ['checkBatch', 'commitRun', 'endRun', 'planRun', 'scorePart', 'sweepRuns'];
const text = (value: unknown) => JSON.stringify(value);

test('what works with tables has the engine, a disk for its files, and says that it cannot share a process', () => {
  const carrying = [...functions].filter(([, fn]) => fn.Properties.Layers);
  expect(carrying.map(([id]) => id).toSorted()).toEqual(engines.toSorted());
  expect(Object.keys(all(app, 'AWS::Lambda::LayerVersion'))).toHaveLength(1);
  for (const [id, fn] of carrying) {
    expect(fn.Properties.Layers, id).toHaveLength(1);
    expect(fn.Properties.EphemeralStorage, id).toEqual({ Size: 2048 });
    expect(fn.Metadata?.['slipway:engine'], id).toBe(true);
  }
  for (const id of ['planRun', 'scorePart', 'commitRun'])
    expect(functions.get(id)?.Properties.MemorySize, id).toBeGreaterThanOrEqual(1769);
});

test('tables are reached by the steps of a run and of its check alone; what checks or ends only reads', () => {
  const told = [...functions].filter(([, fn]) => fn.Properties.Environment?.Variables?.CATALOGS);
  expect(told.map(([id]) => id).toSorted()).toEqual(tabled);
  const may = permissions(app);
  const onTables = (who: string) =>
    (may.get(who) ?? []).filter(({ Resource }) => text(Resource).includes('/tables/*')).flatMap(actionsOf);
  for (const who of ['checkBatch', 'endRun']) expect(onTables(who), who).toEqual(['s3:GetObject']);
  // What takes files away can make or change no table.
  expect(onTables('sweepRuns')).toEqual(['s3:GetObject', 's3:DeleteObject']);
  const taking = (may.get('sweepRuns') ?? []).filter((s) => text(s.Action).includes('Delete'));
  expect(taking.flatMap(actionsOf).toSorted()).toEqual(['dynamodb:DeleteItem', 's3:DeleteObject']);
  expect(text(taking)).toContain('/tables/*/data/*');
  expect(text(taking)).toContain('["RUNFILES"]');
  expect(onTables('commitRun').toSorted()).toEqual(['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);
  const whoever = [...may].filter(([, statements]) => text(statements).includes('warehouse'));
  expect(whoever.map(([who]) => who).toSorted()).toEqual(tabled);
});

test('the sweeper may ask what became of a run, start it and have it ended, and reaches no table', () => {
  const statements = permissions(app).get('sweepOperations') ?? [];
  const of = (action: string) => text(statements.filter((s) => actionsOf(s).includes(action)));
  expect(of('states:DescribeExecution')).toMatch(/execution:.*batchScore.*:\*/);
  expect(of('states:StartExecution')).toContain('batchScore');
  expect(of('lambda:InvokeFunction')).toContain('endRun');
  expect(of('lambda:InvokeFunction')).not.toContain('*');
  expect(text(statements)).not.toContain('warehouse');
});

test('every change of a deployment is heard of on our bus by what keeps its schedule', () => {
  const rule = Object.values(all(app, 'AWS::Events::Rule')).find(({ Properties }) =>
    text(Properties.Targets)?.includes('alignSchedule'),
  );
  expect(rule?.Properties).toMatchObject({
    EventPattern: { 'detail-type': [{ prefix: 'deployment.' }] },
    EventBusName: { Ref: expect.stringMatching(/^bus/) },
  });
  expect(text(rule?.Properties.Targets)).toContain('alignSchedule');
});

test('an event that no retry gets done is kept, and what is kept may be written', () => {
  const configs = Object.values(all(app, 'AWS::Lambda::EventInvokeConfig')).map((c) => c.Properties);
  const aligner = configs.find(({ FunctionName }) => text(FunctionName).includes('alignSchedule'));
  expect(aligner).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 6 * 3600 });
  expect(text(aligner?.DestinationConfig.OnFailure.Destination)).toMatch(/data.*Arn/);
  const kept = (permissions(app).get('alignSchedule') ?? []).filter((s) =>
    text(s.Resource).includes('/aws/*'),
  );
  expect(kept.flatMap(actionsOf)).toEqual(['s3:PutObject']);
});

test('schedules are made in one group, which goes with the stack, and call one function for this account alone', () => {
  const groups = Object.values(all(app, 'AWS::Scheduler::ScheduleGroup'));
  expect(groups.map(({ Properties }) => Properties.Name)).toEqual([expect.anything()]);
  const may = permissions(app);
  const keeper = (may.get('alignSchedule') ?? []).filter((s) => /scheduler:|PassRole/.test(text(s.Action)));
  expect(keeper.flatMap(actionsOf).toSorted()).toEqual([
    ...['iam:PassRole', 'scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:UpdateSchedule'],
  ]);
  expect(text(keeper.find((s) => actionsOf(s).includes('iam:PassRole'))?.Condition)).toContain(
    'scheduler.amazonaws.com',
  );
  expect(may.get('schedules')?.map((s) => [actionsOf(s), text(s.Resource)])).toEqual([
    [['lambda:InvokeFunction'], expect.stringContaining('startScheduledRun')],
  ]);
  const role = Object.entries(all(app, 'AWS::IAM::Role')).find(([id]) => id.startsWith('schedulesrole'))?.[1];
  const [trust] = role?.Properties.AssumeRolePolicyDocument.Statement ?? [];
  expect(trust.Condition.StringEquals).toEqual({
    'aws:SourceAccount': { Ref: 'AWS::AccountId' },
    'aws:SourceArn': expect.anything(),
  });
});

test('a run may start executions of its own machine, and read the list of its parts', () => {
  const statements = permissions(app).get('machine batchScore') ?? [];
  const of = (action: string) => statements.find((s) => actionsOf(s).includes(action));
  expect(text(of('states:StartExecution')?.Resource)).toContain('batchScore');
  expect(text(of('s3:GetObject')?.Resource)).toContain('/runs/*');
  expect(text(of('states:StopExecution')?.Resource)).toMatch(/execution:.*batchScore.*\/\*/);
});
