import * as policies from '../../../adapters/privacy/policies.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import type { FeatureDrift } from '../../../domain/drift/feature.ts';
import type { StoredDrift } from '../../../domain/drift/stored.ts';
import { type Cover, coverOf } from '../../../domain/privacy/covered.ts';

/** Which values of a deployment's columns may not be named where they are counted. */
export async function coverFor({ config, project_id }: Deployment): Promise<Cover> {
  const id = config.privacy_policy_id;
  const policy = id ? await policies.of(project_id, id) : undefined;
  return coverOf(config, id && !policy ? 'unreadable' : policy);
}

/** The names among those found of each column that may be told. */
export const tellable = (cover: Cover, names: ReadonlyMap<string, readonly string[]>) =>
  new Map([...names].map(([column, of]) => [column, of.filter((name) => !cover(column, [name]))] as const));

/** A result without the names of categories that may not be told; their counts say enough. */
export function withoutCovered(stored: StoredDrift, cover: Cover): StoredDrift {
  const hidden = <T extends FeatureDrift>(column: string, drift: T): T => {
    const { categories = [], ...bins } = drift.bins ?? { baseline: [], live: [] };
    return cover(column, categories) ? { ...drift, bins } : drift;
  };
  return {
    ...stored,
    features: Object.fromEntries(
      Object.entries(stored.features).map(([name, drift]) => [name, hidden(name, drift)]),
    ),
    prediction: stored.prediction && hidden('', stored.prediction),
  };
}
