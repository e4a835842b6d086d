import { type Attributes, attributes, plainItem } from './attributes.ts';
import { endpoint, send } from './signed.ts';

interface Patience {
  timeout: number;
  attempts: number;
}
const patient: Patience = { timeout: 2_000, attempts: 2 };

/** One call of DynamoDB's JSON protocol. What it refuses is thrown under the name that it gives. */
async function call(
  operation: string,
  input: object,
  { timeout, attempts }: Patience,
): Promise<{ Item?: Attributes; Attributes?: Attributes }> {
  const { status, body } = await send({
    service: 'dynamodb',
    method: 'POST',
    url: `${endpoint('dynamodb')}/`,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(input),
    timeout,
    attempts,
  });
  const answer = JSON.parse(body.toString() || '{}');
  if (status === 200) return answer;
  const name = String(answer.__type ?? 'Unknown').replace(/^.*#/, '');
  throw Object.assign(new Error(`${operation}: ${name} (${status})`), { name });
}

/** A strongly consistent read of one item. */
export async function get(
  TableName: string,
  key: Record<string, string>,
): Promise<Record<string, unknown> | undefined> {
  const { Item } = await call('GetItem', { TableName, Key: attributes(key), ConsistentRead: true }, patient);
  return Item && plainItem(Item);
}

/** A new item: one that is there already, by another way, stays as it is. */
export async function put(
  TableName: string,
  item: Record<string, unknown>,
  patience: Patience,
): Promise<void> {
  const ConditionExpression = 'attribute_not_exists(pk)';
  await call('PutItem', { TableName, Item: attributes(item), ConditionExpression }, patience);
}

/** An update that is worth trying once: what it says is welcome and not necessary. */
export async function update(input: {
  TableName: string;
  Key: Record<string, string>;
  UpdateExpression: string;
  ConditionExpression?: string;
  Names?: Record<string, string>;
  Values: Record<string, unknown>;
}): Promise<Record<string, unknown>> {
  const { Key, Names, Values, ...rest } = input;
  const { Attributes } = await call(
    'UpdateItem',
    {
      ...rest,
      Key: attributes(Key),
      ExpressionAttributeNames: Names,
      ExpressionAttributeValues: attributes(Values),
      ReturnValues: 'UPDATED_NEW',
    },
    { timeout: 500, attempts: 1 },
  );
  return Attributes ? plainItem(Attributes) : {};
}
