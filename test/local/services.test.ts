import { request } from 'node:http';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateActivityCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { refusalOf } from './support/s3.ts';
import { arn, servedServices } from './support/services.ts';
import { call, machine } from './support/world.ts';

const { here, has, begin } = servedServices();

describe('what Step Functions refuses', () => {
  test.each([
    ['a machine that is not there', 'StateMachineDoesNotExist', () => begin(arn('none'), 'n')],
    [
      'a name with a space',
      'InvalidName',
      () => begin(has('ok', 'STANDARD', machine({ A: call('add') })), 'a b'),
    ],
    [
      'an input that is no JSON',
      'InvalidExecutionInput',
      () => {
        const stateMachineArn = has('ok', 'STANDARD', machine({ A: call('add') }));
        return here.states.send(new StartExecutionCommand({ stateMachineArn, input: '{' }));
      },
    ],
    [
      'an execution that is not there',
      'ExecutionDoesNotExist',
      () => here.states.send(new DescribeExecutionCommand({ executionArn: `${arn('none')}:x` })),
    ],
    [
      'a definition with what is not known',
      'InvalidDefinition',
      () => begin(has('odd', 'STANDARD', machine({ A: { Type: 'Loop', End: true } })), 'n'),
    ],
  ])('%s: %s', async (_, name, attempt) => {
    expect(await refusalOf(attempt())).toEqual([name, 400]);
  });
});

describe('PutEvents', () => {
  test('publishes what is in order and answers the rest entry by entry', async () => {
    const Time = new Date('2026-01-01T00:00:00Z');
    const good = {
      Source: 'slipway',
      DetailType: 'deployment.created',
      Detail: '{"a":1}',
      EventBusName: 'slipway',
      Time,
    };
    const bad = [
      { ...good, Detail: 'no json' },
      { ...good, Source: undefined },
    ];
    const { FailedEntryCount, Entries } = await here.events.send(
      new PutEventsCommand({ Entries: [good, ...bad] }),
    );
    expect(FailedEntryCount).toBe(2);
    expect(Entries).toMatchObject([
      { EventId: here.published[0]?.EventId },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'InvalidArgument' },
    ]);
    expect(here.published).toMatchObject([{ ...good, Time: '2026-01-01T00:00:00.000Z', Resources: [] }]);
  });

  test('takes ten entries and no more', async () => {
    const Entries = Array.from({ length: 11 }, () => ({ Source: 's', DetailType: 't', Detail: '{}' }));
    expect(await refusalOf(here.events.send(new PutEventsCommand({ Entries })))).toEqual([
      'ValidationException',
      400,
    ]);
    await here.events.send(new PutEventsCommand({ Entries: Entries.slice(1) }));
    expect(here.published).toHaveLength(10);
  });
});

describe('a call that is not known', () => {
  test('of a known service is 501 with the name of both', async () => {
    const refused = here.states.send(new CreateActivityCommand({ name: 'a' }));
    await expect(refused).rejects.toThrow('Step Functions CreateActivity is not known here');
    await expect(refused).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  });

  test.each([
    ['POST', '/', { 'x-amz-target': 'secretsmanager.RotateSecret' }, 'Secrets Manager RotateSecret'],
    ['POST', '/', { 'x-amz-target': 'AWSStepFunctions.toString' }, 'Step Functions toString'],
    ['POST', '/schedules/nightly', {}, 'Scheduler CreateSchedule'],
    ['PUT', '/v2/email/outbound-emails', {}, 'SES PUT'],
    ['GET', '/anything', {}, 'The service of this call'],
    ['POST', '/service/X/operation/Y', { 'smithy-protocol': 'rpc-v2-cbor' }, 'rpc-v2-cbor'],
  ])('%s %s %j is 501 and says what it is', async (method, path, headers, said) => {
    const reply = await fetch(here.services.url + path, { method, headers });
    expect([reply.status, reply.headers.get('x-amzn-errortype')]).toEqual([501, 'NotImplemented']);
    expect(await reply.text()).toContain(said);
  });

  test('from a page that gave itself a name of its own is not even looked at', async () => {
    const headers = { host: 'attacker.example', 'x-amz-target': 'AWSEvents.PutEvents' };
    const status = await new Promise((done) => {
      request(here.services.url, { method: 'POST', headers }, ({ statusCode }) => done(statusCode)).end('{}');
    });
    expect([status, here.published]).toEqual([403, []]);
  });

  test.each(['[]', 'no json', '"text"', 'null'])('with the body %s is refused by name', async (body) => {
    const headers = { 'x-amz-target': 'AWSEvents.PutEvents' };
    const reply = await fetch(here.services.url, { method: 'POST', headers, body });
    expect([reply.status, await reply.json()]).toMatchObject([400, { __type: 'SerializationException' }]);
  });
});
