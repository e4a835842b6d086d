import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Workflow } from './workflow.ts';

/** One thing a function may do: the permission and the name that code needs to use it, given together. */
export type Grant = (fn: Lambda) => void;
type Conditions = Record<string, Record<string, unknown>>;

/** `control` is known to code as CONTROL_TABLE. */
const nameOf = (resource: Table | Bucket | Workflow, kind: string) =>
  `${resource.node.id.toUpperCase()}_${kind}`;

const allow = (fn: Lambda, actions: string[], resources: string[], conditions: Conditions = {}) =>
  fn.addToRolePolicy(new PolicyStatement({ actions, resources, conditions }));

const ofTable =
  (table: Table, actions: string[], conditions: Conditions = {}): Grant =>
  (fn) => {
    const named = actions.map((action) => `dynamodb:${action}`);
    allow(fn, named, [table.tableArn], conditions);
    fn.addEnvironment(nameOf(table, 'TABLE'), table.tableName);
  };

/** Only items whose partition key looks like one of these. */
const keyed = (keys: readonly string[]): Conditions =>
  keys.length > 0 ? { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } } : {};

export const gets = (table: Table, ...keys: string[]) => ofTable(table, ['GetItem'], keyed(keys));
export const getsMany = (table: Table, ...keys: string[]) => ofTable(table, ['BatchGetItem'], keyed(keys));
export const queries = (table: Table, ...keys: string[]) => ofTable(table, ['Query'], keyed(keys));
export const puts = (table: Table, ...keys: string[]) => ofTable(table, ['PutItem'], keyed(keys));
export const updates = (table: Table, ...keys: string[]) => ofTable(table, ['UpdateItem'], keyed(keys));
export const deletes = (table: Table, ...keys: string[]) => ofTable(table, ['DeleteItem'], keyed(keys));
export const checks = (table: Table, ...keys: string[]) =>
  ofTable(table, ['ConditionCheckItem'], keyed(keys));

/** Tell of what was done: in the outbox and nowhere else. */
export const tells = (control: Table) => puts(control, 'OUT#*');

/** Put items of a project, but never its STATE: that one alone has these attributes together with a pointer. */
export const putsBeside = (table: Table, ...keys: string[]) =>
  ofTable(table, ['PutItem'], {
    ...keyed(keys),
    'ForAllValues:StringNotEquals': { 'dynamodb:Attributes': ['prod', 'prev', 'total'] },
  });

/** Write these attributes of an item and no others, and be told no others either. */
export const updatesOnly = (table: Table, attributes: string[], ...keys: string[]) =>
  ofTable(table, ['UpdateItem'], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
    StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
  });

const ofObjects =
  (bucket: Bucket, actions: string[], prefixes: string[]): Grant =>
  (fn) => {
    allow(
      fn,
      actions.map((action) => `s3:${action}`),
      prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
      { StringEquals: { 'aws:ResourceAccount': fn.stack.account } },
    );
    fn.addEnvironment(nameOf(bucket, 'BUCKET'), bucket.bucketName);
  };

export const reads = (bucket: Bucket, ...prefixes: string[]) => ofObjects(bucket, ['GetObject'], prefixes);
export const stores = (bucket: Bucket, ...prefixes: string[]) => ofObjects(bucket, ['PutObject'], prefixes);
export const removes = (bucket: Bucket, ...prefixes: string[]) =>
  ofObjects(bucket, ['DeleteObject'], prefixes);

/** Without it S3 answers 403 where an object is missing, and nobody can tell that from a refusal. */
export const tellsMissing =
  (bucket: Bucket): Grant =>
  (fn) =>
    allow(fn, ['s3:ListBucket'], [bucket.bucketArn]);

/** Below `aws` Lambda itself keeps the events that a function gave up; its code knows nothing of it. */
export const keepsGivenUp =
  (bucket: Bucket): Grant =>
  (fn) =>
    allow(fn, ['s3:PutObject'], [bucket.arnForObjects('aws/*')], {
      StringEquals: { 'aws:ResourceAccount': fn.stack.account },
    });

/** Run a machine to its end and wait for what it answers. */
export const runs =
  (machine: Workflow): Grant =>
  (fn) => {
    allow(fn, ['states:StartSyncExecution'], [machine.stateMachineArn]);
    fn.addEnvironment(nameOf(machine, 'ARN'), machine.stateMachineArn);
  };

/** Start a machine that nobody waits for. */
export const starts =
  (machine: Workflow): Grant =>
  (fn) => {
    allow(fn, ['states:StartExecution'], [machine.stateMachineArn]);
    fn.addEnvironment(nameOf(machine, 'ARN'), machine.stateMachineArn);
  };

export const announces =
  (bus: EventBus): Grant =>
  (fn) => {
    allow(fn, ['events:PutEvents'], [bus.eventBusArn]);
    fn.addEnvironment('EVENT_BUS', bus.eventBusName);
  };

/** Read the stream of a table; the mapping itself says which of its records. */
export const follows =
  (table: Table): Grant =>
  (fn) => {
    const stream = table.tableStreamArn;
    if (!stream) throw new Error(`${table.node.id} has no stream`);
    allow(fn, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [stream]);
    allow(fn, ['dynamodb:ListStreams'], [`${table.tableArn}/stream/*`]);
  };
