import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DataStack } from './data.ts';
import type { Grant } from './grants.ts';
import { readsSecrets } from './secrets.ts';

/** One entry of the context `catalogs`, by the name that requests use. */
export interface CatalogContext {
  type: 'file' | 'rest';
  uri?: string;
  /** Of a file catalog `s3://bucket/prefix`, without it our own bucket; of another whatever it calls so. */
  warehouse?: string;
  signing?: 'glue' | 's3tables';
  /** Of a REST catalog: where its tables' files lie, `s3://bucket/prefix`; S3 Tables keeps its own. */
  data?: string[];
  /** Of a REST catalog: below which of these a new table is made; Glue wants to be told, others know a place. */
  location?: string;
  /**
   * Of a REST catalog that is not AWS's own: the secret `<installation>/catalogs/<this>` holds a bearer token, or
   * `{"client_id", "client_secret", "scope"?, "token_url"?}` for tokens by OAuth.
   */
  secret?: string;
}

const named = /^[A-Za-z0-9_-]{1,255}$/;
const place = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([\w!.'()/-]*[\w!.'()-])\/*$/;
const fields = ['type', 'uri', 'warehouse', 'signing', 'data', 'location', 'secret'];

/** What is configured, as an object or as JSON from the command line; a catalog of files in our own bucket otherwise. */
export function readCatalogs(scope: Construct): Record<string, CatalogContext> {
  const given: unknown = scope.node.tryGetContext('catalogs') ?? { iceberg: { type: 'file' } };
  const read = typeof given === 'string' ? JSON.parse(given) : given;
  for (const [name, entry] of Object.entries(read)) check(name, entry as CatalogContext);
  return read;
}

type Refuse = (why: string) => never;

function check(name: string, entry: CatalogContext): void {
  const refuse: Refuse = (why) => {
    throw new Error(`context catalogs, ${name}: ${why}`);
  };
  if (!named.test(name)) refuse('a name has letters, digits, _ and -');
  const unknown = Object.keys(entry).find((field) => !fields.includes(field));
  if (unknown) refuse(`nothing knows ${unknown}`);
  if (!['file', 'rest'].includes(entry.type)) refuse('its type is file or rest');
  if (entry.type === 'file' && entry.warehouse !== undefined && !place.test(entry.warehouse))
    refuse('its warehouse is s3://bucket/prefix');
  if (entry.type === 'rest' && !entry.uri && !entry.signing)
    refuse('it has a uri, or is signed for glue or s3tables');
  if (entry.signing === 's3tables' && !entry.warehouse?.startsWith('arn:'))
    refuse('its warehouse is the ARN of a table bucket');
  if (entry.type === 'rest' && entry.signing !== 's3tables' && !entry.data?.every((one) => place.test(one)))
    refuse('its data is a list of s3://bucket/prefix');
  checkServer(entry, refuse);
}

/** What only a server has. */
function checkServer({ type, signing, uri, data, location, secret }: CatalogContext, refuse: Refuse): void {
  const below = (one: string) => `${location}/`.startsWith(`${one.replace(/\/+$/, '')}/`);
  if (location !== undefined && !(place.test(location) && data?.some(below)))
    refuse('its location is s3://bucket/prefix, within its data');
  if (secret === undefined) return;
  if (!named.test(secret)) refuse('its secret is a name of letters, digits, _ and -');
  if (type !== 'rest' || signing) refuse('a secret is for a server that does not know signatures of AWS');
  if (!uri?.startsWith('https://')) refuse('a secret is sent over https only');
}

type Use = 'reads' | 'writes' | 'removes';

/** Load tables of every catalog and read their files. */
export const readsTables = (data: DataStack): Grant => uses(data, 'reads');
/** Read, create and commit tables of every catalog, and write and remove their files. */
export const writesTables = (data: DataStack): Grant => uses(data, 'writes');
/** Load tables of every catalog and take data files away; S3 Tables lets nobody do that, and does it by itself. */
export const removesFiles = (data: DataStack): Grant => uses(data, 'removes');

const uses =
  (data: DataStack, use: Use): Grant =>
  (fn) => {
    const catalogs = readCatalogs(fn);
    const own = `s3://${data.warehouse.bucketName}/tables`;
    const told = Object.entries(catalogs).map(([name, entry]) => [
      name,
      entry.type === 'file' ? { warehouse: own, ...entry } : served(entry),
    ]);
    fn.addEnvironment('CATALOGS', Stack.of(fn).toJsonString(Object.fromEntries(told)));
    for (const entry of Object.values(catalogs)) grantCatalog(fn, entry, use, data);
    if (Object.values(catalogs).some(({ secret }) => secret !== undefined)) readsSecrets('catalogs')(fn);
  };

/** What code has to know of a server: not where all of its files lie, but where Glue is told to make a table. */
const served = ({ data = [], ...entry }: CatalogContext) =>
  entry.signing === 'glue' ? { location: data[0]?.replace(/\/+$/, ''), ...entry } : entry;

function grantCatalog(fn: Lambda, entry: CatalogContext, use: Use, data: DataStack): void {
  const arn = (service: string, resource: string, resourceName?: string) =>
    Stack.of(fn).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  const allow = (actions: string[], resources: string[]) =>
    fn.addToRolePolicy(new PolicyStatement({ actions, resources }));
  if (entry.signing === 's3tables') {
    const bucket = entry.warehouse ?? '';
    allow(['s3tables:GetTableBucket', 's3tables:GetNamespace'], [bucket]);
    allow(tableActions[use], [`${bucket}/table/*`]);
    return;
  }
  if (entry.signing === 'glue')
    allow(glueActions[use], [
      arn('glue', 'catalog'),
      arn('glue', 'database', '*'),
      arn('glue', 'table', '*'),
    ]);
  const own = entry.type === 'file' && entry.warehouse === undefined;
  const places = own ? [] : entry.type === 'file' ? [entry.warehouse ?? ''] : (entry.data ?? []);
  if (own) files(fn, data.warehouse.bucketArn, 'tables', use);
  for (const [, bucket, prefix = ''] of places.map((one) => place.exec(one) ?? []))
    files(fn, `arn:${Stack.of(fn).partition}:s3:::${bucket}`, prefix, use);
}

/** Without ListBucket S3 answers 403 where an object is missing, and nobody can tell that from a refusal. */
function files(fn: Lambda, bucketArn: string, prefix: string, use: Use): void {
  const conditions = { StringEquals: { 'aws:ResourceAccount': Stack.of(fn).account } };
  const allow = (actions: string[], keys: string) =>
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [`${bucketArn}/${keys}`], conditions }));
  allow(fileActions[use], `${prefix}/*`);
  // What makes a table a table is none of the files that are taken away.
  if (use === 'removes') allow(['s3:DeleteObject'], `${prefix}/*/data/*`);
  fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn], conditions }));
}

const fileActions = {
  reads: ['s3:GetObject'],
  removes: ['s3:GetObject'],
  writes: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
};
const glueReads = ['glue:GetCatalog', 'glue:GetDatabase', 'glue:GetTable'];
const glueActions = {
  reads: glueReads,
  removes: glueReads,
  writes: [...glueReads, 'glue:CreateTable', 'glue:UpdateTable'],
};
const tableReads = [
  's3tables:GetTable',
  's3tables:GetTableData',
  's3tables:GetTableMetadataLocation',
  's3tables:ListTables',
];
const tableActions = {
  reads: tableReads,
  removes: tableReads,
  writes: [
    ...tableReads,
    's3tables:CreateTable',
    's3tables:PutTableData',
    's3tables:UpdateTableMetadataLocation',
  ],
};
