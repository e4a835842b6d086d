import type { Report } from '../../../domain/model.ts';
import type { Imported } from '../../../scoring/import.ts';

const mostNotes = 20;
const longest = 300;

/** What was read of an artifact, bounded: its words come from a file that anybody may have written. */
export function reportOf({ model, report }: Extract<Imported, { model: unknown }>): Report {
  const { formatVersion, objective, features, levels, trees, nodes, depth, notes } = report;
  const { contributions } = model;
  return {
    format_version: cut(formatVersion),
    objective: cut(objective),
    ...{ features, levels, trees, nodes, depth },
    contributions: {
      available: contributions.available,
      reason: contributions.available
        ? null
        : `Contributions are not available for ${contributions.kind} models`,
    },
    notes: notes.slice(0, mostNotes).map(cut),
  };
}

const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
