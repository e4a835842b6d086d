import { ArnFormat } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { readsTables, removesFiles, writesTables } from './catalogs.ts';
import type { DataStack } from './data.ts';
import {
  deletes,
  type Grant,
  gets,
  puts,
  putsBeside,
  queries,
  reads,
  starts,
  stores,
  tellsMissing,
} from './grants.ts';
import type { Grants } from './permissions.ts';
import type { Workflow } from './workflow.ts';

type BatchStep = 'checkBatch' | 'planRun' | 'scorePart' | 'commitRun' | 'endRun';

/** What the steps of a batch run may do, and the one that looks at its tables before there is any. */
export function batchPermissions(data: DataStack): Grants<BatchStep> {
  const { control, models, data: files } = data;
  const seesRun = gets(control, 'P#*', 'DEP#*');
  const resolves = gets(control, 'P#*', 'DEP#*', 'MODELNAME#*');
  const records = putsBeside(control, 'P#*');
  const ownFiles = [reads(files, 'runs'), stores(files, 'runs'), tellsMissing(files)];
  return {
    checkBatch: [
      resolves,
      gets(control, 'TARGET#*'),
      puts(control, 'TARGET#*'),
      reads(models, 'models'),
      reads(files, 'runs'),
      readsTables(data),
    ],
    planRun: [resolves, records, ...ownFiles, reads(models, 'models'), writesTables(data)],
    scorePart: [gets(control, 'P#*'), ...ownFiles, reads(models, 'models'), writesTables(data)],
    commitRun: [seesRun, records, ...ownFiles, writesTables(data)],
    endRun: [seesRun, records, reads(files, 'runs'), tellsMissing(files), readsTables(data)],
  };
}

/** What starts runs by itself: a schedule's call, and what keeps schedules. */
export const schedulePermissions = (
  { control }: DataStack,
  batchScore: Workflow,
): Record<'startScheduledRun' | 'alignSchedule', readonly Grant[]> => ({
  startScheduledRun: [
    gets(control, 'P#*', 'DEP#*'),
    putsBeside(control, 'P#*', 'DEP#*', 'OPEN', 'RUNFILES', 'OUT#*'),
    starts(batchScore),
  ],
  // A deployment may be made with a run of its own, which the create could not start.
  alignSchedule: [
    gets(control, 'P#*', 'DEP#*'),
    putsBeside(control, 'P#*', 'DEP#*', 'OPEN', 'RUNFILES', 'OUT#*'),
    starts(batchScore),
  ],
});

/** What whoever looks after the runs may do: ask what became of a machine, start it, and have a run ended. */
export const watchPermissions = (
  { control }: DataStack,
  batchScore: Workflow,
  endRun: Lambda,
): readonly Grant[] => [
  gets(control, 'DEP#*'),
  puts(control, 'OPEN'),
  starts(batchScore),
  (fn) => {
    const { stateMachineName, stack } = batchScore;
    const executions = stack.formatArn({
      ...{ service: 'states', resource: 'execution', arnFormat: ArnFormat.COLON_RESOURCE_NAME },
      resourceName: `${stateMachineName}:*`,
    });
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
    );
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [endRun.functionArn] }),
    );
    fn.addEnvironment('ENDRUN_ARN', endRun.functionArn);
  },
];

/** What takes the files away that runs left and no table refers to. */
export const sweepPermissions = (data: DataStack): readonly Grant[] => [
  gets(data.control, 'P#*', 'DEP#*'),
  queries(data.control, 'RUNFILES'),
  deletes(data.control, 'RUNFILES'),
  reads(data.data, 'runs'),
  tellsMissing(data.data),
  removesFiles(data),
];
