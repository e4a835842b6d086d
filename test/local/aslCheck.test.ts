import { describe, expect, test } from 'vitest';
import { check } from '../../local/asl/check.ts';
import { portable } from '../../local/asl/portable.ts';
import { call, machine, placeholder } from './support/world.ts';

const end = { Type: 'Succeed' };
const inner = (more = {}) => ({ StartAt: 'S', States: { S: { Type: 'Pass', End: true } }, ...more });
const mapped = (more: object, processor: object = inner()) =>
  machine({
    M: { Type: 'Map', Items: '{% $states.input.parts %}', ItemProcessor: processor, End: true, ...more },
  });
const apart = (more: object) =>
  mapped(more, inner({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } }));
const reader = {
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON' },
  Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' },
};
const pass = (Output: unknown) => machine({ A: { Type: 'Pass', Output, End: true } });

const whole = machine(
  {
    Call: call(placeholder('begin'), {
      TimeoutSeconds: 3,
      Retry: [
        {
          ErrorEquals: ['Lambda.ServiceException'],
          IntervalSeconds: 1,
          MaxAttempts: 2,
          BackoffRate: 2,
          MaxDelaySeconds: 5,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: [
        { ErrorEquals: ['States.ALL'], Assign: { why: '{% $states.errorOutput.Error %}' }, Next: 'No' },
      ],
      Assign: { a: 1 },
      Next: 'Ask',
    }),
    Ask: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.outcome = "refused" %}', Next: 'No' }],
      Default: 'Wait',
    },
    Wait: { Type: 'Wait', Seconds: 1, Next: 'Each' },
    Each: {
      Type: 'Map',
      Items: '{% $states.input.parts %}',
      ItemSelector: { part: '{% $states.context.Map.Item.Value %}', run: '{% $states.input.run %}' },
      MaxConcurrency: 5,
      ItemProcessor: inner({ ProcessorConfig: { Mode: 'INLINE' } }),
      Next: 'Both',
    },
    Both: { Type: 'Parallel', Branches: [inner(), inner()], Next: 'Yes' },
    Yes: { Type: 'Pass', Output: { ok: '{% true %}' }, End: true },
    No: { Type: 'Fail', Error: 'Refused', Cause: 'it was refused' },
  },
  { Comment: 'all that is known', TimeoutSeconds: 60 },
);

test('a machine of everything that is known is loaded, and is portable', () => {
  expect(check(whole)).toEqual([]);
  expect(portable(whole)).toEqual([]);
});

test('a distributed Map over a JSON object, with tolerated failures, is loaded', () => {
  const more = {
    ItemReader: reader,
    Items: undefined,
    ToleratedFailureCount: 1,
    Label: 'parts',
    MaxConcurrency: 9,
  };
  expect(check(JSON.parse(JSON.stringify(apart(more))))).toEqual([]);
});

describe('a machine is refused when it is loaded', () => {
  test.each([
    ['a field of the machine', machine({ A: end }, { Foo: 1 }), 'the machine: the field Foo is not known'],
    ['a field of a state', machine({ A: call('f', { HeartbeatSeconds: 1, End: true }) }), 'HeartbeatSeconds'],
    [
      'a field of the older language',
      machine({ A: { Type: 'Pass', ResultPath: '$.a', End: true } }),
      'ResultPath',
    ],
    [
      'a field of a retrier',
      machine({ A: call('f', { Retry: [{ ErrorEquals: ['A'], Foo: 1 }], End: true }) }),
      'Foo',
    ],
    ['a type of state', machine({ A: { Type: 'Loop', End: true } }), 'the state type Loop'],
    [
      'a resource',
      machine({ A: call('f', { Resource: 'arn:aws:states:::sqs:sendMessage', End: true }) }),
      'resource',
    ],
    [
      'a resource that waits',
      machine({ A: call('f', { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true }) }),
      'resource',
    ],
    [
      'an argument of the call',
      machine({ A: call('f', { Arguments: { FunctionName: 'f', InvocationType: 'Event' }, End: true }) }),
      'InvocationType',
    ],
    ['another query language', { ...machine({ A: end }), QueryLanguage: 'JSONPath' }, 'not JSONata'],
    ['a reader of items in an inline Map', mapped({ ItemReader: {} }), 'ItemReader'],
    [
      'tolerated failures in an inline Map',
      mapped({ ToleratedFailurePercentage: 2 }),
      'ToleratedFailurePercentage',
    ],
    [
      'a reader of another kind',
      apart({ ItemReader: { ...reader, ReaderConfig: { InputType: 'CSV' } } }),
      'only a JSON object',
    ],
    [
      'a reader of a listing',
      apart({ ItemReader: { ...reader, Resource: 'arn:aws:states:::s3:listObjectsV2' } }),
      'only a JSON object',
    ],
    [
      'a field of a reader',
      apart({ ItemReader: { ...reader, Arguments: { Bucket: 'b', Prefix: 'p' } } }),
      'Prefix',
    ],
    ['items in batches', apart({ ItemBatcher: {} }), 'ItemBatcher'],
    ['a writer of results', apart({ ResultWriter: {} }), 'ResultWriter'],
    ['a mode', mapped({}, inner({ ProcessorConfig: { Mode: 'OTHER' } })), 'mode'],
    [
      'a distributed Map without a type',
      mapped({}, inner({ ProcessorConfig: { Mode: 'DISTRIBUTED' } })),
      'type of execution',
    ],
    ['a field of a machine inside', mapped({}, inner({ TimeoutSeconds: 3 })), 'TimeoutSeconds'],
    ['a state inside a machine inside', mapped({}, { StartAt: 'S', States: { S: { Type: 'X' } } }), 'M / S'],
    ['a start that is not there', { ...machine({ A: end }), StartAt: 'B' }, 'StartAt'],
    ['a way to nowhere', machine({ A: { Type: 'Pass', Next: 'toString' } }), 'a Next names no state'],
    ['a state without a way out', machine({ A: { Type: 'Pass' } }), 'neither Next nor End'],
    ['a Choice without rules', machine({ A: { Type: 'Choice', Default: 'A' } }), 'Choices is missing'],
    ['a Wait without a time', machine({ A: { Type: 'Wait', End: true } }), 'either Seconds or Timestamp'],
    ['what is no JSONata', pass('{% ( %}'), 'no JSONata'],
    ['$eval', pass('{% $eval("1") %}'), '$eval'],
    [
      'States.ALL among others',
      machine({
        A: call('f', { Catch: [{ ErrorEquals: ['States.ALL', 'A'], Next: 'B' }], Next: 'B' }),
        B: end,
      }),
      'alone and last',
    ],
    ['no object', 'text', 'no object'],
    ['no states', { QueryLanguage: 'JSONata', StartAt: 'A' }, 'States is missing'],
  ])('for %s', (_, definition, problem) => {
    expect(check(definition).join('\n')).toContain(problem);
  });
});
