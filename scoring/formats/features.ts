import { caps } from '../caps.ts';
import type { Feature } from '../ir.ts';
import { malformed, tooLarge } from '../refusals.ts';

/** Levels by feature name, from the schema that was registered with the model. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** Names and levels within their caps; columns are found by name, so no name may stand twice. */
export function checkFeatures(features: Feature[]): Feature[] {
  const names = new Set<string>();
  let levels = 0;
  for (const [index, { name, levels: own }] of features.entries()) {
    const at = `feature ${index}`;
    if (name.length > caps.nameLength) throw tooLarge('The name of a feature is too long.', at);
    if (names.has(name)) throw malformed('Two features have the same name.', at);
    names.add(name);
    levels += own?.length ?? 0;
  }
  if (levels > caps.levels) throw tooLarge(`The model has more than ${caps.levels} levels.`);
  return features;
}

export function checkFeatureCount(count: number): number {
  if (count > caps.features) throw tooLarge(`The model has more than ${caps.features} features.`);
  return count;
}

/**
 * Levels of a category whose file does not name them: the registered values in their order.
 * Values that are whole numbers are the codes themselves.
 */
export function registeredLevels(name: string, values: Values | undefined): string[] | undefined {
  const own = values && Object.hasOwn(values, name) ? values[name] : undefined;
  if (!own || own.every((value) => /^-?\d+$/.test(value))) return undefined;
  return [...own];
}
