import type { Limits } from '../../../functions/kit/batch/run/planning.ts';
import { irOf, linearOf, outputOf } from '../../scoring/irs.ts';
import { modelOf, plainTable } from './runWorld.ts';

/** A model that says yes where somebody spent much. */
export const churnIr = irOf({
  features: [
    { name: 'age', kind: 'number' },
    { name: 'spent', kind: 'number' },
  ],
  core: linearOf([0.25, -2], [0.5]),
  output: outputOf({ kind: 'binomial', classes: ['no', 'yes'], link: 'logistic' }),
});
export const churn = modelOf(churnIr);

/** Ids from..to with a NULL here and a NaN there. */
export const customers = (from: number, to: number) =>
  `SELECT CAST(i AS BIGINT) AS id, CASE WHEN i % 7 = 0 THEN NULL ELSE CAST(i % 90 AS INTEGER) END AS age,
    CASE WHEN i % 11 = 0 THEN CAST('nan' AS DOUBLE) ELSE i / 100 END AS spent FROM range(${from}, ${to}) t(i)`;

export const customersTable = plainTable({ id: 'long', age: 'int', spent: 'double' });

export const byId = <T extends Record<string, unknown>>(rows: readonly T[]) =>
  [...rows].sort((a, b) => Number(a.id) - Number(b.id));

/** What predictions one by one say about rows of the source. */
export const predicted = (rows: readonly Record<string, unknown>[]) =>
  byId(rows).map(({ id, age, spent }) => {
    const row = churn.read({ age, spent });
    if (Array.isArray(row)) throw new Error('the model refuses a row');
    const { prediction, probabilities } = churn.predict(row);
    return { id, prediction, probability_no: probabilities?.no, probability_yes: probabilities?.yes };
  });

export const answers = (rows: readonly Record<string, unknown>[]) =>
  byId(rows).map(({ id, prediction, probability_no, probability_yes }) => ({
    ...{ id, prediction, probability_no, probability_yes },
  }));

/** Parts of some row groups instead of one for all. */
export const small: Limits = { few: { bytes: 0, rows: 0 }, part: { bytes: 1e9, rows: 3_000 } };
