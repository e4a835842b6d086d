import { expect, test } from 'vitest';
import { check } from '../../local/asl/check.ts';
import { type Machine, run } from '../../local/asl/run.ts';

const job = {
  ...{ ApplicationId: 'a', ClientToken: '{% $states.input.run_id %}', ExecutionRoleArn: 'r' },
  ...{ ExecutionTimeoutMinutes: 5, JobDriver: { SparkSubmit: { EntryPoint: 's3://b/k' } } },
};
const machine = (Arguments: object): Machine => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Job',
  States: {
    Job: {
      Type: 'Task',
      Resource: 'arn:aws:states:::emr-serverless:startJobRun.sync',
      TimeoutSeconds: 10,
      Arguments,
      Output: '{% $states.result.State %}',
      End: true,
    },
  },
});
const world = {
  invoke: async () => undefined,
  sleep: async () => {},
  now: Date.now,
  random: Math.random,
};

test('a job of EMR Serverless is what it says, and is started under a token', () => {
  expect(check(machine(job))).toEqual([]);
  const { ClientToken: _, ...more } = job;
  expect(check(machine(more))).toEqual(['Job.Arguments: ClientToken is missing']);
  expect(check(machine({ ...job, Mode: 'x' }))).toEqual(['Job.Arguments: the field Mode is not known']);
});

test('where something runs jobs, a state waits for what becomes of one', async () => {
  const asked: unknown[] = [];
  const told = run(
    machine(job),
    { run_id: 'x' },
    {
      ...world,
      job: async (one) => {
        asked.push(one);
        return { State: 'SUCCESS' };
      },
    },
  );
  expect(await told).toBe('SUCCESS');
  expect(asked).toEqual([{ ...job, ClientToken: 'x' }]);
});

test('one machine runs none, and says so', async () => {
  await expect(run(machine(job), { run_id: 'x' }, world)).rejects.toMatchObject({
    name: 'States.TaskFailed',
    message: 'one machine runs no jobs of EMR Serverless',
  });
});
