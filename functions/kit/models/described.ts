import type { Described } from '../../../domain/drift/profiler.ts';
import type { ModelSchema } from '../../../domain/model.ts';
import type { Feature } from '../../../scoring/ir.ts';

/** The features as the model reads them, where a schema that was registered says otherwise: predictions do so too. */
export function described(features: readonly Feature[], schema: ModelSchema | null): Described[] {
  const types = new Map(schema?.features.map(({ name, type }) => [name, type]));
  return features.map(({ name, kind, levels }) => {
    if (levels) return { name, type: 'string' };
    if (kind === 'category') return { name, type: 'number', categorical: true };
    const type = types.get(name) ?? 'number';
    return { name, type: type === 'string' ? 'number' : type };
  });
}
