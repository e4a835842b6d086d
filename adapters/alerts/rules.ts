import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Rule } from '../../domain/alerts/rule.ts';
import type { Answer } from '../../domain/answer.ts';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import { notFound } from '../../domain/problem.ts';
import { written } from '../aws/again.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { completing, type Item, put, remove, replace } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';

const TableName = () => env('CONTROL_TABLE');

/** Numbers of a caller's go in as text: DynamoDB takes fewer of them than JSON does. */
const texts = ['params', 'threshold', 'for', 'channels'];
const ruleItem = (rule: Rule) => ({ ...at.rule(rule.project_id, rule.id), v, ...packed(rule, texts) });
const ruleOf = (item: Record<string, unknown>): Rule => Rule.parse(unpacked(item, texts));

/** The rule, if there is one and the caller may see its project. */
export async function load(caller: Caller, id: string): Promise<Rule> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.rulePlace(id), ConsistentRead: true }),
  );
  const projectId = Item && String(Item.pid);
  const rule = projectId && maySee(caller, projectId) ? await get(projectId, id) : undefined;
  if (!rule) throw notFound('Alert rule');
  return rule;
}

export async function get(projectId: string, id: string): Promise<Rule | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.rule(projectId, id), ConsistentRead: true }),
  );
  return Item && ruleOf(Item);
}

/** The rules of a project, newest first. */
export async function list(projectId: string): Promise<Rule[]> {
  const items = await found({
    TableName: TableName(),
    ScanIndexForward: false,
    KeyConditionExpression: 'pk = :rules AND begins_with(sk, :project)',
    ExpressionAttributeValues: { ':rules': at.rule('', '').pk, ':project': at.rule(projectId, '').sk },
  });
  return items.map(ruleOf);
}

/** The rules of all projects. */
export async function every(): Promise<Rule[]> {
  const items = await found({
    TableName: TableName(),
    KeyConditionExpression: 'pk = :rules',
    ExpressionAttributeValues: { ':rules': at.rule('', '').pk },
  });
  return items.map(ruleOf);
}

export const create = (rule: Rule, told: Told, answer: Answer): Promise<boolean> =>
  written(told.id, [
    put(ruleItem(rule)),
    put({ ...at.rulePlace(rule.id), v, pid: rule.project_id }),
    put(outboxItem(rule.project_id, told)),
    ...completing(answer, told.at),
  ]);

/** A rule as it was read, and the items that are written together with what becomes of it. */
interface Change {
  before: Rule;
  /** What follows for its incidents. */
  following: Item[];
}

/** Write a rule anew. False: something has changed since it was read, decide anew. */
export const update = (
  { before, following }: Change,
  after: Rule,
  told: Told,
  answer: Answer,
): Promise<boolean> =>
  written(told.id, [
    replace(ruleItem(after), { rev: before.rev, opened: before.opened }),
    put(outboxItem(after.project_id, told)),
    ...following,
    ...completing(answer, told.at),
  ]);

/** Remove a rule. False: something has changed since it was read, decide anew. */
export const drop = ({ before, following }: Change, told: Told, answer: Answer): Promise<boolean> =>
  written(told.id, [
    removed(before),
    remove(at.rulePlace(before.id)),
    put(outboxItem(before.project_id, told)),
    ...following,
    ...completing(answer, told.at),
  ]);

const removed = ({ id, project_id, rev, opened }: Rule): Item => ({
  Delete: {
    TableName: TableName(),
    Key: at.rule(project_id, id),
    ConditionExpression: 'rev = :rev AND opened = :opened',
    ExpressionAttributeValues: { ':rev': rev, ':opened': opened },
  },
});
