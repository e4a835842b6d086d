import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Alert } from '../../domain/alerts/alert.ts';
import { Transition } from '../../domain/alerts/watch.ts';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import { notFound } from '../../domain/problem.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { type Item, put, replace } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';

const TableName = () => env('CONTROL_TABLE');

const texts = ['params', 'threshold', 'value'];
const alertOf = (item: Record<string, unknown>): Alert => Alert.parse(unpacked(item, texts));

/** An incident as it is written now; the transaction fails where somebody else wrote it since it was read. */
export function written(alert: Alert): Item[] {
  const item = { ...at.alert(alert.project_id, alert.id), v, ...packed(alert, texts) };
  if (alert.rev > 1) return [replace(item, { rev: alert.rev - 1 })];
  return [put(item), put({ ...at.alertPlace(alert.id), v, pid: alert.project_id })];
}

/** The last transitions of an incident, as they are written together with it. */
export const history = (alert: Alert, last: readonly Transition[]): Item[] =>
  last.map((one, i) =>
    put({ ...at.transition(alert.id, alert.h - last.length + i + 1), ...transitionItem(one) }),
  );

export const transitionItem = (one: Transition) => ({ v, ...packed(one, ['value', 'threshold']) });

/** The incident, if there is one and the caller may see its project. */
export async function load(caller: Caller, id: string): Promise<Alert> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.alertPlace(id), ConsistentRead: true }),
  );
  const projectId = Item && String(Item.pid);
  const alert = projectId && maySee(caller, projectId) ? await get(projectId, id) : undefined;
  if (!alert) throw notFound('Alert');
  return alert;
}

async function get(projectId: string, id: string): Promise<Alert | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.alert(projectId, id), ConsistentRead: true }),
  );
  return Item && alertOf(Item);
}

/** All incidents of a project, newest first. */
export async function list(projectId: string): Promise<Alert[]> {
  const items = await found({
    TableName: TableName(),
    ScanIndexForward: false,
    KeyConditionExpression: 'pk = :project',
    ExpressionAttributeValues: { ':project': at.alert(projectId, '').pk },
  });
  return items.map(alertOf);
}

/** What happened in an incident, in its order. */
export async function transitions(id: string): Promise<Transition[]> {
  const { pk, sk } = at.transition(id, 0);
  const items = await found({
    TableName: TableName(),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begin)',
    ExpressionAttributeValues: { ':pk': pk, ':begin': sk.slice(0, 2) },
  });
  return items.map((item) => Transition.parse(unpacked(item, ['value', 'threshold'])));
}
