import { type Anonymiser, anonymiser } from './anonymise.ts';
import { type Privacy, strictest } from './settings.ts';

type Counts = Readonly<Record<string, number>>;
type Prediction = string | number;

/** An answer to one record as it is told: the labels of classes are the names of their probabilities. */
interface Told {
  prediction: Prediction;
  outputs?: readonly Prediction[];
  probabilities?: Readonly<Record<string, number>>;
  calibrated_probabilities?: Readonly<Record<string, number>>;
}

/** What of a request may be kept. */
interface Kept {
  inputs: Record<string, unknown>[] | null;
  predictions: (Prediction | null)[] | null;
  flags: string[];
  /** Of each row how many values of each type were replaced; null where none were in any. */
  found: Counts[] | null;
}

/** The copies of one request that may leave: one for the log, one for the caller. The model saw neither. */
export interface Copies {
  kept(rows: Pick<Kept, 'inputs'> & { predictions: Prediction[] | null }, storesInputs: boolean): Kept;
  told<T extends Told>(answers: T[]): T[];
  /** The answer was to be anonymised, and nobody can. */
  unshowable: boolean;
}

/** `own` anonymises as the policy says; undefined where the policy or its key cannot be had. */
export function copiesOf({ logs, response }: Privacy, own: Anonymiser | undefined): Copies {
  return {
    unshowable: response && own === undefined,
    kept({ inputs, predictions }, storesInputs) {
      const stored = storesInputs ? inputs : null;
      const flags = storesInputs ? [] : ['no_payload'];
      if (!logs) return { inputs: stored, predictions, flags, found: null };
      // A request that failed leaves nothing to anonymise.
      const done = inputs || predictions ? ['anonymised'] : [];
      flags.push(...(own ? done : ['privacy_unavailable']));
      return { ...copied(stored, predictions, own), flags };
    },
    told: (answers) => (response && own ? answers.map((answer) => toldBy(own, answer)) : answers),
  };
}

/** Without a way to anonymise, inputs are not kept, and labels are read as strictly as can be. */
function copied(inputs: Kept['inputs'], predictions: Prediction[] | null, own: Anonymiser | undefined) {
  const rows = own ? inputs?.map((row) => own.record(row)) : undefined;
  const answered = predictions?.map((prediction) => (own ?? cautious).value(prediction));
  const found = (rows ?? answered ?? []).map((_, i) => sum(rows?.[i]?.counts, answered?.[i]?.counts));
  return {
    inputs: rows?.map(({ row }) => row) ?? null,
    predictions: answered?.map(({ value }) => value as Prediction | null) ?? null,
    found: found.some((counts) => Object.keys(counts).length > 0) ? found : null,
  };
}

const cautious = anonymiser({ ...strictest, key: undefined });

function sum(a: Counts = {}, b: Counts = {}): Counts {
  const both: Record<string, number> = { ...a };
  for (const [type, n] of Object.entries(b)) both[type] = (both[type] ?? 0) + n;
  return both;
}

function toldBy<T extends Told>({ value }: Anonymiser, answer: T): T {
  const { prediction, outputs, probabilities, calibrated_probabilities } = answer;
  const named = (of: Readonly<Record<string, number>>) => relabelled(of, (label) => value(label).value);
  return {
    ...answer,
    prediction: value(prediction).value,
    ...(outputs && { outputs: value(outputs).value }),
    ...(probabilities && { probabilities: named(probabilities) }),
    ...(calibrated_probabilities && { calibrated_probabilities: named(calibrated_probabilities) }),
  };
}

/** Labels that became alike are told apart by a number: no probability is lost. */
function relabelled(of: Readonly<Record<string, number>>, name: (label: string) => unknown) {
  const found: Record<string, number> = {};
  for (const [label, probability] of Object.entries(of)) {
    const shown = String(name(label) ?? '');
    let free = shown;
    for (let n = 2; Object.hasOwn(found, free); n++) free = `${shown} ${n}`;
    found[free] = probability;
  }
  return found;
}
