import { generalized } from './generalize.ts';
import { hmac } from './pseudonym.ts';
import type { Action, PiiType, RuleConfig } from './types.ts';

export interface Rule {
  action: Action;
  config: RuleConfig;
}

const fewestHidden = 4;
const separator = /[\s.,:;@/()+_-]/;

/**
 * What stands for a value of a type: null where nothing may. The key is the project's; without it, to hash or to
 * pseudonymize is our fault and throws.
 */
export function acted(
  { action, config }: Rule,
  type: PiiType,
  value: string | number,
  key: Uint8Array | undefined,
): string | number | null {
  if (action === 'keep') return value;
  if (action === 'suppress') return null;
  if (action === 'mask') return masked(String(value), config);
  if (action === 'replace') return config.value ?? label(type);
  if (action === 'generalize') return generalized(type, value, config) ?? label(type);
  if (action === 'redact') return label(type);
  if (!key) throw new Error(`no key to ${action} with`);
  const digest = hmac(key, type, String(value));
  return action === 'hash' ? digest : `<${type}:${digest.slice(0, 16)}>`;
}

export const label = (type: PiiType): string => `[${type.toUpperCase()}]`;

export const isKeyed = ({ action }: Rule): boolean => action === 'hash' || action === 'pseudonymize';

function masked(value: string, { show_first = 0, show_last = 0 }: RuleConfig): string {
  const characters = [...value];
  const places = characters.flatMap((character, i) => (separator.test(character) ? [] : [i]));
  // Without anything to hide, the separators are the value.
  if (places.length === 0) return '*'.repeat(characters.length);
  const hidden = places.slice(show_first, Math.max(show_first, places.length - show_last));
  for (const place of hidden.length < fewestHidden ? places : hidden) characters[place] = '*';
  return characters.join('');
}
