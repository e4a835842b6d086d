import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { SparkJobs } from './spark.ts';

const root = join(import.meta.dirname, '..', 'statemachines');

/** Where a Map of a machine reads the list of its items. */
interface Items {
  bucket: Bucket;
  prefix: string;
}

/**
 * One file of statemachines/, deployed. It may invoke exactly the functions that it names. Express is what a caller
 * waits for; Standard goes on for longer, and once for each name.
 */
export class Workflow extends StateMachine {
  constructor(
    scope: Construct,
    name: string,
    tasks: Readonly<Record<string, Lambda>>,
    stateMachineType = StateMachineType.EXPRESS,
    items?: Items,
    spark?: SparkJobs,
  ) {
    const written = readFileSync(join(root, `${name}.asl.json`), 'utf8');
    const definition = spark ? written : without(written, 'Score it on Spark');
    const named = Object.entries(tasks).filter(([task]) => definition.includes(`\${${task}}`));
    super(scope, name, {
      stateMachineType,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: {
        ...Object.fromEntries(named.map(([task, fn]) => [task, fn.functionArn])),
        ...spark?.substitutions,
      },
      logs: {
        destination: new LogGroup(scope, `${name}-logs`, {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
      tracingEnabled: false,
    });
    const resources = named.map(([, fn]) => fn.functionArn);
    this.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
    if (items) this.spreads(items);
    for (const statement of spark?.statements ?? []) this.addToRolePolicy(statement);
  }

  /** Run the items of an object of S3 as executions of its own. */
  private spreads({ bucket, prefix }: Items): void {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [bucket.arnForObjects(`${prefix}/*`)],
        conditions: { StringEquals: { 'aws:ResourceAccount': Stack.of(this).account } },
      }),
    );
    // A policy beside the role's own, which the machine itself waits for.
    new Policy(this, 'spreads', {
      roles: [this.role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.stateMachineArn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
          resources: [
            Stack.of(this).formatArn({
              ...{ service: 'states', resource: 'execution', arnFormat: ArnFormat.COLON_RESOURCE_NAME },
              resourceName: `${this.stateMachineName}/*`,
            }),
          ],
        }),
      ],
    });
  }
}

/** A definition without one of its states and the choices that lead to it; every other letter stays as it is. */
function without(definition: string, state: string): string {
  const left = definition
    .replace(new RegExp(`\n {4}"${state}": \\{\n(?:.*\n)*? {4}\\},(?=\n)`), '')
    .replace(new RegExp(`\n {8}\\{\n.*\n {10}"Next": "${state}"\n {8}\\},(?=\n)`), '');
  if (left.includes(`"${state}"`)) throw new Error(`the state ${state} is written otherwise than it was`);
  JSON.parse(left);
  return left;
}
