import { basename, join } from 'node:path';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { engineLayers } from './duckdbLayer.ts';
import type { Grant } from './grants.ts';
import { settingsOf } from './settings.ts';

const root = join(import.meta.dirname, '..');

/** What is bundled in place of what. */
export const aliases = {
  '@duckdb/node-api': join(root, 'lib', 'duckdbApi.cjs'),
  '@duckdb/node-bindings': join(root, 'lib', 'duckdbBindings.cjs'),
  '@aws-sdk/credential-provider-node': join(root, 'lib', 'lambdaCredentials.ts'),
  '@aws-sdk/middleware-endpoint-discovery': join(root, 'lib', 'noEndpointDiscovery.ts'),
  '@aws/lambda-invoke-store': join(root, 'lib', 'noInvokeStore.ts'),
  '@smithy/core/checksum': join(root, 'lib', 'nativeHash.ts'),
  '@smithy/core/config': join(root, 'lib', 'noConfigFiles.ts'),
  '@smithy/core/event-streams': join(root, 'lib', 'noEventStreams.ts'),
};
/** How every function is bundled; the tests bundle in the same way. */
export const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  sourceMap: false,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  esbuildArgs: Object.fromEntries(Object.entries(aliases).map(([from, to]) => [`--alias:${from}`, to])),
};

/** Context `requestsPerSecond`: how much one key may ask before it is told to wait; the code has a default. */
function limits(scope: Construct): Record<string, string> {
  const most: unknown = scope.node.tryGetContext('requestsPerSecond');
  return most === undefined ? {} : { REQUESTS_PER_SECOND: String(most) };
}

/** One file of functions/, deployed with a role of its own that holds these grants and nothing else. */
export class Handler extends NodejsFunction {
  constructor(scope: Construct, file: string, grants: readonly Grant[]) {
    const id = basename(file);
    const source = `functions/${file}.ts`;
    const { memory, seconds, reserved, engine } = settingsOf(id);
    const role = new Role(scope, `${id}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${id}-logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      entry: join(root, source),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout: Duration.seconds(seconds),
      // An account begins with so little concurrency that nothing of it can be set aside, hence the switch.
      reservedConcurrentExecutions: scope.node.tryGetContext('reserveConcurrency') ? reserved : undefined,
      ...(engine && { layers: engineLayers(scope), ephemeralStorageSize: Size.gibibytes(2) }),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // The lines in which Lambda tells of every start and end would cost more than all of ours.
      systemLogLevelV2: SystemLogLevel.WARN,
      awsSdkConnectionReuse: false,
      environment: limits(scope),
      bundling,
    });
    logGroup.grantWrite(role);
    const resource = this.node.defaultChild as CfnFunction;
    resource.addMetadata('slipway:source', source);
    // On one machine it is a process of its own: a thread cannot be ended while the engine works.
    if (engine) resource.addMetadata('slipway:engine', true);
    for (const grant of grants) grant(this);
  }
}
