import type { Context } from 'aws-lambda';
import { plainItem } from '../../../adapters/aws/attributes.ts';
import { chance } from '../../domain/aggregates/samples.ts';
import { closeHours, delivered, logAt, logStream } from '../../support/logs.ts';
import type { World } from '../../support/world.ts';
import { counting, hour, itIs, noon } from './counting.ts';

export const minute = 60_000;
type Row = Record<string, unknown>;

/** A world at noon with deployments, and what is asked of alerts in it. */
export async function alerting() {
  const place = await counting();
  return { ...place, ...alertsOf(place.world) };
}

/** What is asked of alerts in a world, and what it has written down about them. */
export function alertsOf(world: World) {
  const { call } = world;
  const random = chance(11);
  const told = logStream(world);
  const control = (begin: string): Row[] =>
    world.hooks.table
      .items('control')
      .map((item) => plainItem(item as never))
      .filter(({ pk }) => String(pk).startsWith(begin));

  /** The same of a deployment as many times, in the seconds from `at` on, and counted at once. */
  const log = async (id: string, at: number, of: { status?: number; latency?: number; times?: number }) => {
    const { status = 200, latency = 5, times = 1 } = of;
    for (let i = 0; i < times; i++)
      await logAt(id, at + (i % 59) * 1000, random, { status_code: status, latency_ms: latency });
  };
  return {
    log,
    count: () => delivered(world, told()),
    close: () => closeHours(world),
    evaluate: (): Promise<unknown> =>
      world.functions.get('evaluateAlerts')?.({}, {} as Context) ?? Promise.reject(),
    create: async (project_id: string, more: Row) => {
      const body = {
        ...{ name: 'rule', metric: 'error_rate', operator: 'gt', threshold: 5, severity: 'warning' },
        channels: [{ type: 'email', config: { to: ['a@example.com'] } }],
        ...more,
      };
      const got = await call('createAlertRule', { params: { project_id }, body });
      if (got.status !== 201) throw new Error(JSON.stringify(got.body));
      return got.body.rule as Row & { id: string };
    },
    backtest: (rule_id: string) => call('backtestAlertRule', { params: { rule_id } }),
    alerts: async (project_id: string, query = '') =>
      (await call('listAlerts', { params: { project_id }, query })).body.items as Row[],
    deliveries: () => control('DELIVERY#').map((item) => JSON.parse(String(item.message)) as Row),
    watches: () => control('RULE#').filter(({ sk }) => String(sk).startsWith('W#')),
    control,
  };
}
export { hour, itIs, noon };
