import type { Raw } from '../../../../domain/drift/profile.ts';
import type { Feature } from '../../../../scoring/ir.ts';
import { recordsOf, unfit } from './records.ts';
import type { Numbered } from './sample.ts';

const mostColumns = 10_000;
const truth = /^(?:true|false)$/i;

type Slot = { name: string; column: number; isNumber: boolean };

/**
 * Every so-many-th row of RFC 4180 with a header, and of it the model's own columns. A cell is text, empty where a
 * value is missing; only of numbers `true` and `false` stand for what JSON has for them.
 */
export function* csvRows(
  bytes: Uint8Array,
  features: readonly Feature[],
  every: number,
): Generator<Numbered> {
  let slots: Slot[] | undefined;
  let columns = 0;
  let row = 0;
  for (const text of recordsOf(bytes, true)) {
    if (!slots) {
      const header = fieldsOf(text, 'the header');
      columns = header.length;
      slots = slotsOf(header, features);
    } else if (row++ % every === 0) {
      const fields = fieldsOf(text, `row ${row}`);
      if (fields.length !== columns)
        throw unfit(`has ${fields.length} fields in row ${row}, not ${columns} as in its header`);
      yield { row, record: recordOf(fields, slots) };
    }
  }
}

function slotsOf(header: readonly string[], features: readonly Feature[]): Slot[] {
  if (header.length > mostColumns) throw unfit(`has more than ${mostColumns} columns`);
  if (header.length === 1 && /[;\t|]/.test(header[0] ?? '')) throw unfit('needs commas between its columns');
  const places = new Map<string, number>();
  for (const [column, name] of header.entries()) {
    if (name !== '' && places.has(name))
      throw unfit(`has two columns of one name: ${1 + column} is the second`);
    places.set(name, column);
  }
  return features.flatMap(({ name, kind, levels }) => {
    const column = places.get(name);
    return column === undefined ? [] : [{ name, column, isNumber: kind === 'number' && !levels }];
  });
}

/** Names are data: `__proto__` is a column like any other. */
const recordOf = (fields: readonly string[], slots: readonly Slot[]): Raw =>
  Object.fromEntries(
    slots.map(({ name, column, isNumber }) => {
      const field = fields[column] as string;
      return [name, isNumber && truth.test(field) ? field.length === 4 : field];
    }),
  );

function fieldsOf(record: string, where: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const { field, end } = record[at] === '"' ? quotedField(record, at + 1, where) : plainField(record, at);
    if (field.quoteInside || (end < record.length && record[end] !== ','))
      throw unfit(`has a quote out of place in ${where}: write "" for one within a quoted field`);
    fields.push(field.text);
    if (end >= record.length) return fields;
    at = end;
  }
}

function plainField(record: string, at: number) {
  const comma = record.indexOf(',', at);
  const end = comma < 0 ? record.length : comma;
  const text = record.slice(at, end);
  return { field: { text, quoteInside: text.includes('"') }, end };
}

function quotedField(record: string, start: number, where: string) {
  let text = '';
  for (let from = start; ; ) {
    const quote = record.indexOf('"', from);
    if (quote < 0) throw unfit(`has a quoted field that does not end in ${where}`);
    text += record.slice(from, quote);
    if (record[quote + 1] !== '"') return { field: { text, quoteInside: false }, end: quote + 1 };
    text += '"';
    from = quote + 2;
  }
}
