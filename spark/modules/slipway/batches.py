"""Batches of Arrow through a model: what the executors of a job do."""

import numpy as np
import pyarrow as pa
from pyspark import TaskContext

from .model import load
from .rows import Unscored


def scored_batches(batches, image, width, features, outputs):
    """The first `width` columns as they are and the answers of the model to the `features` after them."""
    score = load(image)["score"]
    part, seen = TaskContext.get().partitionId(), 0
    for batch in batches:
        if batch.num_rows == 0:
            continue
        given = [column_of(batch.column(width + i)) for i in range(features)]
        try:
            answers = score(given) if given else []
        except Unscored as refused:
            raise ValueError(f"slipway: part {part}, after {seen + refused.row} rows: {refused}") from None
        except ValueError as refused:
            raise ValueError(f"slipway: part {part}, after {seen} rows: {refused}") from None
        arrays = [batch.column(i) for i in range(width)]
        arrays += [answer_of(values, output) for values, output in zip(answers, outputs)]
        names = [f"e{i}" for i in range(width)] + [f"o{i}" for i in range(len(outputs))]
        yield pa.RecordBatch.from_arrays(arrays, names=names)
        seen += batch.num_rows


def column_of(array):
    """Doubles with NaN for nothing, or texts with None."""
    if pa.types.is_floating(array.type):
        return array.to_numpy(zero_copy_only=False)
    return np.array(array.to_pylist(), dtype=object)


def answer_of(values, output):
    if output["type"] == "boolean":
        return pa.array(values == 1)
    if output.get("labels") is None:
        return pa.array(values, type=pa.float64())
    labels = np.array(output["labels"], dtype=object)
    return pa.array(labels[values.astype(np.int64)].tolist(), type=pa.string())
