import type { App, IPolicyValidationContext, IPolicyValidationPlugin } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * What AwsSolutions would have otherwise, and why it is as it is. In one table and not beside each construct: the
 * names of findings about policies hold generated ids, which nothing can know while the constructs are made.
 */
export const exceptions: readonly { finding: RegExp; why: string }[] = [
  {
    finding: /^AwsSolutions-S1$/,
    why: 'A log of access to the buckets would keep the signed addresses of uploads; who may read and write is one role each, and CloudTrail tells of them where an account wants that.',
  },
  {
    finding: /^AwsSolutions-DDB3$/,
    why: 'The idempotency table is a cache of one day: restored, it would refuse requests that are new.',
  },
  {
    finding: /^AwsSolutions-APIG1$/,
    why: 'Every function writes one line for every request, unknown routes too; a second one would double what the logs of a prediction cost.',
  },
  {
    finding: /^AwsSolutions-APIG4$/,
    why: 'The kit authenticates in every function: an authorizer of an HTTP API cannot word a 401 in the dialect of its path.',
  },
  {
    finding: /^AwsSolutions-SF1$/,
    why: 'Log level ALL writes every state of every change; what a change did is in its operation record, and errors are logged.',
  },
  {
    finding: /^AwsSolutions-SF2$/,
    why: 'Traces cost money for every change and tell no more than the operation record does.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    why: 'Step Functions sets up the delivery of its logs with actions that AWS offers for no smaller resource.',
  },
  {
    finding:
      /^AwsSolutions-IAM5\[Resource::.+(\/(uploads|models|baselines|payloads|spool|dead|aws|stream|runs|definitions|tables|data|database|table)|:schedule\/[\w-]+|:secret:[\w-]+\/[\w-]+|:execution:<\w+\.Name>)[/:]\*\]$/,
    why: 'Keys below one prefix of one bucket, the streams of one table, the schedules of one group, the runs of one machine, the tables of one catalog: narrower than this a name cannot say.',
  },
];

/** cdk-nag's AwsSolutions, without what was looked at and accepted. */
export function reviewed(app: App): IPolicyValidationPlugin {
  const checks = new AwsSolutionsChecks(app);
  return {
    name: checks.name,
    validate(context: IPolicyValidationContext) {
      const { violations } = checks.validate(context);
      const left = violations.filter((v) => !exceptions.some(({ finding }) => finding.test(v.ruleName)));
      return { success: left.length === 0, violations: left };
    },
  };
}
