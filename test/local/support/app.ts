import { App, CfnOutput, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import {
  type CfnFunction,
  Code,
  FilterCriteria,
  FilterRule,
  Function as Lambda,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** A small application with one of each kind of thing that a template of ours may hold. */
const app = new App();
const data = new Stack(app, 'Small-data');
const platform = new Stack(app, 'Small-platform');

const things = new TableV2(data, 'things', {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  timeToLiveAttribute: 'exp',
  dynamoStream: StreamViewType.NEW_IMAGE,
  localSecondaryIndexes: [
    {
      indexName: 'pin',
      sortKey: { name: 'pin', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    },
  ],
  removalPolicy: RemovalPolicy.DESTROY,
});
const keys = new TableV2(data, 'keys', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
const files = new Bucket(data, 'files');
(files.node.defaultChild as CfnBucket).notificationConfiguration = {
  eventBridgeConfiguration: { eventBridgeEnabled: true },
};

function handler(scope: Construct, id: string, environment: Record<string, string> = {}) {
  const fn = new Lambda(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('export {}'),
    memorySize: 512,
    timeout: Duration.seconds(10),
    environment,
  });
  (fn.node.defaultChild as CfnFunction).addMetadata(
    'slipway:source',
    `test/local/support/functions/${id}.ts`,
  );
  return fn;
}

const bus = new EventBus(platform, 'bus', { eventBusName: 'small' });
const note = handler(platform, 'note', { THINGS: things.tableName, BUS: bus.eventBusName });
things.grantReadWriteData(note);
const machine = new StateMachine(platform, 'machine', {
  stateMachineType: StateMachineType.EXPRESS,
  definitionBody: DefinitionBody.fromString(
    JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Only',
      TimeoutSeconds: 10,
      States: {
        Only: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills this in.
          Arguments: { FunctionName: '${note}', Payload: '{% $states.input %}' },
          TimeoutSeconds: 5,
          End: true,
        },
      },
    }),
  ),
  definitionSubstitutions: { note: note.functionArn },
});

const api = new HttpApi(platform, 'http', {
  createDefaultStage: true,
  defaultIntegration: new HttpLambdaIntegration('otherwise', handler(platform, 'otherwise')),
});
const dialect = new NestedStack(platform, 'dialect');
const echo = handler(dialect, 'echo', {
  THINGS: things.tableName,
  KEYS: keys.tableName,
  FILES: files.bucketName,
  MACHINE: machine.stateMachineArn,
});
new HttpRoute(dialect, 'echo-route', {
  httpApi: api,
  routeKey: HttpRouteKey.with('/things/{thing}', HttpMethod.POST),
  integration: new HttpLambdaIntegration('echo', echo),
});

note.addEventSource(
  new DynamoEventSource(things, {
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 3,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { NewImage: { sk: { S: FilterRule.beginsWith('E#') } } },
      }),
    ],
  }),
);
new Rule(platform, 'minutely', {
  schedule: Schedule.rate(Duration.minutes(1)),
  targets: [new LambdaFunction(note)],
});
new Rule(platform, 'stored', {
  eventPattern: {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: { bucket: { name: [files.bucketName] }, object: { key: [{ prefix: 'spool/' }] } },
  },
  targets: [new LambdaFunction(note, { retryAttempts: 2 })],
});
new CfnOutput(platform, 'Url', { value: api.apiEndpoint });
new CfnOutput(data, 'Keys', { value: keys.tableName });

app.synth();
