import { basename } from 'node:path';
import type { Resource } from './assembly.ts';

export const account = '000000000000';
export const region = 'us-east-1';

/** What Ref gives for a resource, and GetAtt for each of its attributes. */
export interface Identity {
  ref: string;
  attributes: Record<string, string>;
}

/** Who asks: the resource, its properties with everything resolved, and the name of its stack. */
interface Asked {
  id: string;
  stack: string;
  resource: Resource;
  /** A property that names the resource, if the template gives one. */
  named(property: string): string | undefined;
  url: string;
}

const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;

const table = ({ named, stack, id }: Asked): Identity => {
  const ref = named('TableName') ?? `${stack}-${id}`;
  const own = arn('dynamodb', `table/${ref}`);
  return { ref, attributes: { Arn: own, TableId: ref, StreamArn: `${own}/stream/local` } };
};

/** Resources whose Ref is a name and whose only other name is an ARN made of it. */
const plain =
  (service: string, property: string, prefix: string): ((asked: Asked) => Identity) =>
  ({ named, stack, id }) => {
    const ref = named(property) ?? `${stack}-${id}`;
    return { ref, attributes: { Arn: arn(service, prefix + ref), Name: ref } };
  };

/** Resources whose Ref is their ARN. */
const byArn =
  (service: string, property: string, prefix: string, attribute: string) =>
  (asked: Asked): Identity => {
    const { ref, attributes } = plain(service, property, prefix)(asked);
    const own = attributes.Arn ?? '';
    return { ref: own, attributes: { [attribute]: own, Name: ref } };
  };

const identities: Record<string, (asked: Asked) => Identity> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::S3::Bucket': ({ named, stack, id }) => {
    const ref = named('BucketName') ?? `${stack}-${id}`.toLowerCase().slice(0, 63);
    const DomainName = `${ref}.s3.amazonaws.com`;
    return { ref, attributes: { Arn: `arn:aws:s3:::${ref}`, DomainName, RegionalDomainName: DomainName } };
  },
  'AWS::Lambda::Function': ({ named, resource, id }) => {
    const ref = named('FunctionName') ?? basename(sourceOf(id, resource), '.ts');
    return { ref, attributes: { Arn: arn('lambda', `function:${ref}`) } };
  },
  // A version is whatever the file says now.
  'AWS::Lambda::Version': ({ named }) => ({
    ref: arn('lambda', `function:${named('FunctionName')}:1`),
    attributes: { Version: '1' },
  }),
  'AWS::Lambda::Alias': ({ named }) => {
    const ref = arn('lambda', `function:${named('FunctionName')}:${named('Name')}`);
    return { ref, attributes: { AliasArn: ref } };
  },
  'AWS::StepFunctions::StateMachine': byArn('states', 'StateMachineName', 'stateMachine:', 'Arn'),
  'AWS::SNS::Topic': byArn('sns', 'TopicName', '', 'TopicArn'),
  'AWS::SecretsManager::Secret': byArn('secretsmanager', 'Name', 'secret:', 'Id'),
  'AWS::Events::EventBus': plain('events', 'Name', 'event-bus/'),
  'AWS::Events::Rule': plain('events', 'Name', 'rule/'),
  'AWS::Scheduler::ScheduleGroup': plain('scheduler', 'Name', 'schedule-group/'),
  'AWS::Logs::LogGroup': plain('logs', 'LogGroupName', 'log-group:'),
  'AWS::CloudWatch::Alarm': plain('cloudwatch', 'AlarmName', 'alarm:'),
  'AWS::IAM::Role': ({ named, stack, id }) => {
    const ref = named('RoleName') ?? `${stack}-${id}`;
    return { ref, attributes: { Arn: `arn:aws:iam::${account}:role/${ref}`, RoleId: ref } };
  },
  'AWS::KMS::Key': ({ stack, id }) => ({
    ref: `${stack}-${id}`,
    attributes: { Arn: arn('kms', `key/${stack}-${id}`), KeyId: `${stack}-${id}` },
  }),
  'AWS::ApiGatewayV2::Api': ({ id, url }) => ({ ref: id, attributes: { ApiId: id, ApiEndpoint: url } }),
  'AWS::ApiGatewayV2::Integration': ({ stack, id }) => ({ ref: `${stack}-${id}`, attributes: {} }),
  'AWS::ApiGatewayV2::Stage': ({ named, id }) => ({ ref: named('StageName') ?? id, attributes: {} }),
};

export function identify(asked: Asked): Identity {
  const make = identities[asked.resource.Type];
  if (!make) throw new Error(`${asked.id}: nothing here knows the name of a ${asked.resource.Type}`);
  return make(asked);
}

/** The file that a function is; infrastructure writes it beside the function. */
export function sourceOf(id: string, { Metadata }: Resource): string {
  const source = Metadata?.['slipway:source'];
  if (typeof source !== 'string') throw new Error(`${id}: a function that does not say which file it is`);
  return source;
}
