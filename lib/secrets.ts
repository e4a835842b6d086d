import { ArnFormat } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Grant } from './grants.ts';
import { installationOf } from './installation.ts';

/** Secrets are made while the installation lives, so they are granted by what their names begin with. */
const ofSecrets =
  (actions: string[], prefix: string): Grant =>
  (fn: Lambda) => {
    const installation = installationOf(fn).toLowerCase();
    const secrets = fn.stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${installation}/${prefix}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const named = actions.map((action) => `secretsmanager:${action}`);
    fn.addToRolePolicy(new PolicyStatement({ actions: named, resources: [secrets] }));
    fn.addEnvironment('SECRETS_PREFIX', installation);
  };

/** Read the secrets below a prefix, such as `webhooks`. */
export const readsSecrets = (prefix: string): Grant => ofSecrets(['GetSecretValue'], prefix);

/** Make secrets below a prefix, and never learn what one holds that is there. */
export const makesSecrets = (prefix: string): Grant => ofSecrets(['CreateSecret'], prefix);

/** Make, change and remove the secrets below a prefix, and never learn what one holds. */
export const keepsSecrets = (prefix: string): Grant =>
  ofSecrets(['CreateSecret', 'PutSecretValue', 'DeleteSecret'], prefix);

/** Remove secrets below a prefix, and nothing else. */
export const removesSecrets = (prefix: string): Grant => ofSecrets(['DeleteSecret'], prefix);
