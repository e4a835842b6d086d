import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface DataProps extends StackProps {
  /** Encrypt with keys of this account, for $1 a month each: docs/decisions/0003. */
  customerKeys: boolean;
}

const pk = { name: 'pk', type: AttributeType.STRING };
const sk = { name: 'sk', type: AttributeType.STRING };
const day = Duration.days(1);
/** The longest that a log may be kept, and the two days by which its item may outlive that. */
const longestRetention = Duration.days(367);

/** All that must outlive a deployment: tables and buckets, split by what they need and by who may read them. */
export class DataStack extends Stack {
  readonly control: Table;
  readonly logs: Table;
  readonly aggregates: Table;
  readonly idempotency: Table;
  readonly keys: Table;
  readonly models: Bucket;
  readonly data: Bucket;
  /** Tables, where no other place for them is configured. */
  readonly warehouse: Bucket;

  constructor(scope: Construct, id: string, { customerKeys, ...props }: DataProps) {
    super(scope, id, { terminationProtection: true, ...props });
    const key = customerKeys ? this.key('key') : undefined;
    const keysKey = customerKeys ? this.key('keysKey') : undefined;

    // What the system notes for a while has an `exp`: operations, deliveries, dead letters. Nothing else here goes by itself.
    this.control = this.table('control', key, {
      sortKey: sk,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'exp',
      deletionProtection: true,
    });
    this.logs = this.table('logs', key, {
      sortKey: sk,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'exp',
    });
    // No item ever enters it: a table with a local index never splits a partition key, so each is one ordered stream.
    this.logs.addLocalSecondaryIndex({
      indexName: 'pin',
      sortKey: { name: 'pin', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.aggregates = this.table('aggregates', key, {
      sortKey: sk,
      timeToLiveAttribute: 'exp',
      deletionProtection: true,
    });
    this.idempotency = this.table('idempotency', undefined, {
      timeToLiveAttribute: 'exp',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
    });
    this.keys = this.table('keys', keysKey, { deletionProtection: true });

    this.models = this.bucket('models', key, [{ prefix: 'uploads/', expiration: day }]);
    this.data = this.bucket('data', key, [
      { prefix: 'payloads/', expiration: longestRetention },
      // Longer than `sweepRuns` may need them.
      { prefix: 'runs/', expiration: Duration.days(45) },
      { prefix: 'dead/', expiration: Duration.days(90) },
      { prefix: 'aws/', expiration: Duration.days(90) },
    ]);
    this.warehouse = this.bucket('warehouse', key, []);
    // In place of the construct's own way, which deploys a function and a role that may do more than all of ours.
    (this.data.node.defaultChild as CfnBucket).addPropertyOverride(
      'NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled',
      true,
    );

    new CfnOutput(this, 'KeysTable', { value: this.keys.tableName });
    new CfnOutput(this, 'ControlTable', { value: this.control.tableName });
  }

  private table(id: string, encryptionKey: Key | undefined, props: Partial<TableProps>): Table {
    return new Table(this, id, {
      partitionKey: pk,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
      ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      ...props,
    });
  }

  private bucket(id: string, encryptionKey: Key | undefined, lifecycleRules: LifecycleRule[]): Bucket {
    return new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      ...(encryptionKey && { encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: day }, ...lifecycleRules],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** A key that serves whoever may use the table or bucket, through these two services and in no other way. */
  private key(id: string): Key {
    const key = new Key(this, id, { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': this.account,
            'kms:ViaService': [`dynamodb.${this.region}.amazonaws.com`, `s3.${this.region}.amazonaws.com`],
          },
        },
      }),
    );
    return key;
  }
}
