// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in.
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from '../../local/template/assembly.ts';
import { type Plan, readPlan } from '../../local/template/plan.ts';
import { createResolver } from '../../local/template/resolve.ts';
import { type Application, synthesize } from '../../local/template/synth.ts';
import { root, temporaryHome } from './support/homes.ts';

const { home, remove } = temporaryHome();
afterAll(remove);
const url = 'http://127.0.0.1:8888';

describe('a synthesized application', () => {
  const small: Application = {
    root,
    entry: 'test/local/support/app.ts',
    parts: ['test/local/support/app.ts'],
  };
  let plan: Plan;
  beforeAll(async () => {
    const { folder, made } = await synthesize(home, small);
    expect(made).toBe(true);
    plan = readPlan(folder, url);
  });

  test('is found again as long as nothing it is made of has changed', async () => {
    expect(await synthesize(home, small)).toMatchObject({ made: false });
    expect(readdirSync(join(home, 'template'))).toHaveLength(1);
  });

  test('names every function by its file, with environment, timeout and memory', () => {
    expect(plan.functions.map(({ name }) => name).sort()).toEqual(['echo', 'note', 'otherwise']);
    const [things, keys] = plan.tables.map(({ name }) => name);
    expect(plan.functions.find(({ name }) => name === 'echo')).toEqual({
      name: 'echo',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
      source: 'test/local/support/functions/echo.ts',
      env: { THINGS: things, KEYS: keys, FILES: plan.buckets[0]?.name, MACHINE: plan.machines[0]?.arn },
      timeoutSeconds: 10,
      memoryMb: 512,
    });
  });

  test('gives the routes of nested stacks and the one that takes the rest', () => {
    expect(plan.routes).toHaveLength(2);
    expect(plan.routes).toContainEqual({ method: 'POST', path: '/things/{thing}', function: 'echo' });
    expect(plan.routes).toContainEqual({ method: '$default', path: '', function: 'otherwise' });
  });

  test('gives tables with keys, local indexes, streams and the attribute of their time to live', () => {
    expect(plan.tables).toMatchObject([
      {
        ttl: 'exp',
        stream: true,
        definition: {
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          LocalSecondaryIndexes: [{ IndexName: 'pin', Projection: { ProjectionType: 'ALL' } }],
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        },
      },
      { ttl: undefined, stream: false },
    ]);
  });

  test('tells which bucket announces its objects, by a name that S3 would accept', () => {
    expect(plan.buckets).toEqual([{ name: expect.stringMatching(/^[a-z\d-]{3,63}$/), events: true }]);
  });

  test('gives event source mappings with their filters and the way they fail', () => {
    expect(plan.mappings).toMatchObject([
      {
        table: plan.tables[0]?.name,
        function: 'note',
        batchSize: 100,
        filters: [{ eventName: ['INSERT'], dynamodb: { NewImage: { sk: { S: [{ prefix: 'E#' }] } } } }],
        bisect: true,
        reportFailures: true,
        retries: 3,
      },
    ]);
  });

  test('gives rules on their bus, with a schedule or a pattern in which every name is filled in', () => {
    expect(plan.buses).toEqual(['default', 'small']);
    expect(plan.rules).toMatchObject([
      { bus: 'default', schedule: 'rate(1 minute)', targets: [{ function: 'note' }] },
      { bus: 'default', pattern: { detail: { bucket: { name: [plan.buckets[0]?.name] } } } },
    ]);
  });

  test('gives state machines with their substitutions applied', () => {
    expect(plan.machines).toMatchObject([
      {
        type: 'EXPRESS',
        definition: {
          States: {
            Only: {
              Arguments: {
                FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:note',
                Payload: '{% $states.input %}',
              },
            },
          },
        },
      },
    ]);
  });

  test('tells the outputs that are meant for people', () => {
    expect(plan.outputs).toEqual({ Url: url, Keys: plan.tables[1]?.name });
  });
});

describe('the cache of the template', () => {
  const app = (body: string) =>
    `import { App, Stack } from 'aws-cdk-lib';\nconst app = new App();\n${body}\napp.synth();`;
  const project = join(home, 'project');
  const application = { root: project, entry: 'app.ts', parts: ['app.ts', 'lib'] };
  beforeAll(() => {
    mkdirSync(join(project, 'lib'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
    writeFileSync(join(project, 'package.json'), '{"type":"module"}');
    writeFileSync(join(project, 'app.ts'), app("new Stack(app, 'One');"));
  });

  test('is left when a file changes, and the old template is thrown away', async () => {
    const cached = join(home, 'cached');
    const { folder } = await synthesize(cached, application);
    writeFileSync(join(project, 'lib', 'new.ts'), '// a new file');
    const again = await synthesize(cached, application);
    expect(again.made).toBe(true);
    expect(again.folder).not.toBe(folder);
    expect(readdirSync(join(cached, 'template'))).toHaveLength(1);
  });

  test('is copied into a new home, and only a few are kept for that', async () => {
    const shared = join(home, 'shared');
    const of = (name: string) => synthesize(join(home, name), { ...application, shared });
    const first = await of('first');
    const second = await of('second');
    expect([first.made, second.made]).toEqual([true, false]);
    const [files, same] = [first, second].map(({ folder }) => readdirSync(folder));
    expect(same).toEqual(files);
    // Half a template is none.
    rmSync(join(shared, basename(first.folder), 'manifest.json'));
    expect((await of('third')).made).toBe(true);
    expect((await of('once more')).made).toBe(false);
    for (let i = 0; i < 5; i++) mkdirSync(join(shared, `old ${i}`));
    writeFileSync(join(project, 'lib', 'another.ts'), '// another file');
    await of('fourth');
    expect(readdirSync(shared).length).toBeLessThanOrEqual(4);
  });

  test('holds nothing of an application that fails, and the failure is told', async () => {
    const broken = join(home, 'broken');
    cpSync(project, join(home, 'project2'), { recursive: true });
    writeFileSync(join(home, 'project2', 'app.ts'), app("throw new Error('no such luck');"));
    await expect(synthesize(broken, { ...application, root: join(home, 'project2') })).rejects.toThrow(
      /no such luck/,
    );
    expect(readdirSync(join(broken, 'template')).filter((name) => !name.startsWith('draft'))).toEqual([]);
  });
});

describe('an intrinsic function', () => {
  const other: Stack = {
    name: 'Other',
    nested: new Map(),
    template: {
      Resources: { box: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'a-box' } } },
      Outputs: { Box: { Value: { Ref: 'box' }, Export: { Name: 'Other:Box' } }, Plain: { Value: 'plain' } },
    },
  };
  const stack: Stack = {
    name: 'Here',
    nested: new Map(),
    template: {
      Parameters: { Size: { Default: 'large' }, Nothing: {} },
      Conditions: {
        IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] },
        IsSmall: { 'Fn::Not': [{ Condition: 'IsLarge' }] },
        Either: { 'Fn::Or': [{ Condition: 'IsSmall' }, { Condition: 'IsLarge' }] },
        Both: { 'Fn::And': [{ Condition: 'IsSmall' }, { Condition: 'IsLarge' }] },
      },
      Resources: {
        table: { Type: 'AWS::DynamoDB::Table' },
        strange: { Type: 'AWS::Strange::Thing' },
        bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'b' }, Condition: 'IsLarge' },
        rare: { Type: 'AWS::Events::EventBus', Properties: { Name: 'c' }, Condition: 'IsSmall' },
      },
    },
  };
  const inside: Stack = {
    name: 'Here-inner',
    nested: new Map(),
    parent: { stack, parameters: { Given: { 'Fn::GetAtt': ['table', 'Arn'] } } },
    template: { Parameters: { Given: {} }, Outputs: { Back: { Value: { Ref: 'Given' } } } },
  };
  stack.nested.set('inner', inside);
  const resolver = createResolver([stack, other], url);
  const resolve = (value: unknown, where = stack) => resolver.value(value, where, 'asking');
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Here-table';

  test.each([
    ['Ref to a resource', { Ref: 'table' }, 'Here-table'],
    ['Ref to a parameter', { Ref: 'Size' }, 'large'],
    ['Ref to the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref to the region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Ref to nothing takes its property away', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['Ref to nothing takes its item away', [1, { Ref: 'AWS::NoValue' }], [1]],
    ['GetAtt', { 'Fn::GetAtt': ['table', 'Arn'] }, arn],
    ['GetAtt in one string', { 'Fn::GetAtt': 'table.Arn' }, arn],
    ['GetAtt of what a nested stack gives back', { 'Fn::GetAtt': ['inner', 'Outputs.Back'] }, arn],
    [
      'Sub',
      { 'Fn::Sub': '${AWS::Region}/${table}/${table.Arn}/${!kept}' },
      `us-east-1/Here-table/${arn}/\${kept}`,
    ],
    ['Sub with variables', { 'Fn::Sub': ['${a}-${Size}', { a: { Ref: 'table' } }] }, 'Here-table-large'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-large'],
    ['Select from Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['If', { 'Fn::If': ['IsLarge', { Ref: 'Size' }, { Ref: 'Nothing' }] }, 'large'],
    ['If on Not', { 'Fn::If': ['IsSmall', 1, 2] }, 2],
    ['If on Or', { 'Fn::If': ['Either', 1, 2] }, 1],
    ['If on And', { 'Fn::If': ['Both', 1, 2] }, 2],
    ['ImportValue', { 'Fn::ImportValue': 'Other:Box' }, 'a-box'],
    ['GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Plain' } }, 'plain'],
    [
      'a policy with a key Condition is left alone',
      { Condition: { Bool: true } },
      { Condition: { Bool: true } },
    ],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test('takes a parameter of a nested stack from the stack around it', () => {
    expect(resolve({ Ref: 'Given' }, inside)).toBe(arn);
  });

  test('leaves out resources whose condition does not hold', () => {
    expect(resolver.all('AWS::Events::EventBus').map(({ id }) => id)).toEqual(['bus']);
  });

  test.each([
    ['that is not known', { 'Fn::Cidr': [] }, /^asking: nothing here knows Fn::Cidr/],
    ['Ref to what is not there', { Ref: 'nobody' }, /^asking: Ref to nobody/],
    ['Ref to a parameter without a value', { Ref: 'Nothing' }, /^asking: Ref to Nothing/],
    ['GetAtt of what is not there', { 'Fn::GetAtt': ['nobody', 'Arn'] }, /^asking: GetAtt of nobody/],
    [
      'GetAtt of an attribute that is not known',
      { 'Fn::GetAtt': ['table', 'Colour'] },
      /^asking: .*table\.Colour/,
    ],
    ['Ref to a resource of a kind that is not known', { Ref: 'strange' }, /^strange: .*AWS::Strange::Thing/],
    [
      'ImportValue of what nobody exports',
      { 'Fn::ImportValue': 'nothing' },
      /^asking: nothing exports nothing/,
    ],
    ['If on a condition that is not there', { 'Fn::If': ['Never', 1, 2] }, /^asking: no condition Never/],
    ['Select beyond the end', { 'Fn::Select': [3, ['a']] }, /^asking: Fn::Select/],
    [
      'GetStackOutput of no stack',
      { 'Fn::GetStackOutput': { StackName: 'X', OutputName: 'Y' } },
      /^asking: no stack X/,
    ],
  ])('%s is an error with the logical id', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
