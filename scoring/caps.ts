/** What an artifact may cost before it is refused; each number has a test at the cap and one over it. */
export const caps = {
  artifactBytes: 128 * 1024 * 1024,
  features: 65_536,
  levels: 1_000_000,
  nameLength: 1_000,
  outputs: 10_000,
  trees: 50_000,
  nodes: 8_000_000,
  depth: 512,
  category: 2 ** 20,
  tableBytes: 64 * 1024 * 1024,
  terms: 8_000_000,
  nesting: 64,
  jsonContainers: 3_000_000,
  jsonStrings: 8_000_000,
  headerLines: 1_000,
  treeLines: 64,
  tailLines: 200_000,
  /** Path steps of one explanation: beyond it a model may predict but not explain itself. */
  explanationWork: 500_000_000,
} as const;

export type Caps = { readonly [cap in keyof typeof caps]: number };
