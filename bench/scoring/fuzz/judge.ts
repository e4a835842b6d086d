import { compile } from '../../../scoring/compile.ts';
import { reference } from '../../../scoring/evaluate/reference.ts';
import { loadExplainer } from '../../../scoring/explain.ts';
import { importModel } from '../../../scoring/import.ts';
import type { Ir } from '../../../scoring/ir.ts';
import { load } from '../../../scoring/load.ts';
import type { RefusalCode } from '../../../scoring/refusals.ts';
import type { Random } from './random.ts';

export type Outcome =
  | { kind: 'model' }
  | { kind: 'refusal'; code: string }
  | { kind: 'violation'; why: string };

const codes: readonly RefusalCode[] = [
  'unsupported_format',
  'unsupported_model',
  'malformed',
  'too_large',
  'unsafe',
];

/** Bytes must be a refusal with a name, or a model that answers, compiled just as read. */
export function judge(bytes: Uint8Array, random: Random): Outcome {
  try {
    const imported = importModel(bytes);
    if ('model' in imported) return judgeModel(imported.model, random);
    const { code, message, hint } = imported.refusal;
    const isNamed = codes.includes(code) && message !== '' && hint !== '' && message.length < 2_000;
    return isNamed
      ? { kind: 'refusal', code }
      : { kind: 'violation', why: `a refusal without its words: ${code}` };
  } catch (error) {
    return {
      kind: 'violation',
      why: String(error instanceof Error ? (error.stack ?? error.message) : error),
    };
  }
}

function judgeModel(ir: Ir, random: Random): Outcome {
  const { predict, explain } = compile(ir);
  const model = load(predict);
  if ('recompile' in model) return { kind: 'violation', why: 'its own image is of another version' };
  const plain = reference(ir);
  const rows = [() => Number.NaN, () => 0, drawn(random), drawn(random)];
  for (const value of rows) {
    const row = Float64Array.from(ir.features, value);
    const expected = plain.margin(row);
    model.predict(row);
    const margin = model.margin(row);
    if (!expected.every((own, i) => Object.is(own, margin[i])))
      return {
        kind: 'violation',
        why: `compiled ${margin.join()} is not ${expected.join()} for ${row.join()}`,
      };
  }
  if (explain) loadExplainer(predict, explain)(Float64Array.from(ir.features, drawn(random)));
  return { kind: 'model' };
}

/** Values in single precision: small ones, which are levels as well, and now and then a missing one. */
const drawn = (random: Random) => () =>
  random.chance(0.1) ? Number.NaN : random.pick([1, 0.25, -1]) * random.below(random.pick([4, 100, 100_000]));
