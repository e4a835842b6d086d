import { malformed } from '../../refusals.ts';
import { growTrees } from './grove.ts';
import type { Header } from './header.ts';
import { flagAt, needNumber } from './info.ts';
import { anomalyOutput } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';

/** An isolation forest: its leaves are path lengths; short paths are anomalies. */
export function readIsolationForest(header: Header): Part {
  const { info, features } = header;
  const { trees, groups } = growTrees(header, new Float64Array(1));
  if (groups === 0) throw malformed('The forest has no trees.', 'n_trees');
  const path = {
    longest: needNumber(info, 'max_path_length'),
    shortest: needNumber(info, 'min_path_length'),
    trees: groups,
  };
  const threshold = flagAt(info, 'output_anomaly_flag') ? needNumber(info, 'default_threshold') : undefined;
  return {
    objective: 'anomaly',
    features,
    encoding: null,
    core: trees,
    output: anomalyOutput('pathLength', threshold === undefined ? path : { ...path, threshold }),
    contributions: cannotExplain('IsolationForest'),
    notes: [],
  };
}
