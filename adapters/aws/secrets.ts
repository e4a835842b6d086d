import { randomUUID } from 'node:crypto';
import { env } from './env.ts';
import { type Answered, endpoint, send } from './signed.ts';

/** What a secret holds now, and what it held before that. */
export interface Versions {
  current: string;
  previous?: string;
  /** Since when, in epoch milliseconds, it has held what it holds now. */
  since: number;
}

/** Make a secret; `exists` where there is one of that name, which then stays as it was. Names are like `webhooks/<id>`. */
export async function create(name: string, value: string): Promise<'created' | 'exists'> {
  const { refused } = await ask(
    'CreateSecret',
    { Name: named(name), SecretString: value, ClientRequestToken: randomUUID() },
    'ResourceExistsException',
  );
  return refused ? 'exists' : 'created';
}

/** What a secret holds; undefined where there is none. */
export const read = async (name: string): Promise<string | undefined> =>
  (await version(name, 'AWSCURRENT'))?.value;

/** What a secret holds and held; undefined where there is none. */
export async function versions(name: string): Promise<Versions | undefined> {
  const current = await version(name, 'AWSCURRENT');
  if (!current) return undefined;
  const previous = await version(name, 'AWSPREVIOUS');
  return { current: current.value, previous: previous?.value, since: current.since };
}

/** Give a secret another value, and keep the one before; one that is not there is made. */
export async function put(name: string, value: string): Promise<void> {
  const { refused } = await ask(
    'PutSecretValue',
    { SecretId: named(name), SecretString: value, ClientRequestToken: randomUUID() },
    'ResourceNotFoundException',
  );
  if (refused) await create(name, value);
}

/** Take a secret away for good and at once: its name can be used again. One that is not there is away already. */
export async function remove(name: string): Promise<void> {
  const fields = { SecretId: named(name), ForceDeleteWithoutRecovery: true };
  await ask('DeleteSecret', fields, 'ResourceNotFoundException');
}

const named = (name: string) => `${env('SECRETS_PREFIX')}/${name}`;

async function version(name: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS') {
  const fields = { SecretId: named(name), VersionStage: stage };
  const { refused, answer } = await ask('GetSecretValue', fields, 'ResourceNotFoundException');
  if (refused) return undefined;
  const { SecretString, CreatedDate } = JSON.parse(answer.body.toString());
  return { value: String(SecretString), since: Math.round(Number(CreatedDate) * 1000) };
}

/** One call of the service; the refusal that is named is an answer, any other is an error. */
async function ask(operation: string, fields: object, expected: string) {
  const answer = await send({
    service: 'secretsmanager',
    method: 'POST',
    url: `${endpoint('secretsmanager')}/`,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `secretsmanager.${operation}`,
    },
    body: JSON.stringify(fields),
    timeout: 3_000,
    attempts: 3,
  });
  if (answer.status < 300) return { refused: false, answer };
  const type = typeOf(answer);
  if (type === expected) return { refused: true, answer };
  throw new Error(`secretsmanager answered ${operation} with ${answer.status} ${type}`);
}

/** The type of a refusal: `com.amazonaws…#ResourceNotFoundException` in some answers, the word alone in others. */
function typeOf({ body }: Answered): string {
  const [, type] = /"__type"\s*:\s*"(?:[\w.]*#)?(\w+)"/.exec(body.toString('utf8', 0, 1000)) ?? [];
  return type ?? '';
}
