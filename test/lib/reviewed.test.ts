import type { IPolicyValidationContext } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, expect, test } from 'vitest';
import { exceptions, reviewed } from '../../lib/reviewed.ts';
import { synthesize, synthesized } from './synthesized.ts';

let findings: string[];
let app: ReturnType<typeof synthesized>['app'];
beforeAll(() => {
  ({ app } = synthesized());
  findings = new AwsSolutionsChecks(app).validateScope(app).violations.map((v) => v.ruleName);
});

test('AwsSolutions finds nothing that was not looked at and accepted', () => {
  expect(findings.filter((f) => !exceptions.some(({ finding }) => finding.test(f)))).toEqual([]);
});

test('every exception is of use, has its reason, and there are eight at most', () => {
  expect(exceptions.length).toBeLessThanOrEqual(8);
  for (const { finding, why } of exceptions) {
    expect(
      findings.some((f) => finding.test(f)),
      String(finding),
    ).toBe(true);
    expect(why.split(' ').length).toBeGreaterThan(8);
  }
});

test('an exception does not cover a wildcard of another kind', () => {
  const others = ['Action::s3:*', 'Resource::<models.Arn>/*', 'Resource::arn:aws:s3:::models/secrets/*'];
  for (const other of others)
    expect(
      exceptions.some(({ finding }) => finding.test(`AwsSolutions-IAM5[${other}]`)),
      other,
    ).toBe(false);
});

test('what is found and not accepted stops the synthesis', () => {
  const { app: worse, data } = synthesize();
  new Bucket(data, 'open');
  const context = { appConstruct: worse, templatePaths: [] };
  const { success, violations } = reviewed(worse).validate(context as unknown as IPolicyValidationContext);
  expect([success, violations.map((v) => v.ruleName)]).toEqual([false, ['AwsSolutions-S10']]);
});
