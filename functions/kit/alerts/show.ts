import type * as z from 'zod';
import * as watches from '../../../adapters/alerts/watches.ts';
import type { AlertRule } from '../../../contracts/alertShapes.ts';
import { type Merged, shownChannels } from '../../../domain/alerts/channels.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { warningsOf } from '../../../domain/alerts/warnings.ts';
import type { WatchState } from '../../../domain/alerts/watch.ts';

/** How it stands with a rule: with the deployment that it names, or with the one in production. */
export async function stateOf(rule: Rule, production: string | null): Promise<WatchState> {
  const deploymentId = rule.deployment_id ?? production;
  const watch = deploymentId === null ? undefined : await watches.get(rule.id, deploymentId);
  return watch?.edition === rule.edition ? watch.state : 'ok';
}

/** A rule as it is shown; the secrets given are shown whole. */
export const shownRule = (
  rule: Rule,
  state: WatchState,
  secrets: Merged['secrets'] = [],
): z.input<typeof AlertRule> => ({
  ...rule,
  rule_id: rule.id,
  channels: shownChannels(rule.channels, secrets),
  state,
});

/** What is answered to whoever writes a rule. */
export const writtenRule = (rule: Rule, state: WatchState, secrets?: Merged['secrets']) => ({
  rule: shownRule(rule, state, secrets),
  warnings: warningsOf(rule, Boolean(process.env.ALERT_SENDER)),
});
