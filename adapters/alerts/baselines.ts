import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { FirstLabels } from '../../domain/alerts/metrics/accuracy.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';

const TableName = () => env('AGGREGATES_TABLE');
const texts = ['value'];

/** How good a model was by its first labels; undefined while nobody has made that out. */
export async function get(modelId: string): Promise<(FirstLabels & { kept: true }) | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.firstLabels(modelId), ConsistentRead: true }),
  );
  return Item && { ...FirstLabels.parse(unpacked(Item, texts)), kept: true };
}

/** Keep it with the model, for ever. False: there is one already. */
export const freeze = (modelId: string, first: FirstLabels): Promise<boolean> =>
  taken(
    table.send(
      new PutCommand({
        TableName: TableName(),
        Item: { ...at.firstLabels(modelId), v, ...packed(first, texts) },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
