import * as rules from '../../../adapters/alerts/rules.ts';
import * as watches from '../../../adapters/alerts/watches.ts';
import { plainItem } from '../../../adapters/aws/attributes.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { newWatch } from '../../../domain/alerts/watch.ts';
import { advance } from '../../../functions/kit/alerts/advance.ts';
import { found, minute, start, type Verdict } from '../../support/alerts.ts';
import { openWire, type Sent } from './wire.ts';

/** A project with a deployment, and rules that watch it without an evaluator: a test says what was found. */
export async function openAlerts() {
  const wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  const deployment_id = await wire.deploy(project_id, model_id, { stage: 'production' });
  const base = `/api/mlops/projects/${project_id}`;
  const body = {
    ...{ name: 'rule', metric: 'error_rate', operator: 'gt', threshold: 5, severity: 'warning' },
    ...{ deployment_id, for: { breaches: 1, of: 1 } },
    channels: [{ type: 'webhook', config: { url: 'https://example.com/hook' } }],
  };
  const create = (more: object = {}, sent: Sent = {}) =>
    wire.send('POST', `${base}/alert-rules`, { ...sent, body: { ...body, ...more } });
  const made = async (more: object = {}): Promise<string> => {
    const got = await create(more);
    if (got.status !== 201) throw new Error(JSON.stringify(got.body));
    return got.body.id;
  };

  /** What is found of a rule, minute by minute from `from` on; as many evaluators at once as `times` says, by the rule as they read it. */
  const find = async (
    ruleId: string,
    verdicts: Verdict[],
    { from = 0, times = 1, as }: { from?: number; times?: number; as?: Rule | undefined } = {},
  ) => {
    const won: number[] = [];
    for (const [i, verdict] of verdicts.entries()) {
      const at = start + (from + i) * minute;
      const rule = as ?? (await rules.get(project_id, ruleId));
      const deployment = await deployments.get(project_id, 'online', deployment_id);
      if (!rule || !deployment) throw new Error('nothing to watch');
      const before = (await watches.get(ruleId, deployment_id)) ?? newWatch(rule, deployment_id, at);
      const one = () => advance({ rule, deployment }, before, found(verdict, at), at);
      const done = await Promise.all(Array.from({ length: times }, one));
      won.push(done.filter(Boolean).length);
    }
    return won;
  };

  /** Run something, and something else right before the so manyth call of a service that it makes. False: it made fewer. */
  const amid = async (nth: number, run: () => Promise<unknown>, other: () => Promise<unknown>) => {
    const { around } = wire.hooks;
    let calls = 0;
    wire.hooks.around = async (call, next) => {
      if (++calls === nth) {
        wire.hooks.around = around;
        await other();
      }
      return around(call, next);
    };
    await run();
    wire.hooks.around = around;
    return calls >= nth;
  };

  const control = (begin: string): Record<string, unknown>[] =>
    wire.table
      .items('control')
      .map((item) => plainItem(item as never))
      .filter(({ pk }) => String(pk).startsWith(begin));

  return {
    ...{ ...wire, project_id, model_id, deployment_id, base, body, create, made, find, amid, control },
    rule: (id: string, method = 'GET', sent: Sent = {}) =>
      wire.send(method, `/api/mlops/alert-rules/${id}`, sent),
    alerts: async (query = '') => (await wire.send('GET', `${base}/alerts${query}`)).body,
    alert: (id: string) => wire.send('GET', `/api/mlops/alerts/${id}`),
    ack: (id: string, method = 'POST', sent: Sent = {}) =>
      wire.send(method, `/api/mlops/alerts/${id}/ack`, sent),
  };
}
export type Alerts = Awaited<ReturnType<typeof openAlerts>>;
