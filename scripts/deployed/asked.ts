/** What a call asks leave for: an action, the short name of a resource, and what conditions may look at. */
export interface Asked {
  action: string;
  resource: string;
  context: Record<string, string[] | undefined>;
}
export interface Call {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

type Item = Record<string, { S?: string }>;
interface Write {
  TableName: string;
  Key?: Item;
  Item?: Item;
  UpdateExpression?: string;
  ConditionExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
  ReturnValues?: string;
}

/** Everything that one call asks for. Undefined: nobody here knows such a call. */
export function askedBy(call: Call): Asked[] | undefined {
  const [service, operation] = String(call.headers['x-amz-target'] ?? '').split('.');
  if (service === undefined || operation === undefined) return ofObjects(call);
  const input = JSON.parse(call.body.toString());
  if (service.startsWith('DynamoDB')) return ofTables(operation, input);
  if (operation === 'StartSyncExecution' || operation === 'StartExecution')
    return [plain(`states:${operation}`, shortName(input.stateMachineArn))];
  if (operation === 'PutEvents') return [plain('events:PutEvents', 'bus')];
  return undefined;
}

const plain = (action: string, resource: string): Asked => ({ action, resource, context: {} });

/** `Slipway-data-control0499F299-8C01805F4BBE7` is `control`. */
const shortName = (name: string) => /([a-z]+)[0-9A-F]{8}-[0-9A-F]+$/i.exec(name)?.[1] ?? name;

/** What an operation of DynamoDB asks for; undefined for one that nobody here knows. */
export function ofTables(operation: string, input: Write & Record<string, unknown>): Asked[] | undefined {
  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
    case 'Query':
      return [ofItem(operation, input)];
    case 'BatchGetItem':
      return Object.entries(input.RequestItems as Record<string, { Keys: Item[] }>).flatMap(
        ([TableName, { Keys }]) => Keys.map((Key) => ofItem('BatchGetItem', { TableName, Key })),
      );
    case 'TransactWriteItems':
      return (input.TransactItems as Record<string, Write>[]).flatMap((some) =>
        Object.entries(some).map(([kind, write]) => ofItem(`${kind}Item`, write)),
      );
    default:
      return undefined;
  }
}

const ofItem = (operation: string, write: Write): Asked => ({
  action: `dynamodb:${operation}`,
  resource: shortName(write.TableName),
  context: {
    'dynamodb:LeadingKeys': [leadingKey(write)],
    'dynamodb:Attributes': attributes(write),
    'dynamodb:ReturnValues': write.ReturnValues === undefined ? undefined : [write.ReturnValues],
  },
});

function leadingKey({
  Key,
  Item,
  KeyConditionExpression = '',
  ExpressionAttributeValues = {},
}: Write): string {
  const [, value = ''] = /\bpk = (:\w+)/.exec(KeyConditionExpression) ?? [];
  return (Key ?? Item)?.pk?.S ?? ExpressionAttributeValues[value]?.S ?? '';
}

const words = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN']);

/** The top-level attributes that a write touches or looks at. */
function attributes({
  Key,
  Item,
  UpdateExpression = '',
  ConditionExpression = '',
  ...rest
}: Write): string[] {
  const { ExpressionAttributeNames: names = {} } = rest;
  const spoken =
    `${UpdateExpression} ${ConditionExpression}`.match(/(?<![:\w#])#?[A-Za-z_]\w*(?!\w*\s*\()/g) ?? [];
  const said = spoken.filter((word) => !words.has(word)).map((word) => names[word] ?? word);
  return [...new Set([...Object.keys(Key ?? Item ?? {}), ...said])];
}

const actions: Record<string, string> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

function ofObjects({ method, path, headers }: Call): Asked[] | undefined {
  const action = actions[method];
  const resource = objectName(path);
  if (!action || !resource) return undefined;
  const from = headers['x-amz-copy-source'];
  return [...(from ? [plain('s3:GetObject', objectName(String(from)) ?? '')] : []), plain(action, resource)];
}

/** `/slipway-data-models3a8dad06-4705209e27135/uploads/x?…` is `models/uploads/x`. */
function objectName(path: string): string | undefined {
  const [, bucket, key] = /^\/?([^/?]+)\/([^?]+)/.exec(path) ?? [];
  return bucket && key ? `${shortName(bucket)}/${decodeURIComponent(key)}` : undefined;
}

/** The bucket of an object, as a resource of its own. */
export const bucketOf = (object: string): string => object.split('/')[0] ?? '';
