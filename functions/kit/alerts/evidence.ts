import * as models from '../../../adapters/models/models.ts';
import { hour, startOf } from '../../../domain/aggregates/time.ts';
import type { TrafficIn } from '../../../domain/alerts/metrics/service.ts';
import { trafficOf } from '../../../domain/alerts/metrics/service.ts';
import type { Span } from '../../../domain/alerts/metrics/verdict.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import type { Model } from '../../../domain/model.ts';
import { countedSince, type Piece } from './sums.ts';

/** What is known of a deployment at one time: read when a rule asks for it, and once for all its rules. */
export interface Evidence {
  deployment: Deployment;
  /** Epoch milliseconds. */
  now: number;
  model(): Promise<Model>;
  /** What was counted in a window that ends now. */
  piecesIn(span: Span): Promise<Piece[]>;
  /** The traffic of any of these windows, the longest of them last. */
  traffic(windows: readonly Span[]): Promise<TrafficIn>;
}

export function evidenceOf(deployment: Deployment, now: number): Evidence {
  const known = new Map<number, Promise<Piece[]>>();
  const since = (from: number): Promise<Piece[]> => {
    const found = known.get(from) ?? countedSince(deployment.id, from, now);
    known.set(from, found);
    return found;
  };
  const recent = startOf(hour, now) - hour;
  const piecesIn = async ({ from }: Span) =>
    // Short windows are all cut out of the same lanes.
    (await since(from >= recent ? recent : from)).filter(({ start }) => start >= from);
  let model: Promise<Model> | undefined;
  return {
    deployment,
    now,
    piecesIn,
    model: () => {
      model ??= modelOf(deployment);
      return model;
    },
    traffic: async (windows) => {
      const longest = windows.at(-1);
      const pieces = longest ? await piecesIn(longest) : [];
      return ({ from }) => trafficOf(pieces.filter(({ start }) => start >= from).map(({ sums }) => sums));
    },
  };
}

async function modelOf({ project_id, model_id }: Deployment): Promise<Model> {
  const model = await models.get(project_id, model_id);
  if (!model) throw new Error('invariant_broken: a deployment without its model');
  return model;
}
