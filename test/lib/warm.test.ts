import { beforeAll, expect, test } from 'vitest';
import { all, permissions, synthesized } from './synthesized.ts';

let app: ReturnType<typeof synthesized>;
beforeAll(() => {
  app = synthesized();
});
const text = (value: unknown) => JSON.stringify(value);

test('every change of a deployment is heard of on our bus by what keeps predict started', () => {
  const rules = Object.values(all(app, 'AWS::Events::Rule')).filter(({ Properties }) =>
    text(Properties.Targets).includes('alignConcurrency'),
  );
  expect(rules).toHaveLength(1);
  expect(rules[0]?.Properties).toMatchObject({
    EventPattern: { 'detail-type': [{ prefix: 'deployment.' }] },
    EventBusName: { Ref: expect.stringMatching(/^bus/) },
  });
});

test('it may set that of the alias of predict, and of nothing else', () => {
  const statements = permissions(app).get('alignConcurrency') ?? [];
  const lambda = statements.filter(({ Action }) => text(Action).includes('lambda:'));
  expect(lambda).toHaveLength(1);
  expect(lambda[0]?.Action).toEqual(
    ['Get', 'Put', 'Delete'].map((verb) => `lambda:${verb}ProvisionedConcurrencyConfig`),
  );
  expect(text(lambda[0]?.Resource)).toMatch(
    /^\{"Fn::GetAtt":\["apimlops\w+","Outputs\.\w*predictlive\w*"\]\}$/,
  );
});

test('what it gives up is kept in the data bucket', () => {
  const configs = Object.values(all(app, 'AWS::Lambda::EventInvokeConfig')).filter(({ Properties }) =>
    text(Properties.FunctionName).includes('alignConcurrency'),
  );
  expect(
    configs.map(({ Properties }) => [Properties.MaximumRetryAttempts, Properties.MaximumEventAgeInSeconds]),
  ).toEqual([[2, 21_600]]);
  expect(text(configs[0]?.Properties.DestinationConfig)).toContain('OnFailure');
});

test('nothing is kept started by the template: that costs nothing until somebody asks', () => {
  for (const { Properties } of Object.values(all(app, 'AWS::Lambda::Alias')))
    expect(Properties.ProvisionedConcurrencyConfig).toBeUndefined();
});
