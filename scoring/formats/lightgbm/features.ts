import { caps } from '../../caps.ts';
import type { Feature } from '../../ir.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { checkFeatureCount, checkFeatures, registeredLevels, type Values } from '../features.ts';
import { countIn } from '../fields.ts';
import { parseJson } from '../json.ts';
import type { Block, Tail } from './text.ts';

export function featureCountOf(header: Block): number {
  return checkFeatureCount(countIn(header.get('max_feature_idx'), 'max_feature_idx') + 1);
}

/** Names, kinds and levels; pandas lists the levels of the categorical columns alone, in column order. */
export function featuresOf(header: Block, tail: Tail, values?: Values): Feature[] {
  const count = featureCountOf(header);
  const names = words(header, 'feature_names', count);
  const infos = header.has('feature_infos') ? words(header, 'feature_infos', count) : [];
  const levels = pandasLevels(tail.pandas);
  const columns = categoricalColumns(infos, tail.categorical, levels.length);
  const byColumn = new Map(columns.map((column, i) => [column, levels[i]]));
  const features = names.map((name, column): Feature => {
    if (!byColumn.has(column)) return { name, kind: 'number' };
    const own = byColumn.get(column) ?? registeredLevels(name, values);
    return own ? { name, kind: 'category', levels: own } : { name, kind: 'category' };
  });
  return checkFeatures(features);
}

function words(header: Block, key: string, count: number): string[] {
  const list = (header.get(key) ?? '').trim().split(' ', count + 1);
  if (list.length !== count)
    throw malformed(`The list ${key} has a different length than there are features.`, key);
  return list;
}

/**
 * A constant column is `none` even when it is categorical: then only the training parameters know which these
 * are.
 */
function categoricalColumns(infos: string[], listed: string | undefined, levels: number): number[] {
  const seen = infos.flatMap((info, column) => (info.startsWith('[') || info === 'none' ? [] : [column]));
  if (levels === 0 || seen.length === levels) return seen;
  const named = (listed ?? '')
    .split(',', caps.features)
    .filter((column) => /^\d{1,6}$/.test(column))
    .map(Number);
  if (named.length === levels && named.every((column) => column < infos.length))
    return named.toSorted((a, b) => a - b);
  throw refuse(
    'unsupported_model',
    'The file does not tell which columns its level names belong to.',
    'Drop constant categorical columns and train again.',
    'pandas_categorical',
  );
}

function pandasLevels(json: string | undefined): string[][] {
  if (json === undefined || json.trim() === '' || json.trim() === 'null') return [];
  const lists = parseJson(new TextEncoder().encode(json));
  const at = 'pandas_categorical';
  if (!Array.isArray(lists) || !lists.every(Array.isArray))
    throw malformed('The level names are no lists.', at);
  if (lists.length > caps.features) throw tooLarge(`The model has more than ${caps.features} features.`, at);
  return lists.map((list) => list.map((level) => levelName(level, at)));
}

function levelName(level: unknown, at: string): string {
  if (typeof level === 'string' || typeof level === 'number' || typeof level === 'boolean')
    return String(level);
  throw malformed('A level name is neither text nor number.', at);
}
