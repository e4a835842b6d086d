import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Grant } from './grants.ts';

const actions = ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'];

/** Where the schedules of batch deployments are made: in a group that goes with the stack, calling one function. */
export class Schedules extends Construct {
  /** Make and take away the schedules of this group, and hand the role over by which they call. */
  readonly keeps: Grant;

  constructor(scope: Construct, id: string, { name, calls }: { name: string; calls: Lambda }) {
    super(scope, id);
    const stack = Stack.of(this);
    const group = new CfnScheduleGroup(this, 'group', { name });
    const arn = (resource: string, resourceName: string) =>
      stack.formatArn({
        service: 'scheduler',
        resource,
        resourceName,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      });
    const role = new Role(this, 'role', {
      // A schedule of somebody else's, though he knew the name of the role, is not called by it.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': arn('schedule-group', name) },
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [calls.functionArn] }),
    );
    this.keeps = (fn) => {
      fn.addToRolePolicy(new PolicyStatement({ actions, resources: [arn('schedule', `${name}/*`)] }));
      fn.addToRolePolicy(
        new PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [role.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
        }),
      );
      fn.addEnvironment('SCHEDULE_GROUP', group.ref);
      fn.addEnvironment('SCHEDULED_ARN', calls.functionArn);
      fn.addEnvironment('SCHEDULER_ARN', role.roleArn);
    };
  }
}
