import * as artifacts from '../../../adapters/models/artifacts.ts';
import type { Raw } from '../../../domain/drift/profile.ts';
import { type Completion, type Model, type ModelSchema, mostFeatures } from '../../../domain/model.ts';
import type { Model as Scorer } from '../../../scoring/model.ts';
import { probe } from '../../../scoring/probe.ts';
import { compiled, keepImages, readArtifact } from './compiled.ts';
import { problemOf } from './problems.ts';
import { reportOf } from './report.ts';
import { type Baseline, baselineOf } from './sample/baseline.ts';

/** Read what was uploaded for a model and keep it, or say why it is refused. Nothing is kept of what is refused. */
export async function examine(model: Model, size: number): Promise<Completion | string> {
  if (size > artifacts.mostBytes.artifact)
    return `The artifact has ${size} bytes, more than the ${artifacts.mostBytes.artifact} allowed`;
  const bytes = await artifacts.readUpload(model.id, 'artifact');
  const read = readArtifact(bytes, model.schema);
  if ('refusal' in read) return [read.refusal.message, read.refusal.hint].filter(Boolean).join(' ');
  if (model.format !== null && model.format !== read.report.format)
    return `The artifact is ${read.report.format}, not ${model.format}`;
  const unfit = misfit(model.schema, read.model);
  if (unfit) return unfit;
  const fit = compiled(read.model);
  if (typeof fit === 'string') return fit;
  const { record, prediction } = probe(read.model, fit.model);
  const baseline = await baselineFor(model, fit.model, record);
  if (typeof baseline === 'string') return baseline;
  return {
    algo: model.algo ?? read.report.algo,
    format: read.report.format,
    schema: { ...schemaOf(read.model), ...model.schema },
    artifact: await artifacts.keep(model.id, 'artifact', bytes),
    images: await keepImages(model.id, fit.images),
    probe: { values: read.model.features.map(({ name }) => record[name] ?? null), prediction },
    classes: keptClasses(read.model.output),
    report: reportOf(read),
    ...(await keepBaseline(model, baseline)),
  };
}

/** What comes of the sample; null where none was uploaded. */
async function baselineFor(
  { id, schema }: Model,
  scorer: Scorer,
  probe: Raw,
): Promise<Baseline | null | string> {
  const size = await artifacts.uploaded(id, 'baseline');
  if (size === undefined) return null;
  if (size > artifacts.mostBytes.baseline)
    return `The baseline has ${size} bytes, more than the ${artifacts.mostBytes.baseline} allowed`;
  return baselineOf(await artifacts.readUpload(id, 'baseline'), scorer, { probe, schema });
}

async function keepBaseline({ id }: Model, baseline: Baseline | null) {
  if (!baseline) return { has_baseline: false, profile: null, baseline_rows: null, baseline_refused: null };
  await artifacts.keepBaseline(id);
  return {
    has_baseline: true,
    profile: await artifacts.keep(id, 'profile.json', Buffer.from(JSON.stringify(baseline.profile))),
    baseline_rows: baseline.profile.rows,
    baseline_refused: baseline.refused,
  };
}

/** A registered schema must name every column that the model reads. */
function misfit(schema: ModelSchema | null, { features }: Pick<Scorer, 'features'>): string | undefined {
  if (features.length > mostFeatures)
    return `The model reads ${features.length} columns, more than the ${mostFeatures} allowed`;
  if (!schema) return undefined;
  const named = new Set(schema.features.map(({ name }) => name));
  const missing = features.filter(({ name }) => !named.has(name)).map(({ name }) => name);
  return missing.length === 0
    ? undefined
    : `The schema lacks ${missing.length} feature(s) that the model reads, among them '${missing[0]?.slice(0, 128)}'`;
}

/** More would not fit beside the rest of a model in one item. */
const mostClassBytes = 32_768;
const keptClasses = ({ classes }: Scorer['output']): string[] | null =>
  classes.length > 0 && JSON.stringify(classes).length <= mostClassBytes ? classes : null;

/** What an artifact says of its own columns. */
const schemaOf = ({ features, output }: Pick<Scorer, 'features' | 'output'>): ModelSchema => ({
  features: features.map(({ name, kind, levels }) => ({
    name,
    type: kind === 'number' ? ('number' as const) : ('string' as const),
    nullable: true,
    ...(levels && { values: [...levels] }),
  })),
  problem_type: problemOf(output),
});
