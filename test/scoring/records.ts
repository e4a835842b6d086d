import type { Reference } from '../../scoring/evaluate/reference.ts';
import { libraryAnswer } from './goldens.ts';

/** A cell as a record holds it: words for missing are missing, and so is nothing. */
export const value = (cell: string | undefined) => {
  if (cell === undefined || cell === 'N/A' || cell === 'NA' || cell === '') return null;
  return cell === 'TRUE' ? true : cell === 'FALSE' ? false : cell;
};

export function answers(model: Reference, record: Record<string, unknown>): number[] {
  const row = model.read(record);
  if (Array.isArray(row)) throw new Error(JSON.stringify(row));
  return libraryAnswer(model, row);
}

/** Columns of the expected table that the library's own predict would return. */
export function expectedOf(model: Reference, row: Record<string, string>): number[] {
  const names = Object.keys(row);
  if (model.ir.objective === 'cross_entropy') return [Number(row['probability(1)'])];
  if (model.output.kind === 'regression' || model.output.link === 'step' || model.output.targets > 1)
    return names.filter((name) => name.startsWith('_target')).map((name) => Number(row[name]));
  const probabilities = names
    .filter((name) => name.startsWith('probability'))
    .map((name) => Number(row[name]));
  return model.output.kind === 'binomial' ? probabilities.slice(1) : probabilities;
}

export const recordOf = (row: Record<string, string>) =>
  Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, value(cell)]));
