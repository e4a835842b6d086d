import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import {
  actionsOf,
  all,
  permissions,
  type Statement,
  synthesized,
  synthesizedWithMail,
} from './synthesized.ts';

const machines = ['deploy', 'promote', 'rollback', 'deactivate', 'drift', 'batchScore', 'notify'];
let app: ReturnType<typeof synthesized>;
let may: Map<string, Statement[]>;
beforeAll(() => {
  app = synthesized();
  may = permissions(app);
});

const everything = () => [...may].flatMap(([who, statements]) => statements.map((s) => ({ who, ...s })));
const text = (value: unknown) => JSON.stringify(value);
/** Who may do one of these to a table whose name holds this. */
const whoMay = (table: string, actions: RegExp) =>
  everything().filter(
    (s) => actionsOf(s).some((a) => actions.test(a)) && text(s.Resource).includes(`GetAtt${table}`),
  );

/** Which keys of a table, objects of a bucket, or what else it is that a statement is about. */
function about({ Resource, Condition }: Statement): string {
  const keys = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  const only = Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
  const never = Condition?.['ForAllValues:StringNotEquals']?.['dynamodb:Attributes'];
  const listed = (values: unknown) => [values].flat().join(' ');
  return [
    [...new Set([Resource].flat().map(named))].toSorted().join(' '),
    ...(keys ? [`[${listed(keys)}]`] : []),
    ...(only ? [`only ${listed(only)}`] : []),
    ...(never ? [`never ${listed(never)}`] : []),
  ].join(' ');
}

/** `control`, `models/uploads/*`, `beginOperation`: a resource without what was generated around it. */
function named(resource: unknown): string {
  if (resource === '*') return '*';
  // It comes from another stack, under a name made of both.
  if (/Outputs\.\w*predictlive/.test(text(resource))) return 'predict:live';
  if (/:ses:.*:identity\//.test(text(resource))) return 'identity';
  const [, name = '?'] = /(?:GetAtt|":\[?")([a-zA-Z]+?)(?:logs)?[0-9A-F]{8}/.exec(text(resource)) ?? [];
  return `${name.replace(/^referenceto\w*platform/, '')}${/((?:\/[a-z]+|\/\*)*\/[a-z]+\/\*)"/.exec(text(resource))?.[1] ?? ''}`;
}

test('the permissions are those that were reviewed', async () => {
  const lines = everything().flatMap((s) =>
    actionsOf(s).map((action) => ({ who: s.who, action, on: about(s) })),
  );
  // Where mail is wanted, those who send it may do that; nobody else may do more.
  const mail = [...permissions(synthesizedWithMail())].flatMap(([who, statements]) =>
    statements.flatMap((s) =>
      actionsOf(s)
        .filter((action) => action.startsWith('ses:'))
        .map((action) => ({ who, action, on: about(s) })),
    ),
  );
  const byAction = Map.groupBy(
    [...lines, ...mail],
    ({ who, action }) => `${who.padEnd(26)}${action.padEnd(29)} `,
  );
  const written = [...byAction].map(
    ([line, rows]) =>
      `${line}${rows
        .map((r) => r.on)
        .toSorted()
        .join(', ')}`,
  );
  await expect(`${written.toSorted().join('\n')}\n`).toMatchFileSnapshot('../../docs/permissions.txt');
});

test('nobody may do anything to everything, but set up the delivery of the logs of machines', () => {
  const wide = everything().filter((s) => [s.Resource].flat().includes('*'));
  expect(new Set(wide.map((s) => s.who))).toEqual(new Set(machines.map((name) => `machine ${name}`)));
  for (const statement of wide)
    for (const action of actionsOf(statement))
      expect(action).toMatch(/^logs:\w*(LogDelivery|LogDeliveries|ResourcePolic\w+|LogGroups)$/);
});

test('every action is spelled out, and none of them is a scan', () => {
  for (const statement of everything())
    for (const action of actionsOf(statement)) expect(action, statement.who).not.toMatch(/\*|Scan$/);
});

test('no policy is one that AWS manages', () => {
  for (const { Properties } of Object.values(all(app, 'AWS::IAM::Role')))
    expect(Properties.ManagedPolicyArns).toBeUndefined();
});

test('every access to the control table names the keys it is for', () => {
  const accesses = whoMay('control', /Item$|Query$/);
  expect(accesses).not.toEqual([]);
  for (const { who, Condition } of accesses)
    expect(Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'], who).toBeDefined();
});

test('only what makes projects and what changes what runs may write the pointer to production', () => {
  const attributes = (s: Statement, how: string) =>
    text(s.Condition?.[`ForAllValues:${how}`]?.['dynamodb:Attributes']);
  const writers = whoMay('control', /PutItem|UpdateItem/).filter(
    (s) =>
      text(s.Condition).includes('"P#*"') &&
      !attributes(s, 'StringNotEquals')?.includes('prod') &&
      (attributes(s, 'StringEquals')?.includes('prod') ?? true),
  );
  expect(new Set(writers.map((s) => s.who))).toEqual(
    new Set(['createProject', 'reserveDeployment', 'commitChange', 'sweepOperations']),
  );
});

test('everybody who asks for a key may look one up, and nobody else', () => {
  const readers = whoMay('keys', /GetItem/).map((s) => s.who);
  const asking = routes.filter((r) => r.scope !== 'public').map((r) => r.id);
  expect([...new Set(readers)].toSorted()).toEqual([...asking].toSorted());
});

test('nobody may list the keys', () => {
  expect(whoMay('keys', /Query|Scan|BatchGet/)).toEqual([]);
});

test('the key functions alone write keys; the others no more than when one was last used', () => {
  const only = (s: Statement) => s.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
  const writers = whoMay('keys', /Put|Update|Delete/);
  const free = writers.filter((s) => !only(s)).map((s) => s.who);
  expect(free.toSorted()).toEqual(['createApiKey', 'revokeApiKey']);
  for (const statement of writers.filter(only)) {
    expect(only(statement)).toEqual(['pk', 'last_used_at']);
    expect(statement.Condition?.StringEqualsIfExists?.['dynamodb:ReturnValues']).not.toContain('ALL_NEW');
  }
});

test('who may write only some attributes of an item is told no others', () => {
  const some = everything().filter(
    (s) => s.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'],
  );
  expect(some).not.toEqual([]);
  for (const { who, Condition } of some)
    expect(Condition?.StringEqualsIfExists?.['dynamodb:ReturnValues'], who).toEqual([
      ...['NONE', 'UPDATED_OLD', 'UPDATED_NEW'],
    ]);
});

test('who repeats a request has its own keys of the idempotency table, and nobody has them all', () => {
  const repeatable = routes.filter((r) => 'repeatable' in r && r.repeatable).map((r) => r.id);
  const readers = whoMay('idempotency', /GetItem/);
  expect(readers.map((s) => s.who).toSorted()).toEqual(repeatable.toSorted());
  for (const { Condition } of whoMay('idempotency', /./)) expect(text(Condition)).toMatch(/"[IR]#\*"/);
});

test('whoever has a caller counts his requests', () => {
  const called = routes.filter((r) => r.scope !== 'public').map((r) => r.id);
  const counters = whoMay('idempotency', /UpdateItem/).filter((s) => text(s.Condition).includes('"R#*"'));
  expect(counters.map((s) => s.who).toSorted()).toEqual(called.toSorted());
});

test('predict may read what it serves, write logs, tell of weaker privacy, and nothing more', () => {
  const actions = may.get('predict')?.flatMap(actionsOf) ?? [];
  expect(new Set(actions.filter((a) => !a.startsWith('logs:')))).toEqual(
    new Set([
      ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 's3:GetObject', 's3:PutObject'],
      'secretsmanager:GetSecretValue',
    ]),
  );
  const writes = whoMay('control', /Put|Update|Delete/).filter((s) => s.who === 'predict');
  expect(writes.map(({ Condition }) => Condition)).toEqual([
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['OUT#*'] } },
  ]);
  const secrets = may.get('predict')?.filter((s) => actionsOf(s).some((a) => a.startsWith('secretsmanager')));
  expect(secrets?.map(({ Resource }) => text(Resource).includes('secret:slipway/privacy/*'))).toEqual([true]);
});

test('objects are reached below a prefix and in this account alone', () => {
  const accesses = everything().filter((s) => actionsOf(s).some((a) => /^s3:\w+Object$/.test(a)));
  expect(accesses).not.toEqual([]);
  for (const { who, Resource, Condition } of accesses) {
    for (const resource of [Resource].flat()) expect(text(resource), who).toMatch(/\/[a-z]+\/\*"/);
    expect(Condition?.StringEquals?.['aws:ResourceAccount'], who).toEqual({ Ref: 'AWS::AccountId' });
  }
});

test.each(machines)('machine %s may invoke what it names, and no more', (name) => {
  const asl = readFileSync(`statemachines/${name}.asl.json`, 'utf8');
  // What `lib/spark.ts` names is there with its context alone: test/lib/spark.test.ts.
  const named = new Set(
    [...asl.matchAll(/\$\{(\w+)\}/g)].flatMap(([, step = '']) => (step.startsWith('spark') ? [] : [step])),
  );
  const invoked = (may.get(`machine ${name}`) ?? [])
    .filter((s) => actionsOf(s).includes('lambda:InvokeFunction'))
    .flatMap((s) => [s.Resource].flat())
    .map((arn) => text(arn).match(/(\w+?)[0-9A-F]{8}/)?.[1]);
  expect(named.size).toBeGreaterThan(0);
  expect(new Set(invoked)).toEqual(named);
});
