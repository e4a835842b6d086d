import * as rules from '../../../adapters/alerts/rules.ts';
import * as watches from '../../../adapters/alerts/watches.ts';
import { again } from '../../../adapters/aws/again.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as projects from '../../../adapters/projects.ts';
import type { createAlertRule, updateAlertRule } from '../../../contracts/alerts.ts';
import type { Output } from '../../../contracts/route.ts';
import type { Merged, Wrong } from '../../../domain/alerts/channels.ts';
import { consequences } from '../../../domain/alerts/consequences.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { WatchState } from '../../../domain/alerts/watch.ts';
import { changedRule, newRule, type Written } from '../../../domain/alerts/write.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import { notFound, Problem, stale } from '../../../domain/problem.ts';
import { newId, now } from '../clock.ts';
import type { Given } from '../http/endpoint.ts';
import { inside } from './inside.ts';
import { stateOf, writtenRule } from './show.ts';
import { forget, freshFor, keeping } from './webhooks.ts';

type Created = Output<typeof createAlertRule>;
type Updated = Output<typeof updateAlertRule>;

export async function addRule(given: Given<typeof createAlertRule>): Promise<Created> {
  const { params, body, caller, operationId, answer, told } = given;
  const { id: project_id } = await projects.load(caller, params.project_id);
  await assertWatchable(caller, project_id, body.deployment_id);
  const by = { id: newId(), project_id, actor: caller.id, at: now() };
  const { rule, secrets } = sound(newRule(body, freshFor(operationId), by), body);
  await assertOutside(rule, body);
  await keeping()(secrets);
  const view = (whole?: Merged['secrets']) => ({
    id: rule.id,
    rule_id: rule.id,
    ...writtenRule(rule, 'ok', whole),
  });
  return again(async () => {
    const done = await rules.create(rule, told('alert_rule.created', rule.id), answer(view(secrets), view()));
    return done ? view(secrets) : undefined;
  });
}

export function changeRule(given: Given<typeof updateAlertRule>): Promise<Updated> {
  const { params, body, caller, ifMatch, operationId } = given;
  const [fresh, keep] = [freshFor(operationId), keeping()];
  return again(async () => {
    const before = await rules.load(caller, params.rule_id);
    if (ifMatch !== undefined && ifMatch !== before.rev) throw stale();
    const written = sound(changedRule(before, body, fresh, now()), body);
    const { rule, secrets } = written;
    if (body.channels) await assertOutside(rule, body);
    if (rule.deployment_id !== before.deployment_id)
      await assertWatchable(caller, rule.project_id, rule.deployment_id);
    const project = await projects.get(rule.project_id);
    const state = await stateOf(rule, project?.prod ?? null);
    if (rule === before) return writtenRule(rule, state);
    await keep(secrets);
    return save(before, written, state, given);
  });
}

/** Write a changed rule with all that follows from it; undefined: something has changed meanwhile. */
async function save(
  before: Rule,
  { rule, secrets, gone }: Written,
  state: WatchState,
  { caller, answer, told }: Given<typeof updateAlertRule>,
): Promise<Updated | undefined> {
  const by = { actor: caller.id, at: Date.now() };
  const next = consequences(before, rule, await watches.ofRule(rule.id), by);
  const following = next.flatMap((one) => watches.following(one.before, one.step, [], newId));
  const view = writtenRule(rule, state, secrets);
  const kept = answer(view, writtenRule(rule, state));
  if (!(await rules.update({ before, following }, rule, told('alert_rule.changed', rule.id), kept)))
    return undefined;
  await forget(gone);
  return view;
}

/** Only online deployments of the same project are watched; any other is as unknown as an unknown one. */
async function assertWatchable(caller: Caller, projectId: string, id: string | null): Promise<void> {
  if (id !== null && (await deployments.load(caller, id)).project_id !== projectId)
    throw notFound('Deployment');
}

async function assertOutside({ channels }: Rule, body: object): Promise<void> {
  const wrong = await inside(channels);
  if (wrong.length > 0) sound({ wrong }, body);
}

/** What was read of a rule, or the problem with it in the words of a validator. */
function sound(read: Written | { wrong: Wrong[] }, body: object): Written {
  if (!('wrong' in read)) return read;
  throw new Problem(
    'invalid',
    read.wrong.map(({ path, why }) => {
      const sent = path[0] !== undefined && Object.hasOwn(body, path[0]);
      return {
        type: 'value_error',
        loc: ['body', ...(sent ? path : [])],
        msg: `Value error, ${why}`,
        ctx: { error: {} },
      };
    }),
  );
}
