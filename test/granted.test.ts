import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Call } from '../adapters/aws/signed.ts';
import { ofBus, ofCommand, ofMachine, ofRequest } from './support/granted/asked.ts';
import { readGrants, ungranted } from './support/granted/grants.ts';

const text = readFileSync('docs/permissions.txt', 'utf8');
const grants = readGrants(text);
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
const request = (
  service: Call['service'],
  method: Call['method'],
  path: string,
  more: Partial<Call> = {},
) => {
  const url = `https://${service}.eu-west-1.amazonaws.com/${path}`;
  return ofRequest(new URL(url), { service, method, url, timeout: 1, ...more });
};
const secret = (operation: string, fields: object) =>
  request('secretsmanager', 'POST', '', {
    headers: { 'x-amz-target': `secretsmanager.${operation}` },
    body: JSON.stringify(fields),
  });
const invocation = (name: string) => `2015-03-31/functions/${name}/invocations`;
const started = '2019-09-30/functions/predict/provisioned-concurrency?Qualifier=live';

/** A function, what it asks for, and the grant that lets it: without that very piece it is refused. */
const cases: [who: string, asked: ReturnType<typeof ofCommand>, action: string, piece: string][] = [
  [
    'getDeployment',
    ofCommand('GetItem', { TableName: 'control', Key: key('DEP#1') }),
    'dynamodb:GetItem',
    'DEP#*',
  ],
  ['predict', ofCommand('PutItem', { TableName: 'logs', Item: key('1#2') }), 'dynamodb:PutItem', 'logs'],
  [
    'listRuns',
    ofCommand('Query', {
      ...{ TableName: 'control', KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)' },
      ExpressionAttributeValues: { ':pk': { S: 'P#1' }, ':sk': { S: 'RUN#' } },
    }),
    'dynamodb:Query',
    'P#*',
  ],
  [
    'listProjects',
    ofCommand('BatchGetItem', { RequestItems: { control: { Keys: [key('P#1')] } } }),
    'dynamodb:BatchGetItem',
    'P#*',
  ],
  ...(
    [
      ['Put', { TableName: 'control', Item: key('M#1') }, 'dynamodb:PutItem', 'M#*'],
      ['Update', { TableName: 'idempotency', Key: key('I#1') }, 'dynamodb:UpdateItem', 'I#*'],
      ['Delete', { TableName: 'control', Key: key('OPEN') }, 'dynamodb:DeleteItem', 'OPEN'],
      ['ConditionCheck', { TableName: 'control', Key: key('OP#1') }, 'dynamodb:ConditionCheckItem', 'OP#*'],
    ] as const
  ).map(([kind, item, action, piece]): (typeof cases)[number] => [
    'commitChange',
    ofCommand('TransactWriteItems', { TransactItems: [{ [kind]: item }] }),
    action,
    piece,
  ]),
  ['predict', request('s3', 'GET', 'models/models/1/artifact'), 's3:GetObject', 'models/models/*'],
  ['predict', request('s3', 'PUT', 'data/spool/1'), 's3:PutObject', 'data/spool/*'],
  ['ingestSpool', request('s3', 'DELETE', 'data/spool/1'), 's3:DeleteObject', 'data/spool/*'],
  ['redriveLogs', request('s3', 'GET', 'data?list-type=2&prefix=dead%2F'), 's3:ListBucket', 'data'],
  [
    'completeModel',
    request('s3', 'PUT', 'models/models/1', { headers: { 'x-amz-copy-source': 'models/uploads/1' } }),
    's3:GetObject',
    'models/uploads/*',
  ],
  [
    'predict',
    secret('GetSecretValue', { SecretId: 'slipway/privacy/1' }),
    'secretsmanager:GetSecretValue',
    '?/privacy/*',
  ],
  [
    'createAlertRule',
    secret('CreateSecret', { Name: 'slipway/webhooks/1' }),
    'secretsmanager:CreateSecret',
    '?/webhooks/*',
  ],
  [
    'createDeployment',
    ofMachine('StartSyncExecution', { stateMachineArn: 'deploy' }),
    'states:StartSyncExecution',
    'deploy',
  ],
  ['runDrift', ofMachine('StartExecution', { stateMachineArn: 'drift' }), 'states:StartExecution', 'drift'],
  [
    'sweepOperations',
    ofMachine('DescribeExecution', { executionArn: 'batchScore:run' }),
    'states:DescribeExecution',
    'batchScore',
  ],
  ['publishEvents', ofBus('PutEvents'), 'events:PutEvents', 'bus'],
  ['sweepOperations', request('lambda', 'POST', invocation('endRun')), 'lambda:InvokeFunction', 'endRun'],
  [
    'alignConcurrency',
    request('lambda', 'PUT', started),
    'lambda:PutProvisionedConcurrencyConfig',
    'predict:live',
  ],
  ['sendDelivery', request('ses', 'POST', 'v2/email/outbound-emails'), 'ses:SendEmail', 'identity'],
];

/** The text with one piece of a line taken away. */
const without = (who: string, action: string, piece: string) =>
  text.replace(new RegExp(`^${who} +${action} .*$`, 'm'), (line) => line.replaceAll(piece, 'nothing'));

describe('A call is allowed by the line that says so, and by no other', () => {
  test.each(cases.map(([who, asked, action, piece]) => [who, action, piece, asked] as const))(
    '%s %s %s',
    (who, action, piece, asked) => {
      expect(asked).not.toEqual([]);
      expect(ungranted(grants, who, asked)).toEqual([]);
      const less = without(who, action, piece);
      expect(less).not.toBe(text);
      expect(ungranted(readGrants(less), who, asked)).toEqual([
        expect.stringMatching(`^${who} may not ${action} `),
      ]);
      expect(ungranted(grants, 'getHealth', asked)).toHaveLength(asked.length);
    },
  );
});

test('another key of the same table is refused, and told of without what is particular to it', () => {
  const asked = ofCommand('GetItem', { TableName: 'control', Key: key('ALERTS#somebody') });
  expect(ungranted(grants, 'predict', asked)).toEqual([
    'predict may not dynamodb:GetItem control ALERTS#… (pk, sk)',
  ]);
});

test('each item of a transaction is asked for by itself', () => {
  const TransactItems = [
    { Put: { TableName: 'control', Item: key('OUT#1') } },
    { Put: { TableName: 'control', Item: key('PROJECTS') } },
    { Delete: { TableName: 'control', Key: key('OUT#1') } },
  ];
  expect(ungranted(grants, 'deleteAlias', ofCommand('TransactWriteItems', { TransactItems }))).toEqual([
    'deleteAlias may not dynamodb:PutItem control PROJECTS (pk, sk)',
    'deleteAlias may not dynamodb:DeleteItem control OUT#… (pk, sk)',
  ]);
});

describe('Attributes', () => {
  const put = (more: object) =>
    ofCommand('PutItem', { TableName: 'control', Item: { ...key('P#1'), ...more } });
  const counted = (more: object) =>
    ofCommand('UpdateItem', {
      ...{ TableName: 'keys', Key: { pk: { S: 'K#1' } }, UpdateExpression: 'SET last_used_at = :now' },
      ...more,
    });

  test('which a statement never covers are refused', () => {
    expect(ungranted(grants, 'putAllowedRoles', put({ roles: { S: 'a' } }))).toEqual([]);
    expect(ungranted(grants, 'putAllowedRoles', put({ prod: { S: 'a' } }))).toHaveLength(1);
  });

  test.each([
    ['that it names', {}, 0],
    ['and another', { UpdateExpression: 'SET last_used_at = :now, scopes = :all' }, 1],
    [
      'and another that it only looks at',
      { ConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'scopes' } },
      1,
    ],
    ['and told all of them', { ReturnValues: 'ALL_NEW' }, 1],
    ['and told those', { ReturnValues: 'UPDATED_NEW' }, 0],
  ])('are written where a statement is for those %s', (_, more, refusals) => {
    expect(ungranted(grants, 'predict', counted(more))).toHaveLength(refusals);
  });
});
