import type { Fault } from '../problem.ts';
import { Status } from './words.ts';

/** What a list may be asked for by a field: the very value; also parts and sets of texts; bounds of a time; a status. */
type Manner = 'plain' | 'text' | 'time' | 'status';
export type Fields = Readonly<Record<string, Manner>>;
/** The fields of a row by their names. */
export type Row = Readonly<Record<string, string | null>>;

type Operator = '$eq' | '$like' | '$in' | '$nin' | '$gte' | '$lte';
export interface Condition {
  field: string;
  operator: Operator;
  values: string[];
}

export const deploymentFields: Fields = {
  ...{ workspace: 'plain', project: 'plain', status: 'status', model_provider_id: 'plain' },
  ...{ config: 'text', name: 'text', status_message: 'text', created_at: 'time', updated_at: 'time' },
};
export const configFields: Fields = {
  ...{ workspace: 'plain', project: 'plain', model_entity_id: 'plain' },
  ...{ name: 'text', description: 'text', created_at: 'time', updated_at: 'time' },
};

const operators: Record<Manner, readonly string[]> = {
  plain: [''],
  status: [''],
  text: ['', '$eq', '$like', '$in', '$nin'],
  time: ['$gte', '$lte'],
};
const place = /^filter\[([^\][]*)\](?:\[([^\][]*)\])?(?:\[\])?$/;

/** The conditions in a query, `filter[name][$like]=ll`, or all that is wrong with them. */
export function conditionsOf(query: Iterable<[string, string]>, fields: Fields): Condition[] | Fault[] {
  const found = new Map<string, Condition>();
  const faults: Fault[] = [];
  for (const [key, value] of query) {
    if (key !== 'filter' && !key.startsWith('filter[')) continue;
    const [, field = '', operator = ''] = place.exec(key) ?? [];
    const fault = faultOf(fields, field, operator, value);
    if (fault) faults.push(fault);
    else add(found, field, (operator || '$eq') as Operator, value);
  }
  return faults.length > 0 ? faults.slice(0, 20) : [...found.values()];
}

function faultOf(fields: Fields, field: string, operator: string, value: string): Fault | undefined {
  const loc = ['query', 'filter', field, operator].filter((step) => step !== '');
  const manner = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return manner && operators[manner].includes(operator) ? wrong(manner, value, loc) : unknown(loc, value);
}

/** A set may come in one parameter or in several; of anything else the last one counts. */
function add(found: Map<string, Condition>, field: string, operator: Operator, value: string): void {
  const key = `${field} ${operator}`;
  const isSet = operator === '$in' || operator === '$nin';
  const before = isSet ? (found.get(key)?.values ?? []) : [];
  found.set(key, { field, operator, values: [...before, ...(isSet ? value.split(',') : [value])] });
}

function wrong(manner: Manner, value: string, loc: string[]): Fault | undefined {
  if (manner === 'status' && !Status.safeParse(value).success) {
    const names = Status.options.map((name) => `'${name}'`);
    const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
    return { type: 'enum', loc, msg: `Input should be ${expected}`, ...repeated(value), ctx: { expected } };
  }
  const isTime = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.test(value);
  if (manner === 'time' && (!isTime || Number.isNaN(Date.parse(value))))
    return { type: 'datetime_parsing', loc, msg: 'Input should be a valid datetime', ...repeated(value) };
  return undefined;
}

const unknown = (loc: string[], value: string): Fault => ({
  type: 'extra_forbidden',
  loc: loc.map((step) => step.slice(0, 128)),
  msg: 'Extra inputs are not permitted',
  ...repeated(value),
});
const repeated = (input: string) => (input.length > 1024 ? {} : { input });

export const matches = (row: Row, conditions: readonly Condition[]): boolean =>
  conditions.every((condition) => holds(row[condition.field] ?? null, condition));

function holds(value: string | null, { operator, values }: Condition): boolean {
  const [wanted = ''] = values;
  if (value === null) return operator === '$nin';
  switch (operator) {
    case '$eq':
      return value === wanted;
    case '$like':
      return isLike(value, wanted);
    case '$in':
      return values.includes(value);
    case '$nin':
      return !values.includes(value);
    case '$gte':
      return Date.parse(value) >= Date.parse(wanted);
    case '$lte':
      return Date.parse(value) <= Date.parse(wanted);
  }
}

/** A part of the text, where `%` stands for any run of characters; never slower than the text is long for each part. */
function isLike(value: string, wanted: string): boolean {
  let from = 0;
  for (const part of wanted.split('%')) {
    const at = value.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
