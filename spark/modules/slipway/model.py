"""A compiled model, ready to score columns: the same answers as scoring/ gives row by row."""

import numpy as np

from .cores import margins_of
from .image import read_ir
from .labels import likeliest
from .links import calibrated, first_of, to_value, values_of
from .rows import reader

MOST_CLASSES = 100


def load(data):
    """{features, score}: `score(columns)` takes a column for each feature, in their order, and gives a list of columns
    of doubles in the order of a run's outputs; labels are places in their list. Raises Unscored, image.Damaged."""
    ir = read_ir(data)
    compare = "f64" if ir["encoding"] is not None else ir["core"]["compare"]
    readers = [reader(feature, compare) for feature in ir["features"]]

    def score(columns):
        read = [of(values) for of, values in zip(readers, columns)]
        count = len(columns[0]) if columns else 0
        rows = np.stack(read, axis=1) if read else np.zeros((count, 0))
        margins, seen = margins_of(ir, rows)
        with np.errstate(all="ignore"):
            answers = [np.asarray(one, dtype=np.float64) for one in answers_of(ir["output"], margins, seen)]
        if not all(np.isfinite(one).all() for one in answers):
            raise ValueError("the model gives no finite number for a row")
        return answers

    return {"features": ir["features"], "score": score}


def is_second(output, p1):
    threshold = output.get("threshold")
    return p1 > 0.5 if threshold is None else p1 >= threshold


def answers_of(output, margins, seen):
    kind = output["kind"]
    if kind == "anomaly":
        return anomaly(output, margins[:, 0])
    if kind in ("multinomial", "ordinal"):
        values = values_of(output, margins)
        shares = [] if len(output["classes"]) > MOST_CLASSES else list(values.T)
        return [likeliest(output, values, seen), *shares]
    if output["targets"] > 1:
        values = [to_value(output, margins[:, i]) for i in range(output["targets"])]
        if kind == "binomial":
            values = [is_second(output, value) for value in values]
        return [values[0], *values]
    if kind == "regression":
        return [to_value(output, margins[:, 0])]
    return two_classes(output, margins)


def anomaly(output, margin):
    score, path = to_value(output, margin), output.get("path")
    if not path:
        return [score]
    flag = [] if path.get("threshold") is None else [score > path["threshold"]]
    return [score, margin / path["trees"], *flag]


def two_classes(output, margins):
    if output["link"] == "step":
        return [is_second(output, to_value(output, margins[:, 0]))]
    if output.get("priors") or margins.shape[1] == 2:
        p0, p1 = values_of(output, margins).T
    else:
        p1 = to_value(output, margins[:, 0])
        p0 = first_of(output, margins[:, 0], p1)
    calibration = output.get("calibration")
    if not calibration:
        return [is_second(output, p1), p0, p1]
    c1 = calibrated(calibration, p0, p1)
    return [is_second(output, p1), p0, p1, 1 - c1, c1]
