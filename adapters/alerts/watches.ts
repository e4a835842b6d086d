import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Alert } from '../../domain/alerts/alert.ts';
import type { Delivery } from '../../domain/alerts/delivery.ts';
import type { Step } from '../../domain/alerts/machine.ts';
import type { Rule } from '../../domain/alerts/rule.ts';
import { Watch } from '../../domain/alerts/watch.ts';
import type { Answer } from '../../domain/answer.ts';
import { seconds } from '../../domain/fields.ts';
import { written } from '../aws/again.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { check, completing, type Item, put, replace } from '../aws/transact.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';
import * as alerts from './alerts.ts';
import * as deliveries from './deliveries.ts';

const TableName = () => env('CONTROL_TABLE');
const ninetyDays = 90 * 86_400;

/** As text but for its revision: it holds numbers of a caller's. */
const watchItem = (watch: Watch) => ({
  ...at.watch(watch.rule_id, watch.deployment_id),
  v,
  rev: watch.rev,
  watch: JSON.stringify(watch),
});
const watchOf = (item: Record<string, unknown>): Watch => Watch.parse(JSON.parse(String(item.watch)));

/** What is remembered of a rule and a deployment; undefined before the first evaluation. */
export async function get(ruleId: string, deploymentId: string): Promise<Watch | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.watch(ruleId, deploymentId), ConsistentRead: true }),
  );
  return Item && watchOf(Item);
}

/** What is remembered of a rule, of every deployment that it ever watched. */
export async function ofRule(ruleId: string): Promise<Watch[]> {
  const { pk, sk } = at.watch(ruleId, '');
  const items = await found({
    TableName: TableName(),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begin)',
    ExpressionAttributeValues: { ':pk': pk, ':begin': sk },
  });
  return items.map(watchOf);
}

/** What one step writes: all of it together, and only if the watch still is what was read. */
export function following(before: Watch, step: Step, sent: readonly Delivery[], newId: () => string): Item[] {
  const watch = { ...step.watch, rev: before.rev + 1 };
  return [
    before.rev === 0 ? put(watchItem(watch)) : replace(watchItem(watch), { rev: before.rev }),
    ...kept(before, step, newId),
    ...sent.flatMap(deliveries.added),
    ...sent.slice(0, 1).map((delivery) => said(delivery, newId())),
  ];
}

/** The incident with its history; or the history alone, where there is no incident. */
function kept({ rule_id, deployment_id }: Watch, step: Step, newId: () => string): Item[] {
  const { incident, transitions } = step;
  if (incident) return [...alerts.written(incident), ...alerts.history(incident, transitions)];
  return transitions.map((one) =>
    put({
      ...at.watched(rule_id, deployment_id, newId()),
      ...alerts.transitionItem(one),
      exp: seconds(one.at) + ninetyDays,
    }),
  );
}

/** The word of it for auditors: that it is sent, and not to whom. */
const said = ({ message, project_id, created_at }: Delivery, id: string): Item =>
  put(
    outboxItem(project_id, {
      id,
      type: message.type,
      subject: message.alert.id,
      actor: 'system',
      at: created_at,
    }),
  );

/**
 * Keep one step of the evaluator's: watch, incident, history and deliveries in one transaction, which holds only if
 * the watch and the rule still are what was read. False: somebody else was there first, and nothing is written.
 */
export async function advance(
  rule: Rule,
  before: Watch,
  step: Step,
  sent: readonly Delivery[],
  newId: () => string,
): Promise<boolean> {
  if (step.watch === before) return true;
  const opens = before.incident === null && step.incident !== undefined;
  return written(newId(), [
    opens ? opening(rule) : check(at.rule(rule.project_id, rule.id), { rev: rule.rev }),
    ...following(before, step, sent, newId),
  ]);
}

/** The rule counts its incidents, so that who changes or removes it meanwhile has to look again. */
const opening = (rule: Rule): Item => ({
  Update: {
    TableName: TableName(),
    Key: at.rule(rule.project_id, rule.id),
    UpdateExpression: 'ADD opened :one',
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: { ':one': 1, ':rev': rule.rev },
  },
});

/** The same where the watch itself goes with its rule. */
export const ending = (before: Watch, step: Step, newId: () => string): Item[] => [
  {
    Delete: {
      TableName: TableName(),
      Key: at.watch(before.rule_id, before.deployment_id),
      ConditionExpression: 'rev = :rev',
      ExpressionAttributeValues: { ':rev': before.rev },
    },
  },
  ...kept(before, step, newId),
];

/** Keep what somebody did to an open incident. False: it has changed since it was read, decide anew. */
export const remark = (
  before: Watch,
  step: Step & { incident: Alert },
  told: Told,
  answer: Answer,
): Promise<boolean> =>
  written(told.id, [
    ...following(before, step, [], () => told.id),
    put(outboxItem(step.incident.project_id, told)),
    ...completing(answer, told.at),
  ]);
