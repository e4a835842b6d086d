import { Duration } from 'aws-cdk-lib';
import { type EventBus, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import {
  batchPermissions,
  schedulePermissions,
  sweepPermissions,
  watchPermissions,
} from './batchPermissions.ts';
import type { DataStack } from './data.ts';
import { type Grant, keepsGivenUp, tellsMissing } from './grants.ts';
import { Handler } from './handler.ts';
import { Schedules } from './schedules.ts';
import { sparkJobs } from './spark.ts';
import { Workflow } from './workflow.ts';

interface BatchProps {
  data: DataStack;
  bus: EventBus;
  /** Of the installation: what its group of schedules is called. */
  name: string;
}

/** The scoring of tables: the machine of a run, and what starts runs by itself. */
export class Batch extends Construct {
  readonly score: Workflow;
  /** Looks at the tables of a deployment before it serves. */
  readonly checkBatch: Handler;
  /** What looking after the runs takes. */
  readonly watches: readonly Grant[];

  constructor(scope: Construct, id: string, { data, bus, name }: BatchProps) {
    super(scope, id);
    const may = batchPermissions(data);
    this.checkBatch = new Handler(scope, 'batch/checkBatch', may.checkBatch);
    const endRun = new Handler(scope, 'batch/endRun', may.endRun);
    this.score = new Workflow(
      scope,
      'batchScore',
      {
        planRun: new Handler(scope, 'batch/planRun', may.planRun),
        scorePart: new Handler(scope, 'batch/scorePart', may.scorePart),
        commitRun: new Handler(scope, 'batch/commitRun', may.commitRun),
        endRun,
      },
      StateMachineType.STANDARD,
      { bucket: data.data, prefix: 'runs' },
      sparkJobs(scope, data),
    );

    this.watches = watchPermissions(data, this.score, endRun);
    const sweepRuns = new Handler(scope, 'background/sweepRuns', sweepPermissions(data));
    new Rule(scope, 'daily', {
      schedule: Schedule.cron({ hour: '3', minute: '40' }),
      // The next day comes anyway.
      targets: [new LambdaFunction(sweepRuns, { retryAttempts: 0 })],
    });

    const { startScheduledRun, alignSchedule } = schedulePermissions(data, this.score);
    const starter = new Handler(scope, 'background/startScheduledRun', startScheduledRun);
    const schedules = new Schedules(scope, 'schedules', { name, calls: starter });
    const aligner = new Handler(scope, 'background/alignSchedule', [
      ...alignSchedule,
      schedules.keeps,
      keepsGivenUp(data.data),
      tellsMissing(data.data),
    ]);
    new Rule(scope, 'deployments', {
      eventBus: bus,
      // The bus is the installation's own: whatever is on it comes from there.
      eventPattern: { detailType: Match.prefix('deployment.') },
      targets: [new LambdaFunction(aligner)],
    });
    // The event comes again for six hours at most; what is read then is what is true then.
    for (const fn of [aligner, starter])
      new CfnEventInvokeConfig(fn, 'retries', {
        functionName: fn.functionName,
        qualifier: '$LATEST',
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: Duration.hours(6).toSeconds(),
        ...(fn === aligner && { destinationConfig: { onFailure: { destination: data.data.bucketArn } } }),
      });
  }
}
