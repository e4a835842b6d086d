import { App, Validations } from 'aws-cdk-lib';
import { DataStack } from '../lib/data.ts';
import { installationOf } from '../lib/installation.ts';
import { PlatformStack } from '../lib/platform.ts';
import { reviewed } from '../lib/reviewed.ts';

const app = new App();

/** Another installation in the same account has another stage: `cdk deploy --all --context stage=team2`. */
const name = installationOf(app);
const env = { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION };

const data = new DataStack(app, `${name}-data`, {
  env,
  customerKeys: String(app.node.tryGetContext('customerKeys')) === 'true',
});
new PlatformStack(app, `${name}-platform`, { env, data, bus: name.toLowerCase() });

Validations.of(app).addPlugins(reviewed(app));
