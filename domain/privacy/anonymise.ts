import { acted, isKeyed, label, type Rule } from './actions.ts';
import { detect } from './detect.ts';
import { replaceAll } from './passes.ts';
import { type ColumnType, DetectedType, type PiiType, type Span } from './types.ts';
import { type Leaf, type Scalar, walk } from './walk.ts';

/** What is to be done with the values of one copy of a record. */
export interface Treatment {
  /** Of the enabled rules. */
  rules: ReadonlyMap<PiiType, Rule>;
  /** Without a rule that says otherwise, redact whatever is detected: there is no policy, or one without rules. */
  everything: boolean;
  columns: ReadonlyMap<string, ColumnType>;
  /** 0 to 1: the score from which a detection counts. */
  threshold: number;
  /** Of the project; needed only where `needsKey` says so. */
  key: Uint8Array | undefined;
}

/** How many values of each type were replaced; of texts given up unread as `long_text`, of what lies too deep as `nested`. */
type Counts = Record<string, number>;

interface Place {
  column: string;
  type: PiiType | undefined;
  counts: Counts;
}

export interface Anonymiser {
  /** A copy of a record by its column map and what is found in its strings. The record stays as it is. */
  record(row: Readonly<Record<string, unknown>>): { row: Record<string, unknown>; counts: Counts };
  /** A copy of a value that no column map knows of, as a prediction or a label. */
  value(output: unknown): { value: unknown; counts: Counts };
}

/** UTF-16 units: longer texts are not read, and what is not read is not shown. */
const longest = 8192;
const longText = '[LONG_TEXT]';
const nested = '[NESTED]';
const redact: Rule = { action: 'redact', config: {} };

export const needsKey = ({ rules }: Pick<Treatment, 'rules'>): boolean => [...rules.values()].some(isKeyed);

/** Throws if the treatment needs a key and has none: nothing may be shown then. */
export function anonymiser(treatment: Treatment): Anonymiser {
  const { rules, columns, threshold, key } = treatment;
  if (needsKey(treatment) && !key) throw new Error('a treatment without its key');
  const sought = DetectedType.options.filter((type) => isSought(treatment, type));

  return {
    record(row) {
      const counts: Counts = {};
      const entries = Object.entries(row).map(([column, value]) => {
        const type = columns.get(column);
        return [column, type === 'none' ? value : copied(value, { column, type, counts })];
      });
      return { row: Object.fromEntries(entries), counts };
    },
    value(output) {
      const counts: Counts = {};
      return { value: copied(output, { column: '', type: undefined, counts }), counts };
    },
  };

  function copied(value: unknown, { column, type, counts }: Place): unknown {
    const isLeft = type ? rules.get(type)?.action === 'keep' : sought.length === 0;
    if (isLeft) return value;
    const leaf: Leaf = type
      ? (each) => known(each, type, counts)
      : (each, path) => (typeof each === 'string' ? read(each, path, counts) : each);
    return walk(value, column, leaf, () => tooDeep(counts));
  }

  /** A value of which the type is known: all of it, whatever it looks like. */
  function known(value: Scalar, type: PiiType, counts: Counts): unknown {
    const rule = rules.get(type) ?? redact;
    if (value === '') return value;
    add(counts, type);
    return acted(rule, type, typeof value === 'boolean' ? String(value) : value, key);
  }

  function read(value: string, column: string, counts: Counts): string | null {
    if (value.length <= longest) {
      const find = (text: string) => detect(text, { column }, threshold, sought);
      const text = replaceAll(value, find, (span, original) => replacement(span, original, counts));
      if (text !== undefined) return text;
    }
    add(counts, 'long_text');
    return longText;
  }

  function replacement(span: Span, original: string, counts: Counts): string | null {
    add(counts, span.type);
    if (span.merged) return label(span.type);
    const result = acted(rules.get(span.type) ?? redact, span.type, original, key);
    return result === null ? null : String(result);
  }
}

const isSought = ({ rules, everything }: Treatment, type: PiiType): boolean => {
  const rule = rules.get(type);
  return rule ? rule.action !== 'keep' : everything;
};

function tooDeep(counts: Counts): string {
  add(counts, 'nested');
  return nested;
}

function add(counts: Counts, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
