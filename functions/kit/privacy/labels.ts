import type { Caller } from '../../../domain/apiKey.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { copiesFor } from '../inference/privacy.ts';

/** Labels as the log of a deployment may hold them: what is said of a prediction is kept as the prediction itself is. */
export async function keptLabels<T extends { value: string | number }>(
  caller: Caller,
  deployment: Deployment,
  reports: readonly T[],
): Promise<T[]> {
  const copies = await copiesFor(caller, deployment);
  const labels = reports.map(({ value }) => value);
  const { predictions } = copies.kept({ inputs: null, predictions: labels }, true);
  return reports.map((report, i) => ({ ...report, value: predictions?.[i] ?? '' }));
}
