import { Duration } from 'aws-cdk-lib';
import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DataStack } from './data.ts';
import { deletes, type Grant, gets, keepsGivenUp, puts, queries, tellsMissing } from './grants.ts';
import { Handler } from './handler.ts';

/** Set how many environments of an alias are kept started; code knows it as WARM_ARN. */
const keepsStarted =
  (alias: Alias): Grant =>
  (fn) => {
    const actions = ['Get', 'Put', 'Delete'].map((verb) => `lambda:${verb}ProvisionedConcurrencyConfig`);
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [alias.functionArn] }));
    fn.addEnvironment('WARM_ARN', alias.functionArn);
  };

/** What keeps predict started as far as the active deployments ask for it; none asks, and it costs nothing. */
export class Warm extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { data, bus, alias }: { data: DataStack; bus: EventBus; alias: Alias },
  ) {
    super(scope, id);
    const aligner = new Handler(this, 'background/alignConcurrency', [
      gets(data.control, 'DEP#*', 'P#*'),
      queries(data.control, 'WARM'),
      puts(data.control, 'WARM'),
      deletes(data.control, 'WARM'),
      keepsStarted(alias),
      keepsGivenUp(data.data),
      tellsMissing(data.data),
    ]);
    new Rule(this, 'deployments', {
      eventBus: bus,
      // The bus is the installation's own: whatever is on it comes from there.
      eventPattern: { detailType: Match.prefix('deployment.') },
      targets: [new LambdaFunction(aligner)],
    });
    // What is read then is what is true then, so an event may come late, and twice.
    new CfnEventInvokeConfig(aligner, 'retries', {
      functionName: aligner.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: Duration.hours(6).toSeconds(),
      destinationConfig: { onFailure: { destination: data.data.bucketArn } },
    });
  }
}
