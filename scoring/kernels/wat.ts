import { groupBytes, type Layout, lanes, rowsAtOnce, treeBytes } from '../image/layout.ts';

/**
 * The source of a kernel as WebAssembly text: `row` sums the trees of one output for one row, `rows` all trees
 * for blocks of rows, and both once more for trees whose leaves lie at very different depths. Lanes are written
 * out instead of looped over: that is what makes them fast, as each waits for its own memory only.
 */
export function kernelText(layout: Layout, early: boolean): string {
  const versions = early ? [false, true] : [false];
  return `(module
  (import "env" "memory" (memory 1))
${versions.map((version) => `${row(layout, version)}\n${rows(layout, version)}`).join('\n')})
`;
}

const each = (count: number, line: (lane: number) => string): string =>
  Array.from({ length: count }, (_, lane) => line(lane)).join('\n');

const get = (name: string): string => `(local.get $${name})`;
const set = (name: string, value: string): string => `(local.set $${name} ${value})`;
const plus = (a: string, b: string): string => `(i32.add ${a} ${b})`;

/**
 * One step of a lane: the child's address, plus a node's size where the row goes right. `moved` is how far the
 * row lies from the one that nodes point at.
 */
function step(
  { precision, tables, node, child, threshold, table, code }: Layout,
  at: string,
  moved?: string,
) {
  const slot = `(i32.load ${at})`;
  const place = moved === undefined ? slot : plus(moved, slot);
  const value = `(${precision}.load ${place})`;
  const above = `(${precision}.ge ${value} (${precision}.load offset=${threshold} ${at}))`;
  const listed = `(i32.load8_u ${plus(`(i32.load offset=${table} ${at})`, `(i32.load offset=${code} ${place})`)})`;
  const right = tables ? `(i32.or ${above} ${listed})` : above;
  const size = node === 16 ? `(i32.shl ${right} (i32.const 4))` : `(i32.mul ${right} (i32.const ${node}))`;
  return plus(`(i32.load offset=${child} ${at})`, size);
}

/**
 * As many steps as the deepest tree needs, or, where leaves lie at very different depths, three at a time until
 * no lane moves any more.
 */
function steps(layout: Layout, early: boolean, count: number, moved?: (lane: number) => string): string {
  const loop = `(loop $steps
${each(count, (k) => set(`i${k}`, step(layout, get(`i${k}`), moved?.(k))))}
(br_if $steps (local.tee $left (i32.sub ${get('left')} (i32.const 1)))))`;
  if (!early) return loop;
  // Left counts the first two steps, then holds what changed in the third.
  return `(loop $moving
${set('left', '(i32.const 2)')}
${loop}
${each(
  count,
  (k) => `(local.set $next ${step(layout, get(`i${k}`), moved?.(k))})
(local.set $left (i32.or ${get('left')} (i32.xor ${get('next')} ${get(`i${k}`)})))
(local.set $i${k} ${get('next')})`,
)}
(br_if $moving ${get('left')}))`;
}

const locals = (count: number, names: string[]): string =>
  [...names, ...Array.from({ length: count }, (_, lane) => `i${lane}`)]
    .map((name) => `(local $${name} i32)`)
    .join(' ');

const nameOf = (name: string, early: boolean): string => (early ? `${name}Early` : name);

/** row(group, end, sum): the groups of trees from address to address, added to the sum in their order. */
function row(layout: Layout, early: boolean): string {
  const { precision, threshold } = layout;
  return `(func (export "${nameOf('row', early)}") (param $group i32) (param $end i32) (param $sum ${precision}) (result ${precision})
${locals(lanes, ['left', 'next'])}
(if (i32.lt_u ${get('group')} ${get('end')}) (then (loop $groups
${set('left', `(i32.load ${get('group')})`)}
${each(lanes, (k) => set(`i${k}`, `(i32.load offset=${4 + 4 * k} ${get('group')})`))}
${steps(layout, early, lanes)}
${each(lanes, (k) => set('sum', `(${precision}.add ${get('sum')} (${precision}.load offset=${threshold} ${get(`i${k}`)}))`))}
(br_if $groups (i32.lt_u (local.tee $group ${plus(get('group'), `(i32.const ${groupBytes})`)}) ${get('end')})))))
${get('sum')})`;
}

/**
 * rows(tree, end, moved, stride, blocks, sums, sumBytes): every tree from address to address for each block of
 * rows, which lie a stride apart, the first of them `moved` bytes from the row that nodes point at. Sums of a
 * block lie output by output, row by row.
 */
function rows(layout: Layout, early: boolean): string {
  const { precision, threshold, width } = layout;
  const distances = each(rowsAtOnce - 1, (k) => `(local $d${k + 1} i32)`);
  const leaf = (k: number) => `(${precision}.load offset=${threshold} ${get(`i${k}`)})`;
  return `(func (export "${nameOf('rows', early)}") (param $tree i32) (param $end i32) (param $moved i32) (param $stride i32) (param $blocks i32) (param $sums i32) (param $sumBytes i32)
${locals(rowsAtOnce, ['left', 'next', 'block', 'sum', 'd0'])}
${distances}
(if (i32.lt_u ${get('tree')} ${get('end')}) (then (loop $trees
${set('d0', get('moved'))}
${set('block', get('blocks'))}
${set('sum', plus(get('sums'), `(i32.load offset=8 ${get('tree')})`))}
(loop $blocks
${each(rowsAtOnce - 1, (k) => set(`d${k + 1}`, plus(get(`d${k}`), get('stride'))))}
${set('i0', `(i32.load ${get('tree')})`)}
${each(rowsAtOnce - 1, (k) => set(`i${k + 1}`, get('i0')))}
${set('left', `(i32.load offset=4 ${get('tree')})`)}
${steps(layout, early, rowsAtOnce, (k) => get(`d${k}`))}
${each(
  rowsAtOnce,
  (k) =>
    `(${precision}.store offset=${k * width} ${get('sum')} (${precision}.add (${precision}.load offset=${k * width} ${get('sum')}) ${leaf(k)}))`,
)}
${set('d0', plus(get(`d${rowsAtOnce - 1}`), get('stride')))}
${set('sum', plus(get('sum'), get('sumBytes')))}
(br_if $blocks (local.tee $block (i32.sub ${get('block')} (i32.const 1)))))
(br_if $trees (i32.lt_u (local.tee $tree ${plus(get('tree'), `(i32.const ${treeBytes})`)}) ${get('end')}))))))`;
}
