"""Forests over many rows at once: tree by tree, so that sums round as they do row by row."""

import numpy as np

NEARLY_ZERO = float(np.float32(1e-35))
LEAF, NUMBER, CATEGORY, ZERO_IS_MISSING = range(4)


def table_bytes(trees, table, x):
    start = trees["tableStart"][table]
    size = trees["tableStart"][table + 1] - start - 2
    inside = (x >= 0) & (x < size)
    code = np.where(inside, np.trunc(np.where(inside, x, 0)), size + np.isnan(x)).astype(np.int64)
    return trees["tables"][start + code]


def goes_right(trees, node, x):
    kind = trees["kind"][node]
    missing = trees["missingRight"][node] == 1
    right = (x >= trees["threshold"][node]) | (np.isnan(x) & missing)
    zeros = kind == ZERO_IS_MISSING
    if zeros.any():
        absent = ~((x > NEARLY_ZERO) | (x < -NEARLY_ZERO))
        right = np.where(zeros & absent, missing, right)
    categories = kind == CATEGORY
    if categories.any():
        right[categories] = table_bytes(trees, trees["table"][node[categories]], x[categories]) == 1
    return right


def leaves_reached(trees, root, rows):
    """The leaf of one tree that each row comes to."""
    feature, left = trees["feature"], trees["left"]
    node = np.full(len(rows), root, dtype=np.int64)
    moving = np.flatnonzero(feature[node] >= 0)
    while len(moving):
        here = node[moving]
        here = left[here] + goes_right(trees, here, rows[moving, feature[here]])
        node[moving] = here
        moving = moving[feature[here] >= 0]
    return node


def linear_leaves(terms, term, rows, plain):
    """Leaves that are linear functions; one of whose inputs is missing has its plain value."""
    value = np.array(plain, dtype=np.float64)
    for one in np.unique(term[term >= 0]):
        at = np.flatnonzero(term == one)
        total, whole = np.full(len(at), terms["constant"][one]), np.ones(len(at), dtype=bool)
        for i in range(terms["start"][one], terms["start"][one + 1]):
            x = rows[at, terms["feature"][i]]
            whole &= ~np.isnan(x)
            total = total + terms["coefficient"][i] * x
        value[at] = np.where(whole, total, plain[at])
    return value


def sum_trees(trees, rows):
    """Margins, one column per output, in the precision that they are added in."""
    precision = np.float32 if trees["sum"] == "f32" else np.float64
    base = np.asarray(trees["base"], dtype=np.float64)
    if trees.get("combine") is not None:
        return pick_leaves(trees, rows) + base
    sums = np.zeros((len(rows), len(base)), dtype=precision)
    if not trees["baseLast"]:
        sums[:] = base
    for tree, root in enumerate(trees["root"]):
        node = leaves_reached(trees, root, rows)
        value = trees["leaf"][node]
        if trees["terms"] is not None:
            value = linear_leaves(trees["terms"], trees["table"][node], rows, value)
        output = trees["outputOf"][tree]
        sums[:, output] = sums[:, output].astype(np.float64) + value
    if trees["baseLast"]:
        sums[:] = sums.astype(np.float64) + base
    return sums


def pick_leaves(trees, rows):
    pick = np.fmin if trees["combine"] == "smallest" else np.fmax
    best = np.full((len(rows), len(trees["base"])), np.nan)
    for tree, root in enumerate(trees["root"]):
        output = trees["outputOf"][tree]
        best[:, output] = pick(best[:, output], trees["leaf"][leaves_reached(trees, root, rows)])
    return np.where(np.isnan(best), 0.0, best)
