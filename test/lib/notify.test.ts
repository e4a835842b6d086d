import { App, Stack } from 'aws-cdk-lib';
import { beforeAll, expect, test } from 'vitest';
import { Handler } from '../../lib/handler.ts';
import { sendsMessages } from '../../lib/notify.ts';
import {
  actionsOf,
  all,
  operationOf,
  permissions,
  type Resource,
  type Statement,
  sender,
  synthesized,
  synthesizedWithMail,
} from './synthesized.ts';

let usual: ReturnType<typeof synthesized>;
let app: ReturnType<typeof synthesized>;
let may: Map<string, Statement[]>;
beforeAll(() => {
  usual = synthesized();
  app = synthesizedWithMail();
  may = permissions(app);
});

const text = (value: unknown) => JSON.stringify(value);
const of = (who: string) => may.get(who) ?? [];
const withAction = (who: string, action: RegExp) =>
  of(who).filter((s) => actionsOf(s).some((a) => action.test(a)));
const environment = (from: typeof app, id: string) =>
  Object.values(all(from, 'AWS::Lambda::Function')).find((fn) => operationOf(fn) === id)?.Properties
    .Environment?.Variables ?? {};

test('what talks to the outside may touch messages that wait, what signs them, mail, its own log, and nothing else', () => {
  const found = of('sendDelivery').flatMap((s) => actionsOf(s).map((action) => [action, s] as const));
  expect(new Set(found.map(([action]) => action))).toEqual(
    new Set([
      ...['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      ...['secretsmanager:GetSecretValue', 'ses:SendEmail', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    ]),
  );
  const items = withAction('sendDelivery', /^dynamodb:/);
  expect(items.length).toBeGreaterThan(0);
  for (const { Condition, Resource } of items) {
    expect(Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']).toEqual(['DELIVERY#*']);
    expect(text(Resource)).toMatch(/control/);
  }
  for (const one of withAction('sendDelivery', /^secretsmanager:/))
    expect(text(one.Resource)).toContain(':secret:slipway-team2/webhooks/*');
});

test('mail goes out from the configured address alone, by the identity of the address or of its domain', () => {
  for (const who of ['sendDelivery', 'testAlertRule']) {
    const [mail] = withAction(who, /^ses:/);
    expect(mail?.Condition).toEqual({ StringEquals: { 'ses:FromAddress': sender } });
    const resources = [mail?.Resource].flat().map(text);
    expect(resources.map((r) => r.replace(/^.*identity\//, '').replace(/\W+$/, ''))).toEqual([
      sender,
      'ml.example.com',
    ]);
    expect(environment(app, who)).toMatchObject({
      ALERT_SENDER: sender,
      CONSOLE_URL: 'https://console.example.com',
    });
  }
});

test('without a sender nobody may send mail, and whoever writes a rule can say so', () => {
  expect([...permissions(usual).values()].flat().flatMap(actionsOf)).not.toContain('ses:SendEmail');
  expect(environment(usual, 'createAlertRule')).not.toHaveProperty('ALERT_SENDER');
  expect(environment(app, 'createAlertRule')).toMatchObject({ ALERT_SENDER: sender });
});

test('nobody but the sender, a test of a rule and what keeps rules can read what webhooks are signed with', () => {
  const readers = [...may.keys()].filter((who) =>
    withAction(who, /^secretsmanager:/).some((s) => text(s.Resource).includes('/webhooks/')),
  );
  expect(readers.toSorted()).toEqual(
    ['createAlertRule', 'deleteAlertRule', 'sendDelivery', 'testAlertRule', 'updateAlertRule'].toSorted(),
  );
});

test('what gives a message up talks to nobody', () => {
  const actions = new Set(of('giveUpDelivery').flatMap(actionsOf));
  expect([...actions].filter((action) => /^(ses|secretsmanager|s3|lambda)/.test(action))).toEqual([]);
});

test('an event of a delivery on our own bus starts the machine, which calls its two functions', () => {
  const rules = Object.values(all(app, 'AWS::Events::Rule')).map((rule: Resource) => rule.Properties);
  const [rule, ...others] = rules.filter((r) => r.EventPattern?.['detail-type']?.includes('alert.delivery'));
  expect(others).toEqual([]);
  expect(rule?.EventBusName).toBeDefined();
  expect(text(rule?.Targets[0].Arn)).toMatch(/notify/);
});

test.each([
  { alertSender: 'no address' },
  { alertSender: 'a@b' },
  { alertSender: 'Alerts <alerts@example.com>' },
  { alertSender: ['a@example.com'] },
  { consoleUrl: 'http://console.example.com' },
  { consoleUrl: 'https://a"b' },
])('%j stops the synthesis with a clear word', (context) => {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } }), 'some');
  const made = () => new Handler(stack, 'notify/sendDelivery', sendsMessages);
  expect(made).toThrow(/^context (alertSender|consoleUrl): it is /);
});
