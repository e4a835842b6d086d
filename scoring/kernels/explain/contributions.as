/**
 * Exact path-dependent TreeSHAP of one row, in AssemblyScript: sums over the points t of a Gauss-Legendre rule,
 * two points in one f64x2. A polynomial in t is integrated, whose degree is one less than the distinct features on
 * a path: half as many points as features make it exact.
 *
 * Known features follow the row, unknown ones the training data. A child that got the share s of its parent's
 * training rows, and that the row goes to (o = 1) or not (o = 0), has the factor s + t (o − s). With P(t) the
 * product of the factors above a node and the weight of t, G(t) the sum over its leaves of value times factors
 * below the node, and H = Σ (o − s) G over its two children, its split gives its feature Σ P H over the points,
 * and its own G is Σ s G + t H.
 *
 * Where the feature was split on above, with z the share of training rows that it has let through so far and
 * r = 1 ÷ (t + (1 − t) z), t r stands in place of t in the factors, and the split gives Σ P H r² z. Without such a
 * split z and r are 1. Where the row has left the path at one, o − s is 0 for both children.
 *
 * Each tree is walked twice: down for P, up for G, which takes the place of P. Splits with two leaves (tips)
 * need no way down; they come after all others (inner nodes).
 *
 * A tree: i32 vectors, inner nodes, tips, leaves beside inner nodes; addresses of decisions, inner nodes, tips,
 * leaves, rule; i32 has tables.
 * A decision, inner nodes first, then tips: f64 threshold, i32 slot, i32 ancestor's mask, [i32 table, i32 0].
 * An inner node: f64 share left, f64 share right, f64 z, i32 place, i32 cell.
 * A tip: f64 left − mean, f64 right − mean, f64 mean, f64 z, i32 place, i32 cell.
 * A leaf: f64 value, i32 place, i32 0.
 * A rule: the points t, then 1 − t, then the weights, `vectors` of each.
 *
 * Masks: of no split all bits; of each split whether the row follows this feature down to its left child, its
 * right child, all bits or none; once no other split asks for them, o − s of both in their place.
 * Places are vectors of P or G: the root's, then two for the children of each inner node in turn.
 * Inverses are the vectors r of each inner node. Cells are sums for pairs of an output and a column, in two parts.
 */
export function contributions(
  trees: usize,
  end: usize,
  row: usize,
  masks: usize,
  places: usize,
  inverses: usize,
  cells: usize,
): void {
  v128.store(masks, i64x2.splat(-1));
  for (let tree = trees; tree < end; tree += treeBytes) {
    if (load<i32>(tree, 36)) decideWithTables(tree, row, masks);
    else decide(tree, row, masks);
    switch (load<i32>(tree)) {
      case 2:
        walk2(tree, masks, places, inverses, cells);
        break;
      case 3:
        walk3(tree, masks, places, inverses, cells);
        break;
      default:
        walkAny(tree, masks, places, inverses, cells);
    }
  }
}

// Two and three vectors, for five to twelve features on a path, are what most trees need: loops of a known length
// are an eighth faster. Exported, or else the compiler makes one function of all again.

export function walk2(tree: usize, masks: usize, places: usize, inverses: usize, cells: usize): void {
  walk(2, tree, masks, places, inverses, cells);
}

export function walk3(tree: usize, masks: usize, places: usize, inverses: usize, cells: usize): void {
  walk(3, tree, masks, places, inverses, cells);
}

export function walkAny(tree: usize, masks: usize, places: usize, inverses: usize, cells: usize): void {
  walk(load<i32>(tree), tree, masks, places, inverses, cells);
}

const treeBytes: usize = 40;
const innerBytes: usize = 32;
const tipBytes: usize = 40;
const leafBytes: usize = 16;
const maskBytes: usize = 16;
const decisionBytes: usize = 16;
const tableDecisionBytes: usize = 24;

function decide(tree: usize, row: usize, masks: usize): void {
  let decision: usize = load<u32>(tree, 16);
  const end = decision + <usize>(load<u32>(tree, 4) + load<u32>(tree, 8)) * decisionBytes;
  for (let mask = masks + maskBytes; decision < end; decision += decisionBytes, mask += maskBytes) {
    const x = load<f64>(row + <usize>load<u32>(decision, 8));
    follow(x >= load<f64>(decision), decision, masks, mask);
  }
}

function decideWithTables(tree: usize, row: usize, masks: usize): void {
  let decision: usize = load<u32>(tree, 16);
  const end = decision + <usize>(load<u32>(tree, 4) + load<u32>(tree, 8)) * tableDecisionBytes;
  for (let mask = masks + maskBytes; decision < end; decision += tableDecisionBytes, mask += maskBytes) {
    const slot = row + <usize>load<u32>(decision, 8);
    const listed = load<u8>(<usize>(load<u32>(decision, 16) + load<u32>(slot, 8)));
    follow(load<f64>(slot) >= load<f64>(decision) || listed != 0, decision, masks, mask);
  }
}

@inline
function follow(right: bool, decision: usize, masks: usize, mask: usize): void {
  const above = v128.load_splat<i64>(masks + <usize>load<u32>(decision, 12));
  const way = v128.xor(i64x2.splat(-(<i64>right)), i64x2(-1, 0));
  v128.store(mask, v128.and(way, above));
}

@inline
function walk(vectors: i32, tree: usize, masks: usize, places: usize, inverses: usize, cells: usize): void {
  const size = <usize>vectors << 4;
  const inner: usize = load<u32>(tree, 20);
  const count: usize = load<u32>(tree, 4);
  const rule: usize = load<u32>(tree, 32);
  for (let k: usize = 0; k < size; k += 16) v128.store(places + k, v128.load(rule + 2 * size + k));
  descend(size, rule, inner, count, masks + maskBytes, places, inverses);
  spreadLeaves(size, tree, places);
  const tipMasks = masks + maskBytes + count * maskBytes;
  closeTips(size, rule, tree, tipMasks, places, cells);
  ascend(size, rule, inner, count, tipMasks, places, inverses, cells);
}

/** P of the children of every inner node. */
@inline
function descend(
  size: usize,
  rule: usize,
  inner: usize,
  count: usize,
  masks: usize,
  places: usize,
  inverses: usize,
): void {
  const end = inner + count * innerBytes;
  let child = places + size;
  let mask = masks;
  let inverse = inverses;
  for (let node = inner; node < end; node += innerBytes, mask += maskBytes, child += 2 * size, inverse += size) {
    const follows = v128.load(mask);
    const onPath = v128.or(follows, v128.shuffle<i64>(follows, follows, 1, 0));
    const differences = f64x2.sub(v128.and(follows, f64x2.splat(1)), v128.load(node));
    v128.store(mask, v128.and(differences, onPath));
    const shareLeft = v128.load_splat<f64>(node);
    const shareRight = v128.load_splat<f64>(node, 8);
    const left = v128.load_splat<f64>(mask);
    const right = v128.load_splat<f64>(mask, 8);
    const z = v128.load_splat<f64>(node, 16);
    const place = places + <usize>load<u32>(node, 24);
    for (let k: usize = 0; k < size; k += 16) {
      const r = inverseOf(rule + k, size, z);
      v128.store(inverse + k, r);
      const t = f64x2.mul(v128.load(rule + k), r);
      const p = v128.load(place + k);
      v128.store(child + k, f64x2.mul(p, f64x2.add(shareLeft, f64x2.mul(t, left))));
      v128.store(child + size + k, f64x2.mul(p, f64x2.add(shareRight, f64x2.mul(t, right))));
    }
  }
}

/** 1 ÷ (t + (1 − t) z) */
@inline
function inverseOf(t: usize, size: usize, z: v128): v128 {
  return f64x2.div(f64x2.splat(1), f64x2.add(v128.load(t), f64x2.mul(v128.load(t + size), z)));
}

/** G of a leaf is its value, at every point. */
@inline
function spreadLeaves(size: usize, tree: usize, places: usize): void {
  let leaf: usize = load<u32>(tree, 28);
  const end = leaf + <usize>load<u32>(tree, 12) * leafBytes;
  for (; leaf < end; leaf += leafBytes) {
    const value = v128.load_splat<f64>(leaf);
    const place = places + <usize>load<u32>(leaf, 8);
    for (let k: usize = 0; k < size; k += 16) v128.store(place + k, value);
  }
}

/** With two leaves Σ s G is their mean, and H how far the one that the row goes to is from it. */
@inline
function closeTips(size: usize, rule: usize, tree: usize, masks: usize, places: usize, cells: usize): void {
  let tip: usize = load<u32>(tree, 24);
  const end = tip + <usize>load<u32>(tree, 8) * tipBytes;
  for (let mask = masks; tip < end; tip += tipBytes, mask += maskBytes) {
    const gone = v128.and(v128.load(mask), v128.load(tip));
    const h = f64x2.add(gone, v128.shuffle<f64>(gone, gone, 1, 0));
    const mean = v128.load_splat<f64>(tip, 16);
    const z = v128.load_splat<f64>(tip, 24);
    const place = places + <usize>load<u32>(tip, 32);
    let sum = f64x2.splat(0);
    for (let k: usize = 0; k < size; k += 16) {
      const r = inverseOf(rule + k, size, z);
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(v128.load(place + k), r), r));
      v128.store(place + k, f64x2.add(mean, f64x2.mul(f64x2.mul(v128.load(rule + k), r), h)));
    }
    give(cells + <usize>load<u32>(tip, 36), f64x2.mul(f64x2.mul(sum, z), h));
  }
}

/** G of every inner node from its children's, and what its split gives to its feature. */
@inline
function ascend(
  size: usize,
  rule: usize,
  inner: usize,
  count: usize,
  masksEnd: usize,
  places: usize,
  inverses: usize,
  cells: usize,
): void {
  let mask = masksEnd;
  let child = places + size + count * 2 * size;
  let inverse = inverses + count * size;
  for (let node = inner + count * innerBytes; node > inner; ) {
    node -= innerBytes;
    mask -= maskBytes;
    child -= 2 * size;
    inverse -= size;
    const shareLeft = v128.load_splat<f64>(node);
    const shareRight = v128.load_splat<f64>(node, 8);
    const left = v128.load_splat<f64>(mask);
    const right = v128.load_splat<f64>(mask, 8);
    const z = v128.load_splat<f64>(node, 16);
    const place = places + <usize>load<u32>(node, 24);
    let sum = f64x2.splat(0);
    for (let k: usize = 0; k < size; k += 16) {
      const gLeft = v128.load(child + k);
      const gRight = v128.load(child + size + k);
      const r = v128.load(inverse + k);
      const h = f64x2.mul(f64x2.add(f64x2.mul(left, gLeft), f64x2.mul(right, gRight)), r);
      const mean = f64x2.add(f64x2.mul(shareLeft, gLeft), f64x2.mul(shareRight, gRight));
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(v128.load(place + k), r), h));
      v128.store(place + k, f64x2.add(mean, f64x2.mul(v128.load(rule + k), h)));
    }
    give(cells + <usize>load<u32>(node, 28), f64x2.mul(sum, z));
  }
}

@inline
function give(cell: usize, part: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), part));
}
