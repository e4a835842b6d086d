import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSpark } from '../../lib/spark.ts';
import { actionsOf, all, type Resource, type Statement, synthesize, synthesized } from './synthesized.ts';

const text = (value: unknown) => JSON.stringify(value);
const emr = {
  applicationId: '00f1abcdexample1',
  executionRoleArn: 'arn:aws:iam::123456789012:role/service/slipway-spark',
};
const written = JSON.parse(readFileSync('statemachines/batchScore.asl.json', 'utf8'));

type Whole = ReturnType<typeof synthesized>;
const machineOf = (app: Whole): [string, Resource] =>
  Object.entries(all(app, 'AWS::StepFunctions::StateMachine')).find(([id]) =>
    id.startsWith('batchScore'),
  ) as [string, Resource];
const definitionOf = (app: Whole) => String(machineOf(app)[1].Properties.DefinitionString);
const policies = (app: Whole) => Object.values(all(app, 'AWS::IAM::Policy')).map((one) => one.Properties);
const names = (app: Whole, type: string) => Object.keys(all(app, type)).toSorted();

let without: Whole;
let withIt: Whole;
beforeAll(() => {
  without = synthesized();
  withIt = synthesize({ emr });
});

describe('without an application of EMR Serverless', () => {
  test('nothing of it is in any template', () => {
    expect(text(without.templates)).not.toMatch(/emr-|emrserverless|spark/i);
  });

  test('the machine is what is written but for the one state and the way to it', () => {
    const { 'Score it on Spark': _, ...States } = written.States;
    const { Choices } = States['How much is there to score?'];
    const choices = Choices.filter((one: { Next: string }) => one.Next !== 'Score it on Spark');
    expect(choices).toHaveLength(Choices.length - 1);
    expect(JSON.parse(definitionOf(without))).toEqual({
      ...written,
      States: {
        ...States,
        'How much is there to score?': { ...States['How much is there to score?'], Choices: choices },
      },
    });
    const lines = new Set(readFileSync('statemachines/batchScore.asl.json', 'utf8').split('\n'));
    expect(
      definitionOf(without)
        .split('\n')
        .filter((line) => !lines.has(line)),
    ).toEqual([]);
  });
});

describe('with an application of EMR Serverless', () => {
  test('the machine is the whole file, and every placeholder of it is filled', () => {
    expect(JSON.parse(definitionOf(withIt))).toEqual(written);
    const filled = machineOf(withIt)[1].Properties.DefinitionSubstitutions;
    const wanted = [...text(written).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(filled).toSorted()).toEqual([...new Set(wanted)].toSorted());
    expect(filled).toMatchObject({ sparkApplication: emr.applicationId, sparkRole: emr.executionRoleArn });
    expect(text(filled.sparkScript)).toMatch(/s3:\/\/.*\.py/);
    expect(text(filled.sparkParameters)).toMatch(
      /--py-files .*s3:\/\/.*\.zip.* --conf spark.jars=\/usr\/share\/aws\/iceberg\/lib\/iceberg-spark3-runtime.jar"/,
    );
  });

  test('the machine may start, follow and cancel jobs of the one application with the one role, and no more', () => {
    const roleOf = (app: Whole) => machineOf(app)[1].Properties.RoleArn['Fn::GetAtt'][0];
    const held = (app: Whole) =>
      policies(app)
        .filter(({ Roles }) => Roles.some((role: { Ref?: string }) => role.Ref === roleOf(app)))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[]);
    const before = new Set(held(without).map(text));
    const more = held(withIt).filter((one) => !before.has(text(one)));
    const application = expect.stringMatching(/emr-serverless:.*:\/applications\/00f1abcdexample1"/);
    expect(
      more
        .map((one) => [actionsOf(one), text(one.Resource), one.Condition])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual([
      [
        ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
        expect.stringMatching(/00f1abcdexample1\/jobruns\/\*"/),
        undefined,
      ],
      [['emr-serverless:StartJobRun'], application, undefined],
      [
        ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        expect.stringContaining(':rule/StepFunctionsGetEventsForEMRServerlessJobRule'),
        undefined,
      ],
      [
        ['iam:PassRole'],
        text(emr.executionRoleArn),
        { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } },
      ],
    ]);
  });

  test('the role of the jobs gets the script, models and files of runs, and of all these writes the last alone', () => {
    const own = policies(withIt).filter(({ Roles }) => text(Roles) === '["slipway-spark"]');
    const held = own.flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[]);
    expect(held.map(actionsOf)).toEqual([['s3:GetObject'], ['s3:PutObject'], ['s3:ListBucket']]);
    const [reads, writes] = held.map(({ Resource }) => text(Resource));
    for (const place of ['/models/*', '/runs/*', '.py', '.zip']) expect(reads).toContain(place);
    expect(writes).toMatch(/\/runs\/\*/);
    expect(writes).not.toMatch(/models|\.py/);
  });

  test('besides, only the one that makes deployments knows of it, and nothing that costs anything is there', () => {
    const types = new Set(
      [...without.templates, ...withIt.templates].flatMap(({ Resources }) =>
        Object.values(Resources as Record<string, Resource>).map(({ Type }) => Type),
      ),
    );
    const more = [...types].flatMap((type) => {
      const had = new Set(names(without, type));
      return names(withIt, type)
        .filter((name) => !had.has(name))
        .map((name) => [type, name]);
    });
    expect(more).toEqual([['AWS::IAM::Policy', expect.stringMatching(/^sparkRole/)]]);
    const told = Object.values(all(withIt, 'AWS::Lambda::Function')).filter(
      (fn) => fn.Properties.Environment?.Variables?.SPARK_APPLICATION,
    );
    expect(told.map(({ Metadata = {} }) => Metadata['slipway:source'])).toEqual([
      'functions/batch/createBatchDeployment.ts',
    ]);
  });

  test.each([
    [{ ...emr, applicationId: 'arn:x' }, 'its applicationId is letters and digits'],
    [{ applicationId: 'x' }, 'its executionRoleArn is the ARN of a role'],
    [{ ...emr, other: 1 }, 'nothing knows other'],
    [{ ...emr, icebergJar: 'a b --conf x=y' }, 'its icebergJar is a path'],
    [{ ...emr, pythonArchive: 's3://b/k.zip' }, 'its pythonArchive is s3'],
    ['[]x', 'JSON'],
    ['null', 'it is an object'],
  ])('%j is refused at synthesis: %s', (context, words) => {
    expect(() => readSpark(new App({ context: { emr: context } }))).toThrow(words);
  });
});
