import { randomUUID } from 'node:crypto';
import { awsProblem, type Fields, textOf } from './awsHttp.ts';
import { readJson, writeWhole } from './files.ts';
import { account, region } from './template/names.ts';

interface Version {
  value: string;
  /** Epoch milliseconds. */
  at: number;
  token: string;
}
interface Kept {
  current: Version;
  previous?: Version;
}

export interface SecretsOptions {
  /** Where they are kept, readable by nobody else; in memory alone where nothing is said. */
  file?: string;
  now?: () => number;
}

/** Secrets Manager, as far as it is asked for: two versions of each secret, and nothing that rotates by itself. */
export function openSecrets({ file, now = Date.now }: SecretsOptions = {}) {
  const kept = new Map<string, Kept>(file ? Object.entries(readJson<Record<string, Kept>>(file) ?? {}) : []);
  const save = () => file && writeWhole(file, Object.fromEntries(kept));
  const found = (fields: Fields) => {
    const secret = kept.get(textOf(fields, 'SecretId'));
    if (!secret) throw missing("Secrets Manager can't find the specified secret.");
    return secret;
  };
  const versionOf = (fields: Fields): Version => ({
    ...{ value: textOf(fields, 'SecretString'), at: now() },
    token: String(fields.ClientRequestToken ?? randomUUID()),
  });

  const operations: Record<string, (fields: Fields) => object> = {
    CreateSecret(fields) {
      const name = textOf(fields, 'Name');
      if (!/^[\w/+=.@-]{1,512}$/.test(name)) throw awsProblem('InvalidParameterException', 'Invalid name.');
      const there = kept.get(name)?.current;
      const asked = versionOf(fields);
      if (there && !isRepeat(there, asked))
        throw awsProblem(
          'ResourceExistsException',
          `The operation failed because the secret already exists.`,
        );
      if (!there) kept.set(name, { current: asked });
      return { ARN: arnOf(name), Name: name, VersionId: asked.token };
    },
    GetSecretValue(fields) {
      const { current, previous } = found(fields);
      const { VersionStage = 'AWSCURRENT' } = fields;
      const version = { AWSCURRENT: current, AWSPREVIOUS: previous }[String(VersionStage)];
      if (!version) throw missing("Secrets Manager can't find the specified secret value for that stage.");
      const Name = textOf(fields, 'SecretId');
      return {
        ...{ ARN: arnOf(Name), Name, VersionId: version.token, VersionStages: [VersionStage] },
        ...{ SecretString: version.value, CreatedDate: version.at / 1000 },
      };
    },
    PutSecretValue(fields) {
      const secret = found(fields);
      const asked = versionOf(fields);
      const Name = textOf(fields, 'SecretId');
      if (!isRepeat(secret.current, asked)) kept.set(Name, { current: asked, previous: secret.current });
      return { ARN: arnOf(Name), Name, VersionId: asked.token, VersionStages: ['AWSCURRENT'] };
    },
    DeleteSecret(fields) {
      found(fields);
      const Name = textOf(fields, 'SecretId');
      kept.delete(Name);
      return { ARN: arnOf(Name), Name, DeletionDate: now() / 1000 };
    },
  };

  return {
    /** Answer a call; undefined where the operation is not known. */
    answer(operation: string, fields: Fields): object | undefined {
      if (!Object.hasOwn(operations, operation)) return undefined;
      const answer = operations[operation]?.(fields);
      if (operation !== 'GetSecretValue') save();
      return answer;
    },
  };
}

const missing = (message: string) => awsProblem('ResourceNotFoundException', message);

/** The same request sent twice, because its answer was lost, does its work once. */
const isRepeat = (there: Version, asked: Version) =>
  there.token === asked.token && there.value === asked.value;

const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-onlyme`;
