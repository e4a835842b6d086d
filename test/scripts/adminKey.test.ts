import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from '../../domain/apiKey.ts';

interface Asked {
  headers: Record<string, unknown>;
  body: string;
}
const asked: Asked[] = [];
let server: Server;

const output = (key: string, value: string) =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;
const described = (outputs: string) =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Slipway-data</StackName><Outputs>${outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const stacks: Record<string, string> = {
  'Slipway-data': described(output('KeysTable', 'keys-A1') + output('ControlTable', 'control-&amp;B2')),
  'Other-data': described(output('Url', 'https://x')),
};

beforeAll(async () => {
  server = createServer(async (req, res) => {
    let body = '';
    for await (const part of req) body += part;
    asked.push({ headers: req.headers, body });
    const isTable = 'x-amz-target' in req.headers;
    const stack = isTable ? '{}' : stacks[new URLSearchParams(body).get('StackName') ?? ''];
    res.writeHead(stack ? 200 : 400);
    res.end(stack ?? '<ErrorResponse><Error><Message>Stack does not exist</Message></Error></ErrorResponse>');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});
afterAll(() => new Promise((closed) => server.close(closed)));
beforeEach(() => {
  asked.length = 0;
});

/** The command as its user runs it, against stand-ins of the two services. */
function run(...args: string[]): Promise<{ code: unknown; out: string; said: string }> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' },
    ...{ AWS_SESSION_TOKEN: 'session', AWS_ENDPOINT_URL: url, AWS_CONFIG_FILE: '/dev/null' },
  };
  return new Promise((done) => {
    execFile(process.execPath, ['scripts/adminKey.ts', ...args], { env }, (error, out, said) =>
      done({ code: error?.code ?? 0, out, said }),
    );
  });
}

test('the first key is made in the tables that the stack names, by a signed call', async () => {
  const { code, out, said } = await run('--stack', 'Slipway');
  expect([code, said]).toEqual([0, '']);
  expect(parse(out.trim())).toBeDefined();
  const [cloudFormation, dynamo] = asked;
  expect(cloudFormation?.body).toBe('Action=DescribeStacks&StackName=Slipway-data&Version=2010-05-15');
  expect(cloudFormation?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/cloudformation\/aws4_request/,
  );
  expect(cloudFormation?.headers['x-amz-security-token']).toBe('session');
  expect(dynamo?.body).toContain('"TableName":"keys-A1"');
  expect(dynamo?.body).toContain('"TableName":"control-&B2"');
  // What is kept is no key.
  expect(dynamo?.body).not.toContain(out.trim().slice(31));
});

test('tables may be named instead, and then nobody is asked for them', async () => {
  const { code, out } = await run('--control-table', 'c', '--keys-table', 'k');
  expect([code, parse(out.trim()) === undefined]).toEqual([0, false]);
  expect(asked).toHaveLength(1);
});

test.each([
  ['a stack that there is not', ['--stack', 'Nobody'], 1, 'Stack does not exist'],
  ['a stack without tables', ['--stack', 'Other'], 1, 'the stack Other-data names no tables'],
  ['nothing', [], 2, 'usage: npm run admin-key -- --stack Slipway'],
  ['one table', ['--control-table', 'c'], 2, 'usage: npm run admin-key'],
])('with %s it says so and makes no key', async (_, args, code, why) => {
  const got = await run(...args);
  expect([got.code, got.out]).toEqual([code, '']);
  expect(got.said).toContain(why);
});
