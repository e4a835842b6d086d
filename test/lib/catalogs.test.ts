import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { readCatalogs, readsTables, removesFiles, writesTables } from '../../lib/catalogs.ts';
import { DataStack } from '../../lib/data.ts';
import type { Statement } from './synthesized.ts';

type Use = typeof readsTables;

/** What a function is told and may do when these catalogs are configured. */
function granted(catalogs: unknown, use: Use = writesTables) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...(catalogs ? { catalogs } : {}) } });
  const data = new DataStack(app, 'data', { customerKeys: false });
  const stack = new Stack(app, 'platform');
  const fn = new Lambda(stack, 'fn', {
    ...{ runtime: Runtime.NODEJS_24_X, handler: 'x.y', code: Code.fromInline('x') },
  });
  use(data)(fn);
  const template = Template.fromStack(stack).toJSON();
  const of = (type: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: a template is JSON.
    Object.values<any>(template.Resources).find(({ Type }) => Type === type).Properties;
  const statements: Statement[] = of('AWS::IAM::Policy').PolicyDocument.Statement;
  return { told: of('AWS::Lambda::Function').Environment.Variables.CATALOGS, statements };
}
const actions = (statements: Statement[]) => statements.flatMap(({ Action }) => Action).toSorted();
const refused = (catalogs: unknown) => () => readCatalogs(new Stack(new App({ context: { catalogs } })));

describe('without a configuration', () => {
  test('tables are files in a bucket of our own, below one prefix', () => {
    const { told, statements } = granted(undefined);
    expect(JSON.stringify(told)).toMatch(/iceberg.*s3:.*warehouse.*\/tables.*file/);
    expect(actions(statements)).toEqual(['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject']);
    for (const { Condition } of statements)
      expect(Condition?.StringEquals?.['aws:ResourceAccount']).toBeDefined();
    expect(JSON.stringify(statements)).toContain('/tables/*');
  });

  test('who only reads may only read', () => {
    expect(actions(granted(undefined, readsTables).statements)).toEqual(['s3:GetObject', 's3:ListBucket']);
  });
});

describe('a configured catalog', () => {
  test('of Glue is reached by its own actions, and its files below their prefix alone', () => {
    const { told, statements } = granted({
      lake: { type: 'rest', signing: 'glue', data: ['s3://lake-data/tables/'] },
    });
    // Of where files lie code has to know no more than where a table is made.
    const entry = { type: 'rest', signing: 'glue', location: 's3://lake-data/tables' };
    expect(JSON.parse(told)).toEqual({ lake: entry });
    expect(actions(statements).filter((one) => one.startsWith('glue:'))).toEqual([
      ...['glue:CreateTable', 'glue:GetCatalog', 'glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable'],
    ]);
    expect(JSON.stringify(statements)).toContain(':s3:::lake-data/tables/*');
    expect(JSON.stringify(statements)).not.toContain('warehouse');
  });

  test('of S3 Tables is one table bucket', () => {
    const warehouse = 'arn:aws:s3tables:eu-west-1:123456789012:bucket/lake';
    const { statements } = granted(
      JSON.stringify({ iceberg: { type: 'rest', signing: 's3tables', warehouse } }),
      readsTables,
    );
    expect(statements.map(({ Resource }) => Resource)).toEqual([warehouse, `${warehouse}/table/*`]);
    expect(actions(statements).every((one) => /^s3tables:(Get|List)/.test(one))).toBe(true);
  });

  test('of files may lie in a bucket of somebody’s', () => {
    const { told, statements } = granted({ iceberg: { type: 'file', warehouse: 's3://lake/a/b' } });
    expect(JSON.parse(told)).toEqual({ iceberg: { type: 'file', warehouse: 's3://lake/a/b' } });
    expect(JSON.stringify(statements)).toContain(':s3:::lake/a/b/*');
  });

  test('of a server has its token in a secret, which its functions may read and no other', () => {
    const { told, statements } = granted({
      a: {
        type: 'rest',
        uri: 'https://x',
        secret: 'polaris',
        data: ['s3://lake/x'],
        location: 's3://lake/x/new',
      },
    });
    expect(JSON.parse(told)).toEqual({
      a: { type: 'rest', uri: 'https://x', secret: 'polaris', location: 's3://lake/x/new' },
    });
    const secrets = statements.filter(({ Action }) => `${Action}`.startsWith('secretsmanager:'));
    expect(secrets.map(({ Action }) => Action)).toEqual(['secretsmanager:GetSecretValue']);
    expect(JSON.stringify(secrets)).toContain(':secret:slipway/catalogs/*');
  });

  test('lets whoever takes files away touch data alone, and no table bucket at all', () => {
    const warehouse = 'arn:aws:s3tables:eu-west-1:123456789012:bucket/lake';
    const { statements } = granted(
      { a: { type: 'file' }, b: { type: 'rest', signing: 's3tables', warehouse } },
      removesFiles,
    );
    const deleting = statements.filter(({ Action }) => `${Action}`.includes('Delete'));
    expect(deleting.map(({ Action }) => Action)).toEqual(['s3:DeleteObject']);
    expect(JSON.stringify(deleting)).toContain('/tables/*/data/*');
    expect(actions(statements).some((one) => /Put|Update|Create/.test(one))).toBe(false);
  });

  test.each([
    [
      'a secret that goes over the wire as it is',
      { a: { type: 'rest', uri: 'http://x', secret: 's', data: ['s3://b/x'] } },
    ],
    [
      'a secret beside a signature',
      { a: { type: 'rest', signing: 'glue', secret: 's', data: ['s3://lake/x'] } },
    ],
    [
      'a secret that no name is',
      { a: { type: 'rest', uri: 'https://x', secret: 'a/b', data: ['s3://lake/x'] } },
    ],
    [
      'a location beside its data',
      { a: { type: 'rest', signing: 'glue', data: ['s3://lake/x'], location: 's3://lake/xy' } },
    ],
    ['a type that nobody knows', { a: { type: 'hive' } }],
    ['a name that no request can spell', { 'a b': { type: 'file' } }],
    ['a field that nobody reads', { a: { type: 'file', bucket: 'x' } }],
    ['a whole bucket', { a: { type: 'file', warehouse: 's3://bucket' } }],
    ['every bucket', { a: { type: 'rest', uri: 'https://x', data: ['s3://*/x'] } }],
    ['every key', { a: { type: 'file', warehouse: 's3://bucket/*' } }],
    ['a server without an address', { a: { type: 'rest', data: ['s3://bucket/x'] } }],
    ['a server whose files lie nobody knows where', { a: { type: 'rest', signing: 'glue' } }],
    ['a table bucket without its ARN', { a: { type: 'rest', signing: 's3tables', warehouse: 'lake' } }],
  ])('with %s is refused', (_, catalogs) => {
    expect(refused(catalogs)).toThrow(/context catalogs/);
  });
});

test('no action and no bucket is a wildcard', () => {
  const { statements } = granted({
    a: { type: 'file' },
    b: { type: 'rest', signing: 'glue', data: ['s3://lake/x'] },
  });
  expect(statements.length).toBeGreaterThan(3);
  for (const one of actions(statements)) expect(one).not.toContain('*');
  for (const { Resource } of statements) expect(Resource).not.toBe('*');
});
