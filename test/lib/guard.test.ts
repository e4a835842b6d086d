import { describe, expect, test } from 'vitest';
import { type Asked, askedBy } from '../../scripts/deployed/asked.ts';
import { allows, policiesOf, type Template } from '../../scripts/deployed/policies.ts';
import { synthesized } from './synthesized.ts';

const policies = policiesOf(synthesized().templates as unknown as Template[]);
const table = (name: string) => `Slipway-data-${name}0499F299-8C01805F4BBE7`;
const dynamo = (operation: string, input: object) =>
  askedBy({
    ...{ method: 'POST', path: '/', headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` } },
    body: Buffer.from(JSON.stringify(input)),
  });
const object = (method: string, path: string, headers = {}) =>
  askedBy({ method, path, headers, body: Buffer.alloc(0) });
const may = (who: string, asked: Asked[] | undefined) =>
  asked?.every((one) => allows(policies.get(who) ?? [], one));
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });

describe('the guard reads a call as IAM does', () => {
  test.each([
    ['GetItem', { TableName: table('control'), Key: key('P#1') }, 'dynamodb:GetItem', 'P#1'],
    ['PutItem', { TableName: table('control'), Item: key('DEP#1') }, 'dynamodb:PutItem', 'DEP#1'],
    [
      'Query',
      {
        TableName: table('control'),
        KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
        ExpressionAttributeValues: { ':p': { S: 'P#1' }, ':s': { S: 'D#' } },
      },
      'dynamodb:Query',
      'P#1',
    ],
    [
      'TransactWriteItems',
      { TransactItems: [{ ConditionCheck: { TableName: table('control'), Key: key('OP#1') } }] },
      'dynamodb:ConditionCheckItem',
      'OP#1',
    ],
    [
      'BatchGetItem',
      { RequestItems: { [table('control')]: { Keys: [key('P#2')] } } },
      'dynamodb:BatchGetItem',
      'P#2',
    ],
  ])('%s asks for an action on a key of a table', (operation, input, action, leading) => {
    const context = expect.objectContaining({ 'dynamodb:LeadingKeys': [leading] });
    expect(dynamo(operation, input)).toEqual([{ action, resource: 'control', context }]);
  });

  test('an update asks for every attribute that it names, by its true name', () => {
    const asked = dynamo('UpdateItem', {
      ...{ TableName: table('keys'), Key: { pk: { S: 'K#1' } }, ReturnValues: 'ALL_NEW' },
      UpdateExpression: 'SET #u = :now, roles = if_not_exists(roles, :none)',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#u': 'last_used_at' },
    });
    expect(asked?.[0]?.context['dynamodb:Attributes']?.toSorted()).toEqual(['last_used_at', 'pk', 'roles']);
    expect(asked?.[0]?.context['dynamodb:ReturnValues']).toEqual(['ALL_NEW']);
  });

  test('a copy asks for what it reads and for what it writes', () => {
    const bucket = 'slipway-data-models3a8dad06-4705209e27135';
    const asked = object('PUT', `/${bucket}/baselines/1/sample?x-id=CopyObject`, {
      'x-amz-copy-source': `${bucket}/uploads/1/baseline`,
    });
    expect(asked?.map(({ action, resource }) => [action, resource])).toEqual([
      ['s3:GetObject', 'models/uploads/1/baseline'],
      ['s3:PutObject', 'models/baselines/1/sample'],
    ]);
  });

  test.each(['Scan', 'DeleteTable', 'ExecuteStatement'])('%s is no call that it knows', (operation) => {
    expect(dynamo(operation, { TableName: table('control') })).toBeUndefined();
  });
});

describe('the guard lets through what a role allows and nothing else', () => {
  const put = (pk: string, more = {}) =>
    dynamo('PutItem', { TableName: table('control'), Item: { ...key(pk), ...more } });
  const used = (more = {}) =>
    dynamo('UpdateItem', {
      ...{ TableName: table('keys'), Key: { pk: { S: 'K#1' } }, UpdateExpression: 'SET last_used_at = :now' },
      ...more,
    });
  const bucket = '/slipway-data-data7e2128ca-a153ba21abe56';

  const get = (name: string, pk: string) => dynamo('GetItem', { TableName: table(name), Key: key(pk) });

  test.each([
    ['predict', 'may', 'read a deployment', get('control', 'DEP#1')],
    ['predict', 'may not', 'read an operation', get('control', 'OP#1')],
    ['predict', 'may not', 'write a deployment', put('P#1')],
    ['predict', 'may', 'spool a log', object('PUT', `${bucket}/spool/2026/1`)],
    ['predict', 'may not', 'read the spool', object('GET', `${bucket}/spool/2026/1`)],
    ['predict', 'may', 'note that a key was used', used({ ReturnValues: 'UPDATED_NEW' })],
    [
      'predict',
      'may not',
      'give a key scopes',
      used({ UpdateExpression: 'SET last_used_at = :n, scopes = :s' }),
    ],
    ['predict', 'may not', 'be told a whole key', used({ ReturnValues: 'ALL_NEW' })],
    ['registerModel', 'may', 'write a model', put('P#1', { status: { S: 'awaiting_upload' } })],
    ['registerModel', 'may not', 'write the pointer to production', put('P#1', { prod: { S: '1' } })],
    ['commitChange', 'may', 'write the pointer to production', put('P#1', { prod: { S: '1' } })],
    ['commitChange', 'may not', 'make a project', put('PROJECTS')],
    ['getHealth', 'may not', 'read a key', get('keys', 'K#1')],
  ])('%s %s %s', (who, answer, _, asked) => {
    expect(may(who, asked)).toBe(answer === 'may');
  });
});
