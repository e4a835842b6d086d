import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Grant } from './grants.ts';
import { Handler } from './handler.ts';

/** What evaluates the rules of alerts. */
export class Alerting extends Construct {
  constructor(scope: Construct, id: string, { grants }: { grants: readonly Grant[] }) {
    super(scope, id);
    const evaluator = new Handler(scope, 'background/evaluateAlerts', grants);
    new Rule(this, 'everyMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next minute comes anyway, and sees more: an older one that comes late would say nothing.
      targets: [new LambdaFunction(evaluator, { retryAttempts: 0 })],
    });
    new CfnEventInvokeConfig(this, 'retries', {
      functionName: evaluator.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
  }
}
