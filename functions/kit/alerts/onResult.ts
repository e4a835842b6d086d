import * as rules from '../../../adapters/alerts/rules.ts';
import { attentionTo } from '../../../domain/alerts/attention.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import type { StoredDrift } from '../../../domain/drift/stored.ts';
import { bring } from './advance.ts';
import { evidenceOf } from './evidence.ts';
import { found, ofResult } from './found.ts';
import { watchedBy } from './targets.ts';

/** Rules on what a result of drift is about: features, predictions, and how right they were. */
const isAbout = ({ metric, params }: Rule): boolean =>
  metric === 'drift_psi' ||
  metric === 'accuracy_degradation' ||
  (metric === 'prediction_anomaly' && params.of !== 'volume');

/** Evaluate the rules on a new result of drift, once. The result is kept already, so it may be done again. */
export async function judgeResult(deployment: Deployment, result: StoredDrift): Promise<void> {
  const about = (await rules.list(deployment.project_id)).filter((rule) => rule.enabled && isAbout(rule));
  const follows = about.find((rule) => rule.deployment_id === null);
  const production = follows && (await watchedBy(follows));
  const evidence = evidenceOf(deployment, Date.now());
  for (const rule of about) {
    const watches = (rule.deployment_id ?? production) === deployment.id;
    if (!watches || attentionTo(deployment, rule.metric) !== 'judges') continue;
    await bring({ rule, deployment }, (current, last) =>
      current.metric === 'drift_psi'
        ? Promise.resolve(ofResult(current, result, last))
        : found(current, evidence, last),
    );
  }
}
