import { randomUUID } from 'node:crypto';
import type { PublishedEntry } from './awsEvents.ts';
import { createDeliveries } from './deliveries.ts';
import type { Deliver } from './delivery.ts';
import { compilePattern } from './patterns.ts';
import { account, region } from './template/names.ts';
import type { RulePlan } from './template/plan.ts';

export interface Events {
  /** Take events in; what a rule wants of them is on disk when this returns. */
  publish(entries: readonly PublishedEntry[]): void;
  /** What the default bus hears when an object has been written. */
  objectCreated(bucket: string, key: string): void;
  /** A rule whose time has come. */
  fire(rule: RulePlan, at: Date): void;
  /** Hand an event to a function or a machine that nobody waits for; it is on disk when this returns. */
  deliver(target: string, event: string): void;
  /** Go on with what an earlier process left undone. */
  resume(): void;
  /** Resolves when everything taken in so far has been delivered or given up. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The event buses of this machine: rules, their patterns and their targets. */
export function createEvents(options: {
  rules: readonly RulePlan[];
  buses: readonly string[];
  file: string;
  invoke: Deliver;
}): Events {
  const { rules, buses, file, invoke } = options;
  const compiled = rules.flatMap((rule) => {
    if (!rule.pattern) return [];
    try {
      return [{ rule, matches: compilePattern(rule.pattern) }];
    } catch (error) {
      throw new Error(`${rule.name}: ${(error as Error).message}`);
    }
  });
  const deliveries = createDeliveries(file, invoke);

  function publishOne(entry: PublishedEntry): void {
    const bus = entry.EventBusName.replace(/^.*event-bus\//, '');
    // A bus that is not there swallows events on AWS as well.
    if (!buses.includes(bus)) return;
    const { EventId, Source, DetailType, Detail, Resources, Time } = entry;
    const event = envelope(Source, DetailType, Resources, JSON.parse(Detail), Time, EventId);
    deliveries.add(
      compiled
        .filter(({ rule, matches }) => rule.bus === bus && matches(event))
        .flatMap(({ rule }) => addressed(rule, event)),
    );
  }

  return {
    publish: (entries) => {
      for (const entry of entries) publishOne(entry);
    },
    objectCreated: (bucket, key) =>
      publishOne({
        EventId: randomUUID(),
        Source: 'aws.s3',
        DetailType: 'Object Created',
        Resources: [`arn:aws:s3:::${bucket}`],
        Detail: JSON.stringify({
          version: '0',
          bucket: { name: bucket },
          object: { key },
          reason: 'PutObject',
        }),
        EventBusName: 'default',
        Time: new Date().toISOString(),
      }),
    fire: (rule, at) => {
      const event = envelope('aws.events', 'Scheduled Event', [rule.arn], {}, at.toISOString());
      deliveries.add(addressed(rule, event));
    },
    deliver: (target, event) => deliveries.add([{ target, event }]),
    resume: deliveries.resume,
    settled: deliveries.settled,
    stop: deliveries.stop,
  };
}

const addressed = (rule: RulePlan, event: object) =>
  rule.targets.map((target) => ({ target: target.function, event: target.input ?? JSON.stringify(event) }));

const envelope = (
  source: string,
  type: string,
  resources: readonly string[],
  detail: object,
  time: string,
  id: string = randomUUID(),
) => ({
  version: '0',
  id,
  'detail-type': type,
  source,
  account,
  time: time.replace(/\.\d+Z$/, 'Z'),
  region,
  resources,
  detail,
});
