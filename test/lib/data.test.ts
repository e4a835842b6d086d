import { beforeAll, describe, expect, test } from 'vitest';
import { all, type Resource, synthesize, synthesized } from './synthesized.ts';

let app: ReturnType<typeof synthesized>;
beforeAll(() => {
  app = synthesized();
});

const named = (from: typeof app, type: string, name: string): Resource['Properties'] => {
  const [, found] = Object.entries(all(from, type)).find(([id]) => id.startsWith(name)) ?? [];
  return found?.Properties ?? {};
};
const table = (name: string) => named(app, 'AWS::DynamoDB::Table', name);
const bucket = (name: string) => named(app, 'AWS::S3::Bucket', name);

describe('tables', () => {
  test('there are five, each paid by use and kept when its stack goes', () => {
    const tables = Object.values(all(app, 'AWS::DynamoDB::Table'));
    expect(tables).toHaveLength(5);
    for (const { Properties, DeletionPolicy } of tables)
      expect([Properties.BillingMode, DeletionPolicy]).toEqual(['PAY_PER_REQUEST', 'Retain']);
  });

  test.each([
    ['control', { DeletionProtectionEnabled: true, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }],
    ['aggregates', { DeletionProtectionEnabled: true }],
    ['logs', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }],
    ['keys', { DeletionProtectionEnabled: true }],
  ])('%s can be restored to any second of 35 days', (name, also) => {
    expect(table(name)).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      ...also,
    });
  });

  test.each(['control', 'logs', 'aggregates', 'idempotency'])(
    'items of %s that have a time go when their time is over',
    (name) => {
      expect(table(name).TimeToLiveSpecification).toEqual({ AttributeName: 'exp', Enabled: true });
    },
  );

  test('no key goes by itself', () => {
    expect(table('keys').TimeToLiveSpecification).toBeUndefined();
  });

  test('an index that no item enters holds each partition of the logs together', () => {
    const [pin, ...others] = table('logs').LocalSecondaryIndexes;
    expect(others).toEqual([]);
    expect(pin.IndexName).toBe('pin');
    expect(pin.KeySchema).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'pin', KeyType: 'RANGE' },
    ]);
  });

  test('no table has a global index: it would double the price of a write', () => {
    for (const { Properties } of Object.values(all(app, 'AWS::DynamoDB::Table')))
      expect(Properties.GlobalSecondaryIndexes).toBeUndefined();
  });
});

describe('buckets', () => {
  test('nobody outside may read one, and all are kept when their stack goes', () => {
    const buckets = Object.values(all(app, 'AWS::S3::Bucket'));
    expect(buckets).toHaveLength(3);
    for (const { Properties, DeletionPolicy } of buckets) {
      expect(new Set(Object.values(Properties.PublicAccessBlockConfiguration))).toEqual(new Set([true]));
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  test('each refuses what does not come by TLS', () => {
    const policies = Object.values(all(app, 'AWS::S3::BucketPolicy'));
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies)
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
  });

  test('an upload that nobody completed is gone after a day', () => {
    expect(bucket('models').LifecycleConfiguration.Rules).toContainEqual({
      Prefix: 'uploads/',
      ExpirationInDays: 1,
      Status: 'Enabled',
    });
  });

  test('no rule takes a model or a record that waits to be written', () => {
    const rules = [
      ...bucket('models').LifecycleConfiguration.Rules,
      ...bucket('data').LifecycleConfiguration.Rules,
    ];
    const expiring = rules.filter((r) => r.ExpirationInDays).map((r) => r.Prefix);
    expect(expiring.toSorted()).toEqual(['aws/', 'dead/', 'payloads/', 'runs/', 'uploads/']);
  });

  test('what a run wrote down is there until its files are looked through, and nothing is tried any more', () => {
    const days = bucket('data').LifecycleConfiguration.Rules.find(
      (r: { Prefix?: string }) => r.Prefix === 'runs/',
    )?.ExpirationInDays;
    expect(days).toBeGreaterThan(14 + 14 + 14);
  });

  test('the data bucket tells the event bus of new objects', () => {
    expect(bucket('data').NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
  });
});

test('the stack that holds the data cannot be deleted by mistake', () => {
  expect(app.data.terminationProtection).toBe(true);
});

describe('keys of the account', () => {
  const encryption = (from: typeof app) => [
    ...Object.values(all(from, 'AWS::DynamoDB::Table')).map(
      (t) => t.Properties.SSESpecification?.SSEType ?? 'own',
    ),
    ...Object.values(all(from, 'AWS::S3::Bucket')).map(
      (b) =>
        b.Properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault
          .SSEAlgorithm,
    ),
  ];

  test('by default there are none, for they cost money when nobody calls', () => {
    expect(all(app, 'AWS::KMS::Key')).toEqual({});
    expect(encryption(app)).toEqual(['own', 'own', 'own', 'own', 'own', 'AES256', 'AES256', 'AES256']);
  });

  test('where they are asked for they encrypt all but the cache, and are of use through the two services alone', () => {
    const keyed = synthesize({}, true);
    expect(encryption(keyed).toSorted()).toEqual([
      'KMS',
      'KMS',
      'KMS',
      'KMS',
      'aws:kms',
      'aws:kms',
      'aws:kms',
      'own',
    ]);
    const keys = Object.values(all(keyed, 'AWS::KMS::Key'));
    expect(keys).toHaveLength(2);
    for (const { Properties } of keys) {
      expect(Properties.EnableKeyRotation).toBe(true);
      const everybody = Properties.KeyPolicy.Statement.filter(
        (s: { Principal: { AWS: unknown } }) => s.Principal.AWS === '*',
      );
      expect(everybody).toHaveLength(1);
      expect(Object.keys(everybody[0].Condition.StringEquals)).toEqual([
        'kms:CallerAccount',
        'kms:ViaService',
      ]);
    }
  });
});
