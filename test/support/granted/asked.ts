import type { Call } from '../../../adapters/aws/signed.ts';
import { type Asked, askedBy, ofTables } from '../../../scripts/deployed/asked.ts';

const plain = (action: string, resource: string): Asked => ({ action, resource, context: {} });

/** What a command of DynamoDB asks for: each item of a transaction for itself. */
export const ofCommand = (command: string, input: object): Asked[] =>
  ofTables(command, input as never) ?? [plain(`dynamodb:${command}`, 'a table')];

/** What a command to a machine asks for; an execution is named below its machine. */
export function ofMachine(command: string, input: Record<string, unknown>): Asked[] {
  const [name = ''] = String(input.stateMachineArn ?? input.executionArn).split(':');
  return [plain(`states:${command}`, name)];
}

/** What a command to EventBridge's schedules asks for; who makes one hands over the role that it calls by. */
export const ofSchedule = (command: string, { GroupName, Name }: Record<string, unknown>): Asked[] => [
  plain(`scheduler:${command}`, `schedule/${GroupName}/${Name}`),
  ...(command === 'DeleteSchedule' ? [] : [plain('iam:PassRole', 'schedulesrole')]),
];

export const ofBus = (command: string): Asked[] => [plain(`events:${command}`, 'bus')];

/** What a request that we sign ourselves asks for. The catalogs of others judge their callers themselves. */
export function ofRequest(url: URL, call: Call): Asked[] {
  const operation = (call.headers?.['x-amz-target'] ?? '').replace(/^.*\./, '');
  switch (call.service) {
    case 's3':
      return ofObject(url, call);
    case 'dynamodb':
      return ofCommand(operation, JSON.parse(String(call.body)));
    case 'secretsmanager': {
      const { Name, SecretId } = JSON.parse(String(call.body));
      return [plain(`secretsmanager:${operation}`, Name ?? SecretId)];
    }
    case 'ses':
      return [plain('ses:SendEmail', 'identity')];
    case 'lambda':
      return ofFunction(url, call);
    default:
      return [];
  }
}

function ofObject(url: URL, { method, headers = {} }: Call): Asked[] {
  if (url.searchParams.has('list-type')) return [plain('s3:ListBucket', url.pathname.slice(1))];
  const asked = askedBy({ method, path: url.pathname, headers, body: Buffer.alloc(0) });
  return asked ?? [plain(`s3:${method}`, url.pathname)];
}

/** `/2015-03-31/functions/endRun/invocations`, `/2019-09-30/functions/predict/provisioned-concurrency?Qualifier=live`. */
function ofFunction(url: URL, { method }: Call): Asked[] {
  const [name = '', what] = url.pathname.split('/').slice(-2);
  if (what === 'invocations') return [plain('lambda:InvokeFunction', decodeURIComponent(name))];
  const verb = `${method[0]}${method.slice(1).toLowerCase()}`;
  const alias = `${name}:${url.searchParams.get('Qualifier')}`;
  return [plain(`lambda:${verb}ProvisionedConcurrencyConfig`, alias)];
}
