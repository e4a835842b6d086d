"""Margins of rows through the core of a model: forests, linear models, networks, stacks, graphs."""

import numpy as np

from .graph import run_graph
from .links import values_of
from .trees import sum_trees


def single(values):
    """Rounded to single precision, held in double."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values, dtype=np.float32).astype(np.float64)


def encode(slots, compare, rows):
    """The columns that the core sees, of rows of features."""
    rounded = single if compare == "f32" else (lambda values: np.asarray(values, dtype=np.float64))
    columns = [rounded(column_of(slot, rows[:, slot["feature"]], rounded)) for slot in slots]
    return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0))


def column_of(slot, x, rounded):
    missing = np.isnan(x)
    if slot["kind"] == "number":
        made = (x - slot["subtract"]) * slot["multiply"] / slot["divide"] + slot["add"]
        if slot.get("zero") is not None:
            made = np.where(rounded(x) == 0, slot["zero"], made)
    elif slot["kind"] == "lookup":
        values = np.append(np.asarray(slot["values"], dtype=np.float64), slot["other"])
        code = np.where(missing, 0, x)
        known = (code >= 0) & (code < len(values) - 1) & (code == np.trunc(code))
        made = values[np.where(known, code, len(values) - 1).astype(np.int64)]
    else:
        made = np.where(x == slot["code"], slot["hot"], slot["cold"])
    return np.where(missing, slot["missing"], made)


def sum_linear(core, rows):
    outputs = len(core["bias"])
    precise = core["compare"] != "f32"
    sums = np.empty((len(rows), outputs), dtype=np.float64 if precise else np.float32)
    sums[:] = np.asarray(core["bias"], dtype=np.float64) + core["base"]
    weights = np.asarray(core["weights"], dtype=np.float64).reshape(-1, outputs)
    for column in range(rows.shape[1]):
        x = rows[:, column, None]
        product = np.where(np.isnan(x), 0.0, x * weights[column])
        added = sums.astype(np.float64) + (product if precise else single(product))
        sums[:] = np.where(np.isnan(x), sums, added)
    return sums


ACTIVATIONS = {
    "identity": lambda x: x,
    "rectifier": lambda x: 0.5 * (x + np.abs(x)),
    "tanh": lambda x: 1 - 2 / (1 + np.exp(2 * x)),
    "expRectifier": lambda x: np.where(x >= 0, x, np.exp(np.minimum(x, 0)) - 1),
}


def run_network(core, rows):
    values = rows
    for layer in core["layers"]:
        units, inputs = layer["units"], layer["inputs"]
        weights = np.asarray(layer["weights"], dtype=np.float64)
        bias = np.asarray(layer["bias"], dtype=np.float64)
        if layer["activation"] == "maxout":
            pairs, biases = weights.reshape(units, inputs, 2), bias.reshape(units, 2)
            sums = [values @ pairs[:, :, k].T + biases[:, k] for k in range(2)]
            values = np.maximum(*sums) * layer["keep"]
        else:
            sums = values @ weights.reshape(units, inputs).T + bias
            values = ACTIVATIONS[layer["activation"]](sums) * layer["keep"]
    response = core["response"]
    return values / response["multiply"] + response["subtract"] if response else values


def sum_paths(core, rows):
    """How long the paths of rows are, added over all trees of an extended isolation forest."""
    left = np.asarray(core["left"])
    normal = np.asarray(core["normal"], dtype=np.float64).reshape(len(left), -1)
    point = np.asarray(core["point"], dtype=np.float64).reshape(len(left), -1)
    total = np.zeros(len(rows))
    for root in core["root"]:
        node = np.full(len(rows), root, dtype=np.int64)
        moving = np.flatnonzero(left[node] >= 0)
        while len(moving):
            here = node[moving]
            distance = ((rows[moving] - point[here]) * normal[here]).sum(axis=1)
            here = left[here] + np.where(distance <= 0, 0, 1)
            node[moving] = here
            moving = moving[left[here] >= 0]
        total = total + core["length"][node]
    return total[:, None]


def log_odds(probability):
    clipped = np.minimum(np.maximum(probability, 1e-9), 0.999999999)
    return np.maximum(-19, np.log(clipped / (1 - clipped)))


def run_stack(core, rows):
    """Margins of the metalearner, and the answers of the base models that it was given."""
    answers, at = np.zeros((len(rows), sum(base["width"] for base in core["bases"]))), 0
    for base in core["bases"]:
        model = base["model"]
        if model is not None:
            own = rows[:, base["columns"]]
            if model["encoding"] is None and model["core"]["compare"] == "f32":
                own = single(own)
            values = values_of(model["output"], margins_of(model, own)[0])
            given = values[:, 1:2] if base["answers"] == "p1" else values
            answers[:, at : at + given.shape[1]] = given
        at += base["width"]
    if core["transform"] == "logit":
        answers = log_odds(answers)
    return margins_of(core["meta"], answers)[0], answers


CORES = {
    "trees": sum_trees,
    "linear": sum_linear,
    "network": run_network,
    "isolation": sum_paths,
    "graph": run_graph,
}


def margins_of(model, rows):
    """Raw margins in double precision, and the rows by which equal probabilities are told apart."""
    core = model["core"]
    encoding = model["encoding"]
    with np.errstate(all="ignore"):
        columns = rows if encoding is None else encode(encoding, core["compare"], rows)
        if core["type"] == "stack":
            return run_stack(core, columns)
        sums = CORES[core["type"]](core, columns)
        is_single = (core["sum"] if core["type"] == "trees" else core["compare"]) == "f32"
    return (single(sums) if is_single else np.asarray(sums, dtype=np.float64)), rows
