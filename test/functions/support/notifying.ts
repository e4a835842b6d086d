import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { added } from '../../../adapters/alerts/deliveries.ts';
import * as rules from '../../../adapters/alerts/rules.ts';
import { transact } from '../../../adapters/aws/transact.ts';
import { outside } from '../../../adapters/outbound/post.ts';
import { deliveriesOf, type Message } from '../../../domain/alerts/delivery.ts';
import { newId } from '../../../functions/kit/clock.ts';
import { run } from '../../../local/asl/run.ts';
import { plainItems } from '../../support/campaign/watch.ts';
import { message } from '../../support/messages.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { createWorld, type World } from '../../support/world.ts';

export const slack = 'https://hooks.slack.com/services/T000/B000/abcdWXYZ';
export const hook = 'https://hooks.example.com/in';
const machine = JSON.parse(readFileSync('statemachines/notify.asl.json', 'utf8'));

/** An event of the outbox that starts the sending of a delivery. */
interface Started {
  detail: { project_id: string; delivery_sk: string; subject: string };
}
/** A row of the control table. */
type Row = Record<string, unknown>;

export interface Notifying {
  world: World;
  receiver: Receiver;
  project_id: string;
  /** Every line that functions wrote. */
  lines: string[];
  rule(channels: object[]): Promise<{ id: string; secret: string }>;
  /** Write what a rule has to say; the events that follow. */
  say(ruleId: string, alert?: Partial<Message['alert']>, more?: Partial<Message>): Promise<Started[]>;
  /** Carry one such event to its end; time passes as its machine waits. How many states that took. */
  deliver(started: Started): Promise<number>;
  ask(name: 'sendDelivery' | 'giveUpDelivery', started: Started): Promise<unknown>;
  rows(prefix: string): Row[];
  row(started: Started): Row;
  close(): Promise<void>;
}

/** The system with a project, a receiver in place of the outside, and a clock that the test moves. */
export async function startNotifying(): Promise<Notifying> {
  const receiver = await startReceiver();
  const usual = { ...outside };
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.stubEnv('ALERT_SENDER', 'alerts@example.com');
  const world = await createWorld(Date.now);
  Object.assign(outside, receiver.ways);
  const { project_id } = (await world.call('createProject', { body: { name: 'alerts' } })).body;
  const lines: string[] = [];
  const written = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((line) => lines.push(String(line)) > 0);

  const rows = (prefix: string) =>
    plainItems(world.hooks.table, 'control').filter(({ pk }) => String(pk).startsWith(prefix));
  const ask: Notifying['ask'] = async (name, { detail }) =>
    world.functions.get(name)?.(
      { project_id: detail.project_id, delivery_sk: detail.delivery_sk },
      {} as Context,
    );
  return {
    ...{ world, receiver, project_id, lines, ask, rows },
    rule: async (channels) => {
      const body = {
        name: 'Drift',
        metric: 'drift_psi',
        operator: 'gte',
        threshold: 0.25,
        severity: 'critical',
      };
      const { status, body: made } = await world.call('createAlertRule', {
        params: { project_id },
        body: { ...body, channels },
      });
      if (status !== 201) throw new Error(JSON.stringify(made));
      const secrets = made.rule.channels.flatMap(
        ({ config }: { config: { secret?: string } }) => config.secret ?? [],
      );
      return { id: made.id, secret: secrets[0] ?? '' };
    },
    say: async (ruleId, alert = {}, more = {}) => {
      const rule = await rules.get(project_id, ruleId);
      if (!rule) throw new Error('no such rule');
      const deliveries = deliveriesOf(rule, { ...message(alert), ...more }, Date.now(), newId);
      const items = deliveries.map(added);
      await transact(newId(), items.flat());
      return items.map(([, told]) => ({ detail: told?.Put?.Item as Started['detail'] }));
    },
    deliver: async (started) => {
      let states = 0;
      await run(machine, started, {
        invoke: async (name, payload) => world.functions.get(name)?.(payload, {} as Context),
        sleep: async (seconds) => void vi.setSystemTime(Date.now() + seconds * 1_000),
        now: Date.now,
        random: () => 0.5,
        entered: () => {
          states += 1;
        },
      });
      return states;
    },
    row: ({ detail }) => rows('DELIVERY#').find(({ sk }) => sk === detail.delivery_sk) ?? {},
    close: async () => {
      written.mockRestore();
      vi.useRealTimers();
      vi.unstubAllEnvs();
      Object.assign(outside, usual);
      await receiver.close();
    },
  };
}
