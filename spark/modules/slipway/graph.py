"""ONNX graphs over many rows at once: each node is a table of values, a row of it for each row."""

import numpy as np

from .trees import sum_trees

WINITZKI_PI = 314_159 / 100_000


def logistic(x):
    value = 1 / (1 + np.exp(-np.abs(x)))
    return np.where(x < 0, 1 - value, value)


def probit(score):
    x = 2 * score - 1
    log = np.log((1 - x) * (1 + x))
    a = 2 / (WINITZKI_PI * 0.147) + 0.5 * log
    return np.sqrt(2) * np.sign(x) * np.sqrt(-a + np.sqrt(a * a - log / 0.147))


def grouped(x, width, change):
    return change(x.reshape(len(x), -1, width)).reshape(len(x), -1)


def softmax(groups):
    made = np.exp(groups - groups.max(axis=2, keepdims=True))
    return made / made.sum(axis=2, keepdims=True)


def softmax_zero(groups):
    largest = groups.max(axis=2, keepdims=True)
    counted = np.abs(groups) > 1e-7
    made = np.where(counted, np.exp(groups - largest), groups * np.exp(-largest))
    return made / np.where(counted, made, 0).sum(axis=2, keepdims=True)


def normalise(norm):
    sizes = (
        lambda g: g.max(axis=2, keepdims=True),
        lambda g: np.abs(g).sum(axis=2, keepdims=True),
        lambda g: np.sqrt((g * g).sum(axis=2, keepdims=True)),
    )

    def change(groups):
        size = sizes[int(norm)](groups)
        return np.where(size != 0, groups / np.where(size == 0, 1, size), groups)

    return change


def member(x, a):
    columns = []
    for i, at in enumerate(a["at"]):
        value = x[:, at]
        held = np.isin(value, a["members"][a["start"][i] : a["start"][i + 1]])
        columns.append(np.where(np.isnan(value), value, held))
    return np.stack(columns, axis=1)


def lookup(x, a):
    out = np.full(x.shape, a["other"][0])
    for key, value in zip(a["keys"], a["values"]):
        out[np.isnan(x) if np.isnan(key) else x == key] = value
    return out


def lookup_code(x, a):
    start, values = np.asarray(a["start"]), np.append(a["values"], a["other"][0])
    own, size = start[:-1][: x.shape[1]], np.diff(start)[: x.shape[1]]
    inside = (x >= 0) & (x < size)
    return values[np.where(inside, own + np.where(inside, x, 0), len(values) - 1).astype(np.int64)]


def impute(x, a):
    replaced = a["replaced"][0]
    stands = np.isnan(x) if np.isnan(replaced) else x == replaced
    return np.where(stands, np.asarray(a["values"])[: x.shape[1]], x)


def hot(x, a):
    places = np.arange(int(a["width"]))
    return (x[:, :, None] == places).astype(np.float64).reshape(len(x), -1)


def largest(x, a):
    """Nothing is larger than a first value that is missing, and a later one that is missing than nothing."""
    groups = x.reshape(len(x), -1, int(a["width"]))
    top = np.where(np.isnan(groups), -np.inf, groups)
    last = groups.shape[2] - 1 - top[:, :, ::-1].argmax(axis=2)
    place = last if a["last"] == 1 else top.argmax(axis=2)
    return np.where(np.isnan(groups[:, :, 0]), 0, place).astype(np.float64)


def product(a, b, attributes):
    rows, inner, columns = (int(attributes[name]) for name in ("rows", "inner", "columns"))
    left, right = a.reshape(len(a), rows, inner), b.reshape(len(b), inner, columns)
    total = np.zeros((len(a), rows, columns))
    for k in range(inner):
        total = total + left[:, :, k, None] * right[:, k, None, :]
    return total.reshape(len(a), -1)


def pick(inputs, a):
    return np.stack([inputs[f][:, at] for f, at in zip(a["from"], a["at"])], axis=1)


def truth(x):
    return np.where(x == 0, 0.0, 1.0)


EACH = {
    "whole": np.trunc,
    "truth": truth,
    "relu": lambda x: np.maximum(0, x),
    "tanh": np.tanh,
    "exp": np.exp,
    "logistic": logistic,
    "probit": probit,
}
PAIR = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide}
GROUP = {"softmax": softmax, "softmaxZero": softmax_zero}
MOVES = {
    "member": member,
    "impute": impute,
    "lookup": lookup,
    "lookupCode": lookup_code,
    "hot": hot,
    "largest": largest,
    "trees": lambda x, a: sum_trees(a["trees"], x).astype(np.float64),
}
UNROUNDED = {"constant", "member", "impute", "lookup", "lookupCode", "hot", "largest"}


def operation(op, inputs, a, rows):
    if op == "row":
        return rows[:, a["features"]]
    if op == "constant":
        return np.broadcast_to(a["values"], (len(rows), len(a["values"])))
    if op == "pick":
        return pick(inputs, a)
    if op == "product":
        return product(inputs[0], inputs[1], a)
    if op in PAIR:
        return PAIR[op](inputs[0], inputs[1])
    if op in EACH:
        return EACH[op](inputs[0])
    if op == "normalise":
        return grouped(inputs[0], int(a["width"]), normalise(a["norm"]))
    if op in GROUP:
        return grouped(inputs[0], int(a["width"]), GROUP[op])
    return MOVES[op](inputs[0], a)


def run_graph(core, rows):
    values = []
    for node in core["nodes"]:
        inputs = [values[i] for i in node["inputs"]]
        made = np.asarray(operation(node["op"], inputs, node["attributes"], rows), dtype=np.float64)
        if node["single"] and node["op"] not in UNROUNDED:
            made = made.astype(np.float32).astype(np.float64)
        values.append(made)
    return values[core["result"]][:, core["margins"]]
