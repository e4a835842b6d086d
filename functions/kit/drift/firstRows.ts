import { inOrder, type LoggedItem, rowsIn } from '../../../adapters/logs/loggedRows.ts';
import * as artifacts from '../../../adapters/models/artifacts.ts';
import * as models from '../../../adapters/models/models.ts';
import * as serving from '../../../adapters/models/serving.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import {
  baselineRows,
  type First,
  firstOf,
  isUsable,
  withLoggedScores,
  written,
} from '../../../domain/drift/firstRows.ts';
import type { Profile, Raw } from '../../../domain/drift/profile.ts';
import { profileOf as profiled } from '../../../domain/drift/profiler.ts';
import { time } from '../../../domain/fields.ts';
import { windowOf } from '../../../domain/log.ts';
import type { Model } from '../../../domain/model.ts';
import { decodeImage, isRecompile } from '../../../scoring/image/container.ts';
import { restOf } from '../../../scoring/image/predict.ts';
import { newId } from '../clock.ts';
import { described } from '../models/described.ts';
import { problemOf } from '../models/problems.ts';
import { answerOf, isWhole } from './answers.ts';
import { countSince } from './countSince.ts';
import { coverFor } from './cover.ts';
import { holding } from './holding.ts';

/** A model's baseline as a computation of drift needs it. */
export interface BaselineOf {
  profile: Profile;
  created_at: string;
  /** There are more rows without bins than one run counts: the next run goes on. */
  partial: boolean;
  /** Live rows that were logged without bins and without inputs: nobody can count them. */
  left_out: number;
}

/** Where nobody stores inputs, looking for some must not cost more than this many requests. */
const mostSearched = 20_000;

/**
 * The baseline of a deployment's model. Where it was registered without a sample, the first rows of the first
 * deployment that has enough of them become it, for ever; and those that were logged before all predictions had bins
 * are counted into the hours they belong to. So sums of bins are to be read after this. Undefined where there is none
 * yet. `now` is in milliseconds.
 */
export async function baselineFrom(
  deployment: Deployment,
  model: Model,
  now: number,
): Promise<BaselineOf | undefined> {
  const frozen = model.profile ? model : await freeze(deployment, model, now);
  if (!frozen?.profile) return undefined;
  const profile = await serving.profile(frozen.profile);
  if (!profile) throw new Error('the baseline of the model is of another version');
  const { first_rows } = frozen;
  if (!first_rows) return { profile, created_at: frozen.created_at, partial: false, left_out: 0 };
  const own = first_rows.deployment_id === deployment.id ? first_rows.after : undefined;
  return { profile, created_at: first_rows.at, ...(await countSince(deployment, profile, own)) };
}

/** The model with its baseline, whoever made it; undefined while there are too few rows. */
async function freeze(deployment: Deployment, model: Model, now: number): Promise<Model | undefined> {
  const first = await search(deployment, now);
  const profile = first && (await profileOf(deployment, model, first));
  if (!profile) return undefined;
  // Nobody else writes under this name: of two that are made at once, one is frozen and the other is never read.
  const kept = await artifacts.keep(
    model.id,
    `${newId()}/profile.json`,
    Buffer.from(JSON.stringify(profile)),
  );
  const first_rows = { deployment_id: deployment.id, after: first.after, at: time(now) };
  await models.freeze(model, { profile: kept, first_rows, baseline_rows: profile.rows });
  return models.get(model.project_id, model.id);
}

async function search(deployment: Deployment, now: number): Promise<First<LoggedItem> | undefined> {
  const stretch = { from: windowOf(deployment, {}, now).since, to: written(now) };
  const usable: LoggedItem[] = [];
  let [rows, searched] = [0, 0];
  for await (const log of inOrder(deployment, await holding(deployment.id, stretch.from, now), stretch)) {
    if (isUsable(log)) {
      usable.push(log);
      rows += log.rows;
    }
    if (rows >= baselineRows || ++searched === mostSearched) break;
  }
  return firstOf(usable);
}

async function profileOf(deployment: Deployment, model: Model, { taken }: First<LoggedItem>) {
  const reads = await descriptionOf(model);
  if (!reads) return undefined;
  const { output, features } = reads;
  const logs = await rowsIn(
    deployment.id,
    taken.map(({ log }) => log),
  );
  const rows = taken.flatMap((one, i) => (logs[i] ?? []).slice(0, one.rows)).filter(isWhole);
  if (rows.length === 0) return undefined;
  // Every live row has a score: a baseline that lacks some would differ from them for ever.
  const scored = rows.every(({ probabilities }) => probabilities);
  const positive = scored && output.kind === 'binomial' ? output.classes[1] : undefined;
  const unnamed = await unnamedIn(
    deployment,
    rows.map(({ record }) => record),
  );
  const settings = { source: 'first_rows', problem: problemOf(output), positive, unnamed } as const;
  const sampled = rows.map((row) => ({ record: row.record, answer: answerOf(row, positive) }));
  return withLoggedScores(profiled(sampled, described(features, model.schema), settings));
}

/** The columns of which the baseline, which is kept for good, must not hold a value. */
async function unnamedIn(deployment: Deployment, records: readonly Raw[]): Promise<string[]> {
  const cover = await coverFor(deployment);
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  // Numbers are no personal data by themselves.
  const texts = (column: string) =>
    records.flatMap(({ [column]: value }) => (typeof value === 'string' ? [value] : []));
  return columns.filter((column) => cover(column, [...new Set(texts(column))]));
}

/** What the model reads and answers, without its trees; undefined until it is compiled anew. */
async function descriptionOf({ images }: Model) {
  const image = images && decodeImage(await artifacts.read(images.predict));
  return image && !isRecompile(image) ? restOf(image) : undefined;
}
