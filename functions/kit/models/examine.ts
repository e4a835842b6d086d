import { createHash } from 'node:crypto';
import * as artifacts from '../../../adapters/artifacts.ts';
import type { Completion, Model, ModelSchema } from '../../../domain/model.ts';
import { importModel } from '../../../scoring/import.ts';
import { load, type Model as Scorer } from '../../../scoring/load.ts';
import { probe, selfCheck } from '../../../scoring/probe.ts';

/** Read what was uploaded for a model and keep it, or say why it is refused. Nothing is kept of what is refused. */
export async function examine(model: Model, size: number): Promise<Completion | string> {
  if (size > artifacts.mostBytes.artifact)
    return `The artifact has ${size} bytes, more than the ${artifacts.mostBytes.artifact} allowed`;
  const bytes = await artifacts.readUpload(model.id);
  const values = Object.fromEntries(
    (model.schema?.features ?? []).flatMap(({ name, values }) => (values ? [[name, values]] : [])),
  );
  const read = importModel(bytes, { values });
  if ('refusal' in read) return [read.refusal.message, read.refusal.hint].filter(Boolean).join(' ');
  if (model.format !== null && model.format !== read.report.format)
    return `The artifact is ${read.report.format}, not ${model.format}`;
  const scorer = load(read.model);
  const unfit = misfit(model.schema, scorer) ?? selfCheck(scorer);
  if (unfit) return unfit;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const has_baseline = await keepBaseline(model);
  if (has_baseline === 'too large') return `The baseline has more than ${artifacts.mostBytes.baseline} bytes`;
  return {
    algo: model.algo ?? scorer.algo,
    format: read.report.format,
    schema: { ...schemaOf(scorer), ...model.schema },
    artifact: { key: await artifacts.keep(model.id, bytes), sha256, bytes: bytes.length },
    probe: probe(scorer),
    has_baseline,
  };
}

async function keepBaseline({ id }: Model): Promise<boolean | 'too large'> {
  const size = await artifacts.uploaded(id, 'baseline');
  if (size === undefined) return false;
  if (size > artifacts.mostBytes.baseline) return 'too large';
  await artifacts.keepBaseline(id);
  return true;
}

/** A registered schema must name every column that the model reads. */
function misfit(schema: ModelSchema | null, { features }: Scorer): string | undefined {
  if (!schema) return undefined;
  const named = new Set(schema.features.map(({ name }) => name));
  const missing = features.filter(({ name }) => !named.has(name)).map(({ name }) => name);
  return missing.length === 0
    ? undefined
    : `The schema lacks ${missing.length} feature(s) that the model reads, among them '${missing[0]?.slice(0, 128)}'`;
}

const problems = { binomial: 'binary', multinomial: 'multiclass', regression: 'regression' } as const;

/** What an artifact says of its own columns. */
const schemaOf = ({ features, output }: Scorer): ModelSchema => ({
  features: features.map(({ name, kind, levels }) => ({
    name,
    type: kind === 'number' ? ('number' as const) : ('string' as const),
    nullable: true,
    ...(levels && { values: [...levels] }),
  })),
  problem_type: problems[output.kind],
});
