/** Small XGBoost documents and LightGBM texts, written by hand to be bent by tests. */
export type Nodes = {
  left: number[];
  right: number[];
  feature: number[];
  condition: (number | string)[];
  defaultLeft?: number[];
  cover?: number[];
};

/** One split on feature 0 at 0.5: −1 to the left, 2 to the right. */
export const stump: Nodes = {
  left: [1, -1, -1],
  right: [2, -1, -1],
  feature: [0, 0, 0],
  condition: [0.5, -1, 2],
};

export function xgboostTree(nodes: Nodes): Record<string, unknown> {
  const size = nodes.left.length;
  return {
    left_children: nodes.left,
    right_children: nodes.right,
    split_indices: nodes.feature,
    split_conditions: nodes.condition,
    default_left: nodes.defaultLeft ?? Array(size).fill(0),
    sum_hessian: nodes.cover ?? nodes.left.map((left) => (left < 0 ? 1 : 2)),
  };
}

type Bent = {
  trees?: unknown[];
  features?: number | string;
  names?: string[];
  types?: string[];
  objective?: string;
  parameters?: Record<string, unknown>;
  booster?: Record<string, unknown>;
  model?: Record<string, unknown>;
  learner?: Record<string, unknown>;
  version?: unknown;
};

export function xgboostDocument(bent: Bent = {}): Record<string, unknown> {
  const trees = bent.trees ?? [xgboostTree(stump)];
  const model = { trees, tree_info: trees.map(() => 0), gbtree_model_param: {}, ...bent.model };
  return {
    version: bent.version ?? [3, 2, 0],
    learner: {
      objective: { name: bent.objective ?? 'reg:squarederror' },
      learner_model_param: {
        base_score: '0E0',
        num_class: '0',
        num_feature: String(bent.features ?? 2),
        num_target: '1',
        ...bent.parameters,
      },
      attributes: {},
      feature_names: bent.names ?? [],
      feature_types: bent.types ?? [],
      gradient_booster: { name: 'gbtree', model, ...bent.booster },
      ...bent.learner,
    },
  };
}

export const bytesOf = (document: unknown): Uint8Array =>
  new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document));

export const xgboostBytes = (bent?: Bent): Uint8Array => bytesOf(xgboostDocument(bent));

/** The same stump in LightGBM's text; a line that is given replaces the one of its key. */
export function lightgbmText(lines: Record<string, string> = {}, tree: Record<string, string> = {}): string {
  const block = (entries: Record<string, string>) =>
    Object.entries(entries)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n');
  const header = {
    version: 'v4',
    num_class: '1',
    num_tree_per_iteration: '1',
    max_feature_idx: '1',
    objective: 'regression',
    feature_names: 'a b',
    feature_infos: '[0:1] [0:1]',
    ...lines,
  };
  const body = {
    num_leaves: '2',
    num_cat: '0',
    split_feature: '0',
    threshold: '0.5',
    decision_type: '8',
    left_child: '-1',
    right_child: '-2',
    leaf_value: '-1 2',
    leaf_count: '1 1',
    internal_count: '2',
    is_linear: '0',
    shrinkage: '1',
    ...tree,
  };
  return `tree\n${block(header)}\n\nTree=0\n${block(body)}\n\n\nend of trees\n\npandas_categorical:null\n`;
}
