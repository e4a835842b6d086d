import { caps } from './caps.ts';
import type { Values } from './formats/features.ts';
import { parseJson } from './formats/json.ts';
import { readLightgbm } from './formats/lightgbm/model.ts';
import { readXgboost } from './formats/xgboost/model.ts';
import type { Ir } from './ir.ts';
import { isRefusal, malformed, type Refusal, tooLarge } from './refusals.ts';
import { sniff } from './sniff.ts';

export type ImportOptions = {
  /** Levels by feature name, for files that hold only codes. */
  values?: Values;
  /** XGBoost with early stopping: up to the best iteration, as its estimators predict, or all. */
  trees?: 'best' | 'all';
};

/** What was found, for the one who registers it. */
type Report = {
  format: Ir['format'];
  formatVersion: string;
  algo: Ir['algo'];
  objective: string;
  features: number;
  levels: number;
  trees: number;
  nodes: number;
  depth: number;
  notes: string[];
};

export type Imported = { model: Ir; report: Report } | { refusal: Refusal };

/** Bytes in; a validated model or the reason why not out. It never throws. */
export function importModel(bytes: Uint8Array, options: ImportOptions = {}): Imported {
  try {
    if (bytes.length > caps.artifactBytes) throw tooLarge('The file is larger than 128 MiB.');
    const sniffed = sniff(bytes);
    if ('refusal' in sniffed) return sniffed;
    const { ir, notes } =
      sniffed.format === 'xgboost-json'
        ? readXgboost(parseJson(bytes), options)
        : { ir: readLightgbm(bytes, options), notes: [] };
    return { model: ir, report: reportOf(ir, notes) };
  } catch (error) {
    return { refusal: isRefusal(error) ? error : malformed('The file could not be read to its end.') };
  }
}

function reportOf(ir: Ir, notes: string[]): Report {
  const { core, features } = ir;
  const isTrees = core.type === 'trees';
  return {
    format: ir.format,
    formatVersion: ir.formatVersion,
    algo: ir.algo,
    objective: ir.objective,
    features: features.length,
    levels: features.reduce((sum, feature) => sum + (feature.levels?.length ?? 0), 0),
    trees: isTrees ? core.root.length : 0,
    nodes: isTrees ? core.feature.length : 0,
    depth: isTrees ? core.depth : 0,
    notes,
  };
}
