import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../../domain/answer.ts';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import type { Policy } from '../../domain/privacy/policy.ts';
import { conflict, notFound } from '../../domain/problem.ts';
import type { Project } from '../../domain/project.ts';
import { written } from '../aws/again.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { check, completing, type Item, put, remove, replace, transact } from '../aws/transact.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';
import { policyItem, policyOf } from './items.ts';

const get = async (Key: Record<string, string>) =>
  (await table.send(new GetCommand({ TableName: env('CONTROL_TABLE'), Key, ConsistentRead: true }))).Item;

/** The policy, if there is one and the caller may see its project. Throws the same for a foreign one as for none. */
export async function load(caller: Caller, id: string): Promise<Policy> {
  const place = await get(at.policyPlace(id));
  const policy = place && maySee(caller, String(place.pid)) ? await of(String(place.pid), id) : undefined;
  if (!policy) throw notFound('Privacy policy');
  return policy;
}

/** A policy of a project that is known. */
export async function of(projectId: string, id: string): Promise<Policy | undefined> {
  const item = await get(at.policy(projectId, id));
  return item && policyOf(item);
}

/** All policies of a project, newest first. */
export async function list(projectId: string): Promise<Policy[]> {
  const items = await found({
    TableName: env('CONTROL_TABLE'),
    ScanIndexForward: false,
    KeyConditionExpression: 'pk = :project',
    ExpressionAttributeValues: { ':project': at.policy(projectId, '').pk },
  });
  return items.map(policyOf);
}

/** The word of a change, which says its policy even where it is about a rule. */
const telling = ({ id, project_id }: Policy, told: Told): Item =>
  put({ ...outboxItem(project_id, told), policy_id: id });

export async function create<B>(policy: Policy, answer: Answer<B>, told: Told): Promise<B> {
  const done = await transact(told.id, [
    put({ ...at.policyPlace(policy.id), v, pid: policy.project_id }),
    put(policyItem(policy)),
    telling(policy, told),
    ...completing(answer, told.at),
  ]);
  if (!done) throw conflict('Privacy policy exists');
  return answer.body;
}

/** The next revision of a policy; false: it is not what was read any more. */
export const save = (before: Policy, after: Policy, answer: Answer, told: Told): Promise<boolean> =>
  written(told.id, [
    replace(policyItem(after), { rev: before.rev }),
    telling(after, told),
    ...completing(answer, told.at),
  ]);

/**
 * Remove a policy and what leads to it, unless it changed, or anything of its project was deployed or moved, since
 * both were read: false. So no deployment loses its policy.
 */
export const drop = (policy: Policy, { seq }: Project, answer: Answer, told: Told): Promise<boolean> =>
  written(told.id, [
    check(at.project(policy.project_id), { seq }),
    removing(at.policy(policy.project_id, policy.id), policy.rev),
    remove(at.policyPlace(policy.id)),
    telling(policy, told),
    ...completing(answer, told.at),
  ]);

const removing = (Key: Record<string, string>, rev: number): Item => ({
  Delete: {
    TableName: env('CONTROL_TABLE'),
    Key,
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: { ':rev': rev },
  },
});
