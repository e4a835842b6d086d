import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { create } from '../../adapters/aws/secrets.ts';
import { table } from '../../adapters/aws/table.ts';
import { asFunction, refused } from '../support/granted/granted.ts';
import { createWorld } from '../support/world.ts';

const item = { pk: 'OUT#none', sk: 'OUT#1' };
const tells = () => table.send(new PutCommand({ TableName: 'control', Item: item }));
const makes = () => create('privacy/1', 'a key');

test('a function is refused what its role does not allow, a test is not', async () => {
  await createWorld();
  await expect(asFunction('getProject', tells)()).rejects.toThrow(
    'getProject may not dynamodb:PutItem control OUT#… (pk, sk)',
  );
  await expect(asFunction('createAlertRule', makes)()).rejects.toThrow(
    'createAlertRule may not secretsmanager:CreateSecret slipway/privacy/1',
  );
  expect(refused()).toHaveLength(2);
  await asFunction('createApiKey', tells)();
  await asFunction('createPrivacyPolicy', makes)();
  await tells();
  await makes();
  expect(refused()).toEqual([]);
});

test('what a function calls asks by a name of its own, and a refusal that is caught is still told', async () => {
  const { functions, call, key } = await createWorld();
  functions.set('deactivateDeployment', async () => tells().catch(() => 'never mind'));
  const calling = asFunction('createApiKey', async () =>
    functions.get('deactivateDeployment')?.({}, {} as never),
  );
  expect(await calling()).toBe('never mind');
  expect(refused()).toEqual(['deactivateDeployment may not dynamodb:PutItem control OUT#… (pk, sk)']);
  expect((await call('listProjects', { key })).status).toBe(200);
});

test('who may not list a bucket is not told that an object is missing', async () => {
  await createWorld();
  const { get } = await import('../../adapters/aws/objects.ts');
  const missing = (bucket: string, name: string) => get({ bucket, key: name }, 100);
  await expect(asFunction('predict', missing)('models', 'models/1')).rejects.toThrow('403');
  expect(await asFunction('ingestSpool', missing)('data', 'spool/1')).toBeUndefined();
});
