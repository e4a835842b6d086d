import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

const root = join(import.meta.dirname, '..', 'statemachines');

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
  ) {
    const definition = readFileSync(join(root, `${name}.asl.json`), 'utf8');
    const named = Object.entries(tasks).filter(([task]) => definition.includes(`\${${task}}`));
    super(scope, name, {
      stateMachineType,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: Object.fromEntries(named.map(([task, fn]) => [task, fn.functionArn])),
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
  }
}
