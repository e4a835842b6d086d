import type * as sdk from '@aws-sdk/client-dynamodb';

export type Value = sdk.AttributeValue;
export type Item = Record<string, Value>;

/** What may be asked for, with the shapes the SDK has for it. */
export type Commands = {
  GetItem: [sdk.GetItemInput, sdk.GetItemOutput];
  PutItem: [sdk.PutItemInput, sdk.PutItemOutput];
  UpdateItem: [sdk.UpdateItemInput, sdk.UpdateItemOutput];
  DeleteItem: [sdk.DeleteItemInput, sdk.DeleteItemOutput];
  Query: [sdk.QueryInput, sdk.QueryOutput];
  Scan: [sdk.ScanInput, sdk.ScanOutput];
  BatchGetItem: [sdk.BatchGetItemInput, sdk.BatchGetItemOutput];
  BatchWriteItem: [sdk.BatchWriteItemInput, sdk.BatchWriteItemOutput];
  TransactGetItems: [sdk.TransactGetItemsInput, sdk.TransactGetItemsOutput];
  TransactWriteItems: [sdk.TransactWriteItemsInput, sdk.TransactWriteItemsOutput];
};
export type Command = keyof Commands;

/** Everything an operation on one table may carry; which of it an operation knows stands in `fields.ts`. */
export type Input = {
  TableName?: string;
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value>;
  ReturnValues?: string;
  ReturnValuesOnConditionCheckFailure?: string;
  ConsistentRead?: boolean;
  ScanIndexForward?: boolean;
  Limit?: number;
  Select?: string;
  ExclusiveStartKey?: Item;
};

/** What may go wrong at AWS and never does in one process, asked for at each place where it could. */
export type Chaos = {
  stale(): boolean;
  torn(): boolean;
  conflict(): boolean;
  unprocessed(): boolean;
};
