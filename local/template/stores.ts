import type { BucketPlan, TablePlan } from './plan.ts';
import type { Resolver } from './resolve.ts';

/** Tables and buckets: what is made before anything runs. */
export function collectStores(resolver: Resolver): { tables: TablePlan[]; buckets: BucketPlan[] } {
  return {
    tables: resolver
      .all('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
      .map(({ id, stack, resource }) => {
        const { ref, attributes } = resolver.identity(id, stack);
        return tableOf(
          ref,
          attributes.Arn ?? '',
          resolver.value(needed(resource.Properties), stack, id) as Table,
        );
      }),
    buckets: resolver.all('AWS::S3::Bucket').map(({ id, stack, resource }) => {
      const { NotificationConfiguration } = resource.Properties ?? {};
      const notification = resolver.value(NotificationConfiguration, stack, id) as Notification | undefined;
      return {
        name: resolver.identity(id, stack).ref,
        events: notification?.EventBridgeConfiguration?.EventBridgeEnabled === true,
      };
    }),
  };
}

interface Table {
  AttributeDefinitions: object[];
  KeySchema: object[];
  LocalSecondaryIndexes?: object[];
  GlobalSecondaryIndexes?: object[];
  StreamSpecification?: { StreamViewType: string };
  TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
}
interface Notification {
  EventBridgeConfiguration?: { EventBridgeEnabled?: boolean };
}

/** Replicas, backups and encryption say nothing to one machine, and may name what does not exist here. */
const needed = (properties: Record<string, unknown> = {}) => {
  const { AttributeDefinitions, KeySchema, LocalSecondaryIndexes, GlobalSecondaryIndexes } = properties;
  const { StreamSpecification, TimeToLiveSpecification } = properties;
  return {
    AttributeDefinitions,
    KeySchema,
    LocalSecondaryIndexes,
    GlobalSecondaryIndexes,
    StreamSpecification,
    TimeToLiveSpecification,
  };
};

function tableOf(name: string, arn: string, table: Table): TablePlan {
  const { StreamSpecification: stream, TimeToLiveSpecification: ttl, ...keys } = table;
  return {
    name,
    arn,
    definition: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      ...keys,
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }),
    },
    ttl: ttl?.Enabled ? ttl.AttributeName : undefined,
    stream: stream !== undefined,
  };
}
