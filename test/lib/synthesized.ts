import { App, NestedStack, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DataStack } from '../../lib/data.ts';
import { PlatformStack } from '../../lib/platform.ts';

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON.
  Properties: Record<string, any>;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
  DependsOn?: string[];
}
export interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** The whole app as CloudFormation would get it, without bundling. */
export function synthesize(context: Record<string, unknown> = {}, customerKeys = false) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } });
  const data = new DataStack(app, 'data', { customerKeys });
  const platform = new PlatformStack(app, 'platform', { data, bus: 'slipway' });
  const nested = platform.node.findAll().filter((c) => c instanceof NestedStack);
  const stacks: Stack[] = [data, platform, ...nested];
  const templates = stacks.map((stack) => Template.fromStack(stack).toJSON());
  return { app, data, platform, nested, stacks, templates };
}
type Synthesized = ReturnType<typeof synthesize>;

let usual: Synthesized | undefined;
/** The same app for every test that only looks at it. */
export function synthesized(): Synthesized {
  usual ??= synthesize();
  return usual;
}

let mailing: Synthesized | undefined;
export const sender = 'alerts@ml.example.com';
/** The same of an installation that sends mail, and has a console and a name of its own. */
export function synthesizedWithMail(): Synthesized {
  mailing ??= synthesize({
    ...{ alertSender: sender, consoleUrl: 'https://console.example.com', stage: 'team2' },
  });
  return mailing;
}

/** Every resource of a type in every stack, by its logical id. */
export const all = ({ templates }: Synthesized, type: string): Record<string, Resource> =>
  Object.fromEntries(
    templates.flatMap(({ Resources }) =>
      Object.entries(Resources as Record<string, Resource>).filter(([, { Type }]) => Type === type),
    ),
  );

/** A function's operation, by the source that it says it is made of. */
export const operationOf = ({ Metadata = {} }: Resource): string =>
  String(Metadata['slipway:source']).replace(/^.*\/(\w+)\.ts$/, '$1');

/** What each function, and each machine by its name, may do. */
export function permissions(app: Synthesized): Map<string, Statement[]> {
  const found = new Map<string, Statement[]>();
  const who = Object.fromEntries(
    Object.values(all(app, 'AWS::Lambda::Function')).map((fn) => [fn.Properties.Role['Fn::GetAtt'][0], fn]),
  );
  for (const { Properties } of Object.values(all(app, 'AWS::IAM::Policy'))) {
    const [role] = Properties.Roles.map((r: { Ref: string }) => r.Ref);
    const fn = who[role];
    const name = fn ? operationOf(fn) : callerOf(role);
    // What would go round in circles is said in a policy of its own.
    found.set(name, [...(found.get(name) ?? []), ...Properties.PolicyDocument.Statement]);
  }
  return found;
}

/** A machine, or the schedules that are made while the platform runs. */
const callerOf = (role: string) =>
  role.startsWith('schedulesrole') ? 'schedules' : `machine ${role.replace(/Role[0-9A-F]{8}$/, '')}`;

export const actionsOf = ({ Action }: Statement): string[] => [Action].flat();
