import { GetCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../../domain/answer.ts';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import { type Images, Model } from '../../domain/model.ts';
import { conflict, notFound } from '../../domain/problem.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { completing, put, replace, transact, upsert } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';

const control = () => env('CONTROL_TABLE');
const text = ['metrics', 'schema', 'probe', 'report'] as const;

const modelItem = (model: Model) => ({ ...at.model(model.project_id, model.id), v, ...packed(model, text) });
export const modelOf = (item: Record<string, unknown>): Model => Model.parse(unpacked(item, text));

/** The model, if there is one and the caller may see its project. */
export async function load(caller: Caller, id: string): Promise<Model> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.modelPlace(id), ConsistentRead: true }),
  );
  const projectId = Item && String(Item.pid);
  const model = projectId && maySee(caller, projectId) ? await get(projectId, id) : undefined;
  if (!model) throw notFound('Model');
  return model;
}

export async function get(projectId: string, id: string): Promise<Model | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.model(projectId, id), ConsistentRead: true }),
  );
  return Item && modelOf(Item);
}

/** What is known of a name: whose it is and how many versions it has. */
export interface Registered {
  name: string;
  project_id: string;
  registered_model_id: string;
  versions: number;
}

export async function registered(name: string): Promise<Registered | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.modelName(name), ConsistentRead: true }),
  );
  return Item as Registered | undefined;
}

/** Add a version to a name. False: another version got its number first. */
export const add = (model: Model, answer: Answer, told: Told): Promise<boolean> => {
  const name: Registered = {
    name: model.name,
    project_id: model.project_id,
    registered_model_id: model.registered_model_id,
    versions: model.version,
  };
  const item = { ...at.modelName(model.name), v, ...name };
  return transact(told.id, [
    model.version === 1
      ? put(item)
      : replace(item, { versions: model.version - 1, project_id: model.project_id }),
    put({ ...at.modelVersion(model.name, model.version), v, model_id: model.id }),
    put({ ...at.modelPlace(model.id), v, pid: model.project_id, name: model.name }),
    put(modelItem(model)),
    put(outboxItem(model.project_id, told)),
    ...completing(answer, model.created_at),
  ]);
};

/** The next state of a model, with the word of it. */
export async function save<B>(before: Model, after: Model, answer: Answer<B>, told: Told): Promise<B> {
  const done = await transact(told.id, [
    replace(modelItem(after), { rev: before.rev }),
    put(outboxItem(after.project_id, told)),
    ...completing(answer, told.at),
  ]);
  if (!done) throw conflict('The model is being completed');
  return answer.body;
}

/** Put images that were compiled anew in the place of older ones. They answer as the older did: nobody waits for it. */
export async function saveImages({ project_id, id, rev }: Model, images: Images): Promise<void> {
  await table.send(
    new UpdateCommand({
      TableName: control(),
      Key: at.model(project_id, id),
      UpdateExpression: 'SET images = :images',
      ConditionExpression: 'rev = :rev',
      ExpressionAttributeValues: { ':images': images, ':rev': rev },
    }),
  );
}

/** Freeze a baseline with its model. False: there is one, and that is the model's for ever. */
export const freeze = ({ project_id, id }: Model, frozen: Pick<Model, Frozen>): Promise<boolean> =>
  taken(
    table.send(
      new UpdateCommand({
        TableName: control(),
        Key: at.model(project_id, id),
        UpdateExpression:
          'SET profile = :profile, first_rows = :first_rows, baseline_rows = :baseline_rows, has_baseline = :true',
        ConditionExpression:
          '#status = :ready AND (attribute_not_exists(profile) OR attribute_type(profile, :nothing))',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...{ ':profile': frozen.profile, ':first_rows': frozen.first_rows },
          ...{ ':baseline_rows': frozen.baseline_rows, ':true': true },
          ...{ ':ready': 'ready', ':nothing': 'NULL' },
        },
      }),
    ),
  );
type Frozen = 'profile' | 'first_rows' | 'baseline_rows';

/** All models of a project, newest first. */
export async function list(projectId: string): Promise<Model[]> {
  const models: Model[] = [];
  for await (const { Items = [] } of paginateQuery({ client: table }, inProject(projectId)))
    models.push(...Items.map(modelOf));
  return models;
}

/** How many models a project has. */
export async function count(projectId: string): Promise<number> {
  let models = 0;
  for await (const { Count = 0 } of paginateQuery(
    { client: table },
    { ...inProject(projectId), Select: 'COUNT' },
  ))
    models += Count;
  return models;
}

const inProject = (projectId: string) => ({
  TableName: control(),
  ConsistentRead: true,
  ScanIndexForward: false,
  KeyConditionExpression: 'pk = :project AND begins_with(sk, :models)',
  ExpressionAttributeValues: { ':project': at.project(projectId).pk, ':models': 'MODEL#' },
});

/** Which version each alias of a name stands for. */
export async function aliases(name: string): Promise<Map<string, string>> {
  const { Items } = await table.send(
    new QueryCommand({
      TableName: control(),
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :name AND begins_with(sk, :aliases)',
      ExpressionAttributeValues: { ':name': at.modelName(name).pk, ':aliases': 'A#' },
    }),
  );
  return new Map((Items ?? []).map((item) => [String(item.sk).slice(2), String(item.version)]));
}

/** The version that one alias stands for. */
export async function aliasOf(name: string, alias: string): Promise<string | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.alias(name, alias), ConsistentRead: true }),
  );
  return Item && String(Item.version);
}

export async function versionId(name: string, version: number): Promise<string | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.modelVersion(name, version), ConsistentRead: true }),
  );
  return Item && String(Item.model_id);
}

export async function setAlias<B>(
  projectId: string,
  { name, alias, version, updated_at }: { name: string; alias: string; version: string; updated_at: string },
  answer: Answer<B>,
  told: Told,
): Promise<B> {
  const done = await transact(told.id, [
    upsert({ ...at.alias(name, alias), v, version, updated_at }),
    put({ ...outboxItem(projectId, told), name, alias, version }),
    ...completing(answer, updated_at),
  ]);
  if (!done) throw conflict('The alias is being moved');
  return answer.body;
}

/** Whether there was such an alias. */
export const dropAlias = (projectId: string, name: string, alias: string, told: Told): Promise<boolean> =>
  transact(told.id, [
    {
      Delete: {
        TableName: control(),
        Key: at.alias(name, alias),
        ConditionExpression: 'attribute_exists(pk)',
      },
    },
    put({ ...outboxItem(projectId, told), name, alias }),
  ]);
