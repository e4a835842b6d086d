import { ArnFormat } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DataStack } from './data.ts';
import { deletes, type Grant, gets, puts, queries, updates } from './grants.ts';
import { Handler } from './handler.ts';
import { readsSecrets } from './secrets.ts';
import { Workflow } from './workflow.ts';

/** Context `alertSender`: the address that mail is from, verified with SES; undefined where mail is not wanted. */
function readSender({ node }: Construct): string | undefined {
  const sender: unknown = node.tryGetContext('alertSender') ?? undefined;
  if (sender === undefined) return undefined;
  if (typeof sender !== 'string' || !/^[^\s@<>,;"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(sender))
    throw new Error('context alertSender: it is one address of e-mail, such as alerts@example.com');
  return sender;
}

/** Context `consoleUrl`: where messages send people to look. */
function readConsole({ node }: Construct): string | undefined {
  const url: unknown = node.tryGetContext('consoleUrl') ?? undefined;
  if (url === undefined) return undefined;
  if (typeof url !== 'string' || !/^https:\/\/[^\s"'<>]+$/.test(url))
    throw new Error('context consoleUrl: it is an https address');
  return url;
}

/** Send mail from the configured address, which SES knows by itself or by its domain. */
const sendsMail: Grant = (fn) => {
  const sender = readSender(fn);
  if (sender === undefined) return;
  const identity = (resourceName: string) =>
    fn.stack.formatArn({
      ...{ service: 'ses', resource: 'identity', resourceName },
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['ses:SendEmail'],
      resources: [identity(sender), identity(sender.replace(/^.*@/, ''))],
      conditions: { StringEquals: { 'ses:FromAddress': sender } },
    }),
  );
  fn.addEnvironment('ALERT_SENDER', sender);
};

/** Whether rules may be told that nobody sends mail here; no permission, only the name of the sender. */
export const knowsSender: Grant = (fn) => {
  const sender = readSender(fn);
  if (sender !== undefined) fn.addEnvironment('ALERT_SENDER', sender);
};

/** Send messages to wherever a rule says. */
export const sendsMessages: readonly Grant[] = [
  readsSecrets('webhooks'),
  sendsMail,
  (fn) => {
    const url = readConsole(fn);
    if (url !== undefined) fn.addEnvironment('CONSOLE_URL', url);
  },
];

/** What talks to the outside may see messages that wait, what signs them, and nothing of anybody's data. */
const sends = ({ control }: DataStack): readonly Grant[] => [
  gets(control, 'DELIVERY#*'),
  queries(control, 'DELIVERY#*'),
  puts(control, 'DELIVERY#*'),
  updates(control, 'DELIVERY#*'),
  ...sendsMessages,
];

/** What gives a message up reads the rule that it is of, and talks to nobody. */
const givesUp = ({ control }: DataStack): readonly Grant[] => [
  gets(control, 'DELIVERY#*', 'RULES'),
  puts(control, 'DELIVERY#*', 'DEAD#*', 'OUT#*'),
];

/** What the endpoints about deliveries may do. */
export const deliveryRoutes = (
  { control }: DataStack,
  { caller, repeats }: { caller: readonly Grant[]; repeats: readonly Grant[] },
) => ({
  testAlertRule: [
    ...caller,
    ...repeats,
    gets(control, 'RUL#*', 'RULES', 'P#*'),
    deletes(control, 'DELIVERY#*'),
    ...sendsMessages,
  ],
  listDeliveries: [...caller, gets(control, 'P#*'), queries(control, 'DELIVERY#*')],
  redriveDelivery: [
    ...caller,
    ...repeats,
    gets(control, 'P#*'),
    queries(control, 'DELIVERY#*'),
    puts(control, 'DELIVERY#*', 'OUT#*'),
    deletes(control, 'DELIVERY#*', 'DEAD#*'),
  ],
});

/** The sending of messages: one execution for each, which waits between its tries. */
export class Notify extends Construct {
  constructor(scope: Construct, id: string, { data, bus }: { data: DataStack; bus: EventBus }) {
    super(scope, id);
    const machine = new Workflow(
      scope,
      'notify',
      {
        sendDelivery: new Handler(scope, 'notify/sendDelivery', sends(data)),
        giveUpDelivery: new Handler(scope, 'notify/giveUpDelivery', givesUp(data)),
      },
      StateMachineType.STANDARD,
    );
    new Rule(this, 'deliveries', {
      eventBus: bus,
      eventPattern: { detailType: ['alert.delivery'] },
      // An event may come twice: two executions of one message take turns, and it is sent once.
      targets: [new SfnStateMachine(machine, { retryAttempts: 185 })],
    });
  }
}
