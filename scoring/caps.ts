/** What an artifact may cost before it is refused; each number has a test at the cap and one over it. */
export const caps = {
  artifactBytes: 128 * 1024 * 1024,
  /** Both images together: what predicts must hold them, and for a moment their bytes beside. */
  imageBytes: 192 * 1024 * 1024,
  inflatedBytes: 512 * 1024 * 1024,
  entryBytes: 256 * 1024 * 1024,
  /** How many times its own size an archive may inflate to. */
  inflateRatio: 200,
  /** Files in an archive or a directory. */
  entries: 50_000,
  /** The description of an H2O model: a neural network keeps its weights in it. */
  iniBytes: 64 * 1024 * 1024,
  iniKeys: 100_000,
  iniLines: 400_000,
  /** Numbers of one list in it. */
  listNumbers: 8_000_000,
  /** Models in a stack. */
  baseModels: 1_000,
  /** Numbers of the planes of an extended isolation forest. */
  planeNumbers: 16_000_000,
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
  yamlBytes: 16 * 1024 * 1024,
  yamlLines: 300_000,
  headerLines: 1_000,
  treeLines: 64,
  tailLines: 200_000,
  /**
   * Of an ONNX graph: its nodes, the names in them, the axes of a tensor, the values that it holds for one row and the
   * multiplications of one row.
   */
  graphNodes: 10_000,
  graphNames: 200_000,
  graphAxes: 8,
  graphValues: 4_000_000,
  graphWork: 10_000_000,
  /** Path steps of one explanation: beyond it a model may predict but not explain itself. */
  explanationWork: 500_000_000,
} as const;

export type Caps = { readonly [cap in keyof typeof caps]: number };
