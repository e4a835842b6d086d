import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createEvents } from '../../local/events.ts';
import { compilePattern } from '../../local/patterns.ts';
import type { RulePlan } from '../../local/template/plan.ts';
import { temporaryHome } from './support/homes.ts';

const { home, remove } = temporaryHome();
afterAll(remove);

describe('an event pattern', () => {
  const event = {
    source: 's',
    n: 5,
    yes: true,
    none: null,
    tags: ['a', 'b'],
    detail: { key: 'spool/x.json', deep: { v: 1 } },
  };
  test.each([
    ['exact text', { source: ['s'] }, true],
    ['one of several', { source: ['r', 's'] }, true],
    ['another text', { source: ['S'] }, false],
    ['an exact number', { n: [5] }, true],
    ['a number as text', { n: ['5'] }, false],
    ['null', { none: [null] }, true],
    ['true', { yes: [true] }, true],
    ['an item of a list', { tags: ['b'] }, true],
    ['no item of a list', { tags: ['c'] }, false],
    ['every field', { source: ['s'], n: [6] }, false],
    ['a nested field', { detail: { deep: { v: [1] } } }, true],
    ['prefix', { detail: { key: [{ prefix: 'spool/' }] } }, true],
    ['another prefix', { detail: { key: [{ prefix: 'dead/' }] } }, false],
    ['suffix', { detail: { key: [{ suffix: '.json' }] } }, true],
    ['anything-but', { source: [{ 'anything-but': 'r' }] }, true],
    ['anything-but of a list', { source: [{ 'anything-but': ['r', 's'] }] }, false],
    ['anything-but of a prefix', { detail: { key: [{ 'anything-but': { prefix: 'spool/' } }] } }, false],
    ['anything-but of what is missing', { nowhere: [{ 'anything-but': 'r' }] }, false],
    ['numeric', { n: [{ numeric: ['>', 0, '<=', 5] }] }, true],
    ['numeric out of its bounds', { n: [{ numeric: ['<', 5] }] }, false],
    ['numeric of a text', { source: [{ numeric: ['=', 5] }] }, false],
    ['exists', { source: [{ exists: true }] }, true],
    ['exists of what is missing', { nowhere: [{ exists: true }] }, false],
    ['exists: false', { detail: { nowhere: [{ exists: false }] } }, true],
    ['exists: false below what is missing', { nowhere: { deeper: [{ exists: false }] } }, true],
    ['what is inherited is not there', { toString: [{ exists: false }] }, true],
  ])('with %s', (_, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  test.each([
    [{ a: [{ wildcard: '*' }] }, /wildcard/],
    [{ a: [{ cidr: '10.0.0.0/8' }] }, /cidr/],
    [{ a: [{ 'equals-ignore-case': 'x' }] }, /equals-ignore-case/],
    [{ $or: [{ a: [1] }] }, /\$or/],
    [{ a: [{ prefix: 1 }] }, /text/],
    [{ a: [{ numeric: ['~', 1] }] }, /numeric/],
    [{ a: [{ numeric: ['>'] }] }, /numeric/],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, /prefix/],
    [{ a: [] }, /empty/],
    [{ a: 'x' }, /object/],
    [{}, /empty/],
  ])('%j is refused when it is read', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  test('of the values of an event itself matches that event', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
      tree: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof({ maxDepth: 3 }, leaf, tie('tree')), {
        minKeys: 1,
      }),
    }));
    const asPattern = (value: Record<string, unknown>): object =>
      Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          item !== null && typeof item === 'object' ? asPattern(item as Record<string, unknown>) : [item],
        ]),
      );
    fc.assert(fc.property(tree, (value) => compilePattern(asPattern(value))(value)));
  });
});

describe('a bus', () => {
  let files = 0;
  const entry = (more = {}) => ({
    EventId: 'e-1',
    Source: 'slipway',
    DetailType: 'deployment.promoted',
    Detail: '{"project":"p"}',
    EventBusName: 'small',
    Resources: ['arn:x'],
    Time: '2026-01-02T03:04:05.678Z',
    ...more,
  });
  const rule = (more: Partial<RulePlan>): RulePlan => ({
    name: 'r',
    arn: 'arn:r',
    bus: 'small',
    targets: [{ id: 't', function: 'note' }],
    ...more,
  });
  function open(
    rules: RulePlan[],
    invoke: (name: string, event: string) => Promise<{ ok: boolean; payload: string }>,
  ) {
    const file = join(home, `events-${files++}.sqlite`);
    const again = (other = invoke) =>
      createEvents({ rules, buses: ['default', 'small'], file, invoke: other });
    return { events: again(), again };
  }
  function listener() {
    const heard: { name: string; event: ReturnType<typeof JSON.parse> }[] = [];
    const invoke = async (name: string, event: string) => {
      heard.push({ name, event: JSON.parse(event) });
      return { ok: true, payload: 'null' };
    };
    return { heard, invoke };
  }

  test('hands an event to the targets of every rule that wants it, in the form of EventBridge', async () => {
    const { heard, invoke } = listener();
    const rules = [
      rule({ pattern: { source: ['slipway'] } }),
      rule({ name: 'other', pattern: { source: ['x'] } }),
    ];
    const { events } = open(rules, invoke);
    events.publish([entry()]);
    await events.settled();
    await events.stop();
    expect(heard).toEqual([
      {
        name: 'note',
        event: {
          version: '0',
          id: 'e-1',
          'detail-type': 'deployment.promoted',
          source: 'slipway',
          account: '000000000000',
          time: '2026-01-02T03:04:05Z',
          region: 'us-east-1',
          resources: ['arn:x'],
          detail: { project: 'p' },
        },
      },
    ]);
  });

  test('keeps its events from the rules of another, and swallows those of none', async () => {
    const { heard, invoke } = listener();
    const { events } = open([rule({ bus: 'default', pattern: { source: ['slipway'] } })], invoke);
    events.publish([entry(), entry({ EventBusName: 'nowhere' })]);
    await events.settled();
    expect(heard).toEqual([]);
    events.publish([entry({ EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/default' })]);
    await events.settled();
    await events.stop();
    expect(heard).toHaveLength(1);
  });

  test('tells of a new object on the default bus', async () => {
    const { heard, invoke } = listener();
    const pattern = {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ prefix: 'spool/' }] } },
    };
    const { events } = open([rule({ bus: 'default', pattern })], invoke);
    events.objectCreated('box', 'spool/a');
    events.objectCreated('box', 'elsewhere/a');
    await events.settled();
    await events.stop();
    expect(heard).toMatchObject([
      { event: { detail: { bucket: { name: 'box' }, object: { key: 'spool/a' } } } },
    ]);
  });

  test('fires a schedule with its own input where it has one', async () => {
    const { heard, invoke } = listener();
    const { events } = open([], invoke);
    events.fire(
      rule({
        targets: [
          { id: 't', function: 'note' },
          { id: 'u', function: 'other', input: '{"own":1}' },
        ],
      }),
      new Date(0),
    );
    await events.settled();
    await events.stop();
    expect(heard).toMatchObject([
      {
        name: 'note',
        event: {
          source: 'aws.events',
          'detail-type': 'Scheduled Event',
          time: '1970-01-01T00:00:00Z',
          resources: ['arn:r'],
        },
      },
      { name: 'other', event: { own: 1 } },
    ]);
  });

  test('tries a function that fails three times', async () => {
    let calls = 0;
    const { events } = open([rule({ pattern: { source: ['slipway'] } })], async () => {
      calls++;
      return { ok: false, payload: '{}' };
    });
    events.publish([entry()]);
    await events.settled();
    await events.stop();
    expect(calls).toBe(3);
  });

  test('delivers again after a crash what had been taken in and not been done', async () => {
    const { events, again } = open([rule({ pattern: { source: ['slipway'] } })], () => new Promise(() => {}));
    events.publish([entry()]);
    const { heard, invoke } = listener();
    const later = again(invoke);
    later.resume();
    await later.settled();
    await later.stop();
    expect(heard).toHaveLength(1);
  });

  test('is not opened with a pattern that it cannot read, and says whose it is', () => {
    expect(() =>
      open([rule({ name: 'mine', pattern: { a: [{ wildcard: '*' }] } })], listener().invoke),
    ).toThrow(/^mine: .*wildcard/);
  });
});
