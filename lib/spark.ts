import { join } from 'node:path';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { DataStack } from './data.ts';
import type { Grant } from './grants.ts';

const root = join(import.meta.dirname, '..', 'spark');

/** Context `emr`: what runs the jobs of deployments whose engine is EMR Serverless; without it there are none. */
export interface SparkContext {
  applicationId: string;
  /** What the jobs may do: it is of this account, trusts emr-serverless.amazonaws.com, and reaches the tables. */
  executionRoleArn: string;
  /** Where the images of the application have Iceberg, if not where EMR puts it. */
  icebergJar?: string;
  /** `s3://bucket/key` of a packed Python environment with numpy and pyarrow, where the application's own has none. */
  pythonArchive?: string;
}

const fields = ['applicationId', 'executionRoleArn', 'icebergJar', 'pythonArchive'];
const usualJar = '/usr/share/aws/iceberg/lib/iceberg-spark3-runtime.jar';
const shapes: Record<string, [shape: RegExp, words: string]> = {
  applicationId: [/^[0-9a-z]{1,64}$/, 'its applicationId is letters and digits'],
  executionRoleArn: [
    /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    'its executionRoleArn is the ARN of a role',
  ],
  icebergJar: [/^(?:\/|s3:\/\/)[\w./-]{1,500}$/, 'its icebergJar is a path or s3://bucket/key'],
  pythonArchive: [/^s3:\/\/[\w./-]{1,500}\.tar\.gz$/, 'its pythonArchive is s3://bucket/key of a .tar.gz'],
};

/** What is configured, as an object or as JSON from the command line; an error says what is wrong with it. */
export function readSpark(scope: Construct): SparkContext | undefined {
  const given: unknown = scope.node.tryGetContext('emr');
  if (given === undefined) return undefined;
  const read: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  if (typeof read !== 'object' || read === null) throw new Error('context emr: it is an object');
  check(read as Record<string, unknown>);
  return read as SparkContext;
}

function check(entry: Record<string, unknown>): void {
  const unknown = Object.keys(entry).find((field) => !fields.includes(field));
  if (unknown) throw new Error(`context emr: nothing knows ${unknown}`);
  for (const field of fields) {
    const [shape, words] = shapes[field] ?? [/$/, ''];
    const needed = field === 'applicationId' || field === 'executionRoleArn';
    if ((needed || entry[field] !== undefined) && !shape.test(String(entry[field] ?? '')))
      throw new Error(`context emr: ${words}`);
  }
}

/** What a machine needs in order to start jobs: what stands in its definition, and what it may do. */
export interface SparkJobs {
  substitutions: Record<string, string>;
  statements: PolicyStatement[];
}

/** The script of the jobs where they find it, and what they read and write of ours; undefined without the context. */
export function sparkJobs(scope: Construct, { data, models }: DataStack): SparkJobs | undefined {
  const context = readSpark(scope);
  if (!context) return undefined;
  const role = Role.fromRoleArn(scope, 'sparkRole', context.executionRoleArn);
  const script = new Asset(scope, 'sparkScript', { path: join(root, 'score.py') });
  const modules = new Asset(scope, 'sparkModules', {
    path: join(root, 'modules'),
    exclude: ['**/__pycache__/**', '**/*.pyc'],
  });
  const objects = [script, modules].map((one) => one.bucket.arnForObjects(one.s3ObjectKey));
  for (const [actions, resources] of [
    [['s3:GetObject'], [...objects, models.arnForObjects('models/*'), data.arnForObjects('runs/*')]],
    [['s3:PutObject'], [data.arnForObjects('runs/*')]],
    // Without it S3 answers 403 where an object is missing.
    [['s3:ListBucket'], [data.bucketArn]],
  ] as const)
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  return {
    substitutions: {
      sparkApplication: context.applicationId,
      sparkRole: context.executionRoleArn,
      sparkScript: script.s3ObjectUrl,
      sparkParameters: parametersOf(context, modules.s3ObjectUrl),
    },
    statements: statementsOf(scope, context),
  };
}

function parametersOf({ icebergJar = usualJar, pythonArchive }: SparkContext, modules: string): string {
  const python = './environment/bin/python';
  const settings = {
    'spark.jars': icebergJar,
    ...(pythonArchive && {
      'spark.archives': `${pythonArchive}#environment`,
      'spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON': python,
      'spark.emr-serverless.driverEnv.PYSPARK_PYTHON': python,
      'spark.executorEnv.PYSPARK_PYTHON': python,
    }),
  };
  const all = Object.entries(settings).map(([name, value]) => `--conf ${name}=${value}`);
  return [`--py-files ${modules}`, ...all].join(' ');
}

/** Start the jobs of one application with one role, and hear of their end by the rule that Step Functions keeps for it. */
function statementsOf(
  scope: Construct,
  { applicationId, executionRoleArn }: SparkContext,
): PolicyStatement[] {
  const stack = Stack.of(scope);
  const application = `arn:${stack.partition}:emr-serverless:${stack.region}:${stack.account}:/applications/${applicationId}`;
  const rule = stack.formatArn({
    ...{ service: 'events', resource: 'rule', arnFormat: ArnFormat.SLASH_RESOURCE_NAME },
    resourceName: 'StepFunctionsGetEventsForEMRServerlessJobRule',
  });
  return [
    new PolicyStatement({ actions: ['emr-serverless:StartJobRun'], resources: [application] }),
    new PolicyStatement({
      actions: ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
      resources: [`${application}/jobruns/*`],
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [executionRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } },
    }),
    new PolicyStatement({
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [rule],
    }),
  ];
}

/** Whoever makes deployments knows whether there is anything that runs jobs. */
export const knowsSpark: Grant = (fn) => {
  const context = readSpark(fn);
  if (context) fn.addEnvironment('SPARK_APPLICATION', context.applicationId);
};
