import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { seconds } from '../../domain/fields.ts';
import { begun, Operation, type Request } from '../../domain/operation.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { completing, type Item, put, remove, replace, transact } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';

const month = 30 * 86_400;
const text = ['outcome', 'request'] as const;

const operationItem = (operation: Operation) => ({
  ...at.operation(operation.id),
  v,
  ...packed(operation, text),
  exp: seconds(operation.created_at) + month,
});

export async function get(id: string): Promise<Operation | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.operation(id), ConsistentRead: true }),
  );
  return Item && operationOf(Item);
}

export const operationOf = (item: Record<string, unknown>): Operation =>
  Operation.parse(unpacked(item, text));

/** Write down that an operation runs. Doing so twice is the same as once. */
export async function begin(request: Request): Promise<void> {
  const operation = begun(request);
  await transact(operation.id, [
    put(operationItem(operation)),
    put({ ...at.open(operation.deadline, operation.id), v }),
  ]);
}

/** The operation's end: its record, its place among the open ones, and the answer that a repeat will get. */
export function closing(over: Operation, request: Request): Item[] {
  const result = over.outcome && 'result' in over.outcome ? over.outcome.result : undefined;
  const answer = { status: request.kind === 'deploy' ? 201 : 200, body: result, repeat: request.repeat };
  return [
    replace(operationItem(over), { state: 'running' }),
    remove(at.open(over.deadline, over.id)),
    ...(result ? completing(answer, over.finished_at ?? over.created_at) : []),
  ];
}

/** What should have ended by a time, epoch milliseconds. */
export interface Overdue {
  id: string;
  deadline: number;
  /** Of a run of a batch deployment: which one. */
  dep?: string;
}

/** The operations that should have ended by then and have not, and the runs that are to be looked after. */
export async function overdue(by: number): Promise<Overdue[]> {
  const found: Overdue[] = [];
  const pages = paginateQuery(
    { client: table },
    {
      TableName: env('CONTROL_TABLE'),
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :open AND sk < :by',
      ExpressionAttributeValues: { ':open': at.open(0, '').pk, ':by': at.open(by, '').sk },
    },
  );
  for await (const { Items = [] } of pages)
    for (const { sk, dep } of Items) {
      const [deadline, id = ''] = String(sk).split('#');
      found.push({ id, deadline: Number(deadline), ...(dep !== undefined && { dep: String(dep) }) });
    }
  return found;
}
