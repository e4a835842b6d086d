import type { Command } from './types.ts';

const expressions = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];
const conditional = [
  ...expressions,
  'TableName',
  'ConditionExpression',
  'ReturnValuesOnConditionCheckFailure',
];
const paged = [
  ...expressions,
  'TableName',
  'FilterExpression',
  'ProjectionExpression',
  'ConsistentRead',
  'Limit',
  'Select',
  'ExclusiveStartKey',
];
const known: Readonly<Record<Command | 'ConditionCheck', readonly string[]>> = {
  GetItem: ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames'],
  PutItem: [...conditional, 'Item', 'ReturnValues'],
  UpdateItem: [...conditional, 'Key', 'UpdateExpression', 'ReturnValues'],
  DeleteItem: [...conditional, 'Key', 'ReturnValues'],
  ConditionCheck: [...conditional, 'Key'],
  Query: [...paged, 'KeyConditionExpression', 'ScanIndexForward'],
  Scan: paged,
  BatchGetItem: ['RequestItems'],
  BatchWriteItem: ['RequestItems'],
  TransactGetItems: ['TransactItems'],
  TransactWriteItems: ['TransactItems', 'ClientRequestToken'],
};

/** What is not known here is refused, so that no test passes on a parameter nobody looked at. */
export function refuseUnknown(command: Command | 'ConditionCheck', input: object): void {
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && !known[command].includes(name))
      throw new Error(`the table of the tests does not know ${name} of ${command}`);
}
