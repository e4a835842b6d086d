import { type Described, profileOf, type Sampled, type Settings } from '../../../domain/drift/profiler.ts';

export const regression: Settings = { source: 'sample', problem: 'regression' };

export const number = (name: string): Described => ({ name, type: 'number' });
export const text = (name: string): Described => ({ name, type: 'string' });

export const range = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);

/** A sample of one feature, `x`, without predictions. */
export const rowsOf = (values: readonly unknown[]): Sampled[] => values.map((x) => ({ record: { x } }));

/** The profile of one feature by its values. */
export function featureOf(
  values: readonly unknown[],
  type: Described['type'] = 'number',
  more: Partial<Described> = {},
) {
  const [feature] = profileOf(rowsOf(values), [{ name: 'x', type, ...more }], regression).features;
  if (!feature) throw new Error('a profile without its feature');
  return feature;
}

/** Of a result: the times that it is told. */
export const settings = {
  created_at: '2026-02-01T00:00:00Z',
  window: { from: '2026-02-21T12:00:00Z', to: '2026-02-28T12:00:00Z' },
};
