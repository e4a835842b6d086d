import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { at } from '../items.ts';

/** As much of a deployment as one needs to look for its logs. */
export interface Living {
  id: string;
  log_shards: number;
}

/** The deployments of all projects that may have been asked for a prediction since a time, epoch milliseconds. */
export async function livingSince(time: number): Promise<Living[]> {
  const projects = await below(at.projects('').pk, '', 'sk');
  const living: Living[] = [];
  for (const { sk } of projects) {
    const { pk, sk: begin } = at.deployment(String(sk), 'online', '');
    for (const item of await below(pk, begin, 'id, life, log_shards, updated_at'))
      if (item.life === 'active' || Date.parse(String(item.updated_at)) >= time)
        living.push({ id: String(item.id), log_shards: Number(item.log_shards) });
  }
  return living;
}

const below = (pk: string, begin: string, ProjectionExpression: string) =>
  found({
    TableName: env('CONTROL_TABLE'),
    ProjectionExpression,
    KeyConditionExpression: begin === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :begin)',
    ExpressionAttributeValues: { ':pk': pk, ...(begin !== '' && { ':begin': begin }) },
  });
