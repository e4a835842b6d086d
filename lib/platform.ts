import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { type CfnEventSourceMapping, EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Alerting } from './alerting.ts';
import { Api } from './api.ts';
import { Batch } from './batch.ts';
import type { DataStack } from './data.ts';
import { driftPermissions } from './driftPermissions.ts';
import { Handler } from './handler.ts';
import { Notify } from './notify.ts';
import { backgroundPermissions, routePermissions, stepPermissions } from './permissions.ts';
import { Warm } from './warm.ts';
import { Workflow } from './workflow.ts';

export interface PlatformProps extends StackProps {
  data: DataStack;
  /** The name of the event bus. */
  bus: string;
}

/** The records of the outbox: what a change writes beside itself for others to hear. */
const outbox = {
  eventName: ['INSERT'],
  dynamodb: { Keys: { sk: { S: [{ prefix: 'E#' }, { prefix: 'OUT#' }] } } },
};

/** Everything that can be made anew at any time: the functions, the machines, the gateway and what wakes them. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, { data, bus: eventBusName, ...props }: PlatformProps) {
    super(scope, id, props);
    const bus = new EventBus(this, 'bus', { eventBusName });

    const step = stepPermissions(data);
    const steps = {
      beginOperation: new Handler(this, 'lifecycle/beginOperation', step.beginOperation),
      reserveDeployment: new Handler(this, 'lifecycle/reserveDeployment', step.reserveDeployment),
      probeModel: new Handler(this, 'lifecycle/probeModel', step.probeModel),
      commitChange: new Handler(this, 'lifecycle/commitChange', step.commitChange),
    };
    const batch = new Batch(this, 'batch', { data, bus, name: eventBusName });
    const changes = { ...steps, checkBatch: batch.checkBatch };
    const may = backgroundPermissions(data, bus);
    const computing = driftPermissions(data);
    const closeHours = new Handler(this, 'background/closeHours', may.closeHours);
    const drift = new Workflow(
      this,
      'drift',
      {
        closeHours,
        listDeployed: new Handler(this, 'drift/listDeployed', computing.listDeployed),
        refreshDrift: new Handler(this, 'drift/refreshDrift', computing.refreshDrift),
        computeDrift: new Handler(this, 'drift/computeDrift', computing.computeDrift),
        failDrift: new Handler(this, 'drift/failDrift', computing.failDrift),
      },
      StateMachineType.STANDARD,
    );
    const api = new Api(this, 'api', {
      otherwise: new Handler(this, 'service/unknownRoute', []),
      grants: routePermissions(data, {
        deploy: new Workflow(this, 'deploy', changes),
        promote: new Workflow(this, 'promote', changes),
        rollback: new Workflow(this, 'rollback', steps),
        deactivate: new Workflow(this, 'deactivate', steps),
        drift,
        batchScore: batch.score,
      }),
    });

    new Warm(this, 'warm', { data, bus, alias: api.live });
    new Notify(this, 'sending', { data, bus });
    const publishEvents = new Handler(this, 'background/publishEvents', may.publishEvents);
    const sweepOperations = new Handler(this, 'background/sweepOperations', [
      ...may.sweepOperations,
      ...batch.watches,
    ]);
    const aggregateLogs = new Handler(this, 'background/aggregateLogs', may.aggregateLogs);
    const ingestSpool = new Handler(this, 'background/ingestSpool', may.ingestSpool);
    new Alerting(this, 'alerting', { grants: may.evaluateAlerts });
    // Nothing wakes it: somebody does, by the runbook.
    new Handler(this, 'background/redriveLogs', may.redriveLogs);

    // A record that no retry gets onto the bus holds up its shard: events of a project stay in order, and the alarm
    // `publishEventsBehind` tells long before the stream forgets the record.
    new EventSourceMapping(this, 'outbox', {
      target: publishEvents,
      eventSourceArn: data.control.tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      filters: [{ pattern: JSON.stringify(outbox) }],
    });
    // What no retry counts is put aside whole, so that the shard goes on: `closeHours` counts it from the table. Lists
    // count what waits by its ids, but miss for that while what was put aside. So a record may wait long, and is put
    // aside before the stream forgets it after 24 hours, which nobody would be told of.
    const newLogs = new EventSourceMapping(this, 'newLogs', {
      target: aggregateLogs,
      eventSourceArn: data.logs.tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 1000,
      maxBatchingWindow: Duration.seconds(20),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(20),
      parallelizationFactor: 1,
      filters: [{ pattern: JSON.stringify({ eventName: ['INSERT'] }) }],
    });
    // In place of the construct's own way, which lets the function read and delete all of the bucket.
    (newLogs.node.defaultChild as CfnEventSourceMapping).addPropertyOverride(
      'DestinationConfig.OnFailure.Destination',
      data.data.bucketArn,
    );
    new Rule(this, 'hourly', {
      schedule: Schedule.cron({ minute: '10' }),
      // The machine closes the hours that are over first. The next hour comes anyway.
      targets: [new SfnStateMachine(drift, { input: RuleTargetInput.fromObject({}), retryAttempts: 3 })],
    });
    // What no announcement told of; before the hours are closed, so that it is counted in the same hour.
    new Rule(this, 'leftovers', {
      schedule: Schedule.cron({ minute: '5' }),
      targets: [new LambdaFunction(ingestSpool, { retryAttempts: 0 })],
    });
    new Rule(this, 'everyMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next minute comes anyway.
      targets: [new LambdaFunction(sweepOperations, { retryAttempts: 0 })],
    });
    new Rule(this, 'spooled', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [data.data.bucketName] }, object: { key: [{ prefix: 'spool/' }] } },
      },
      targets: [new LambdaFunction(ingestSpool)],
    });

    new Alarms(this, 'alarms', { http: api.http, publisher: publishEvents, sweeper: sweepOperations });
    new CfnOutput(this, 'Url', { value: api.http.apiEndpoint });
  }
}
