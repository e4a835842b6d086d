"""Times scikit-learn, one thread: sklearn_peer.py MODEL ROWS COLUMNS measure|first. One line of JSON comes out."""

import json
import os
import pickle
import sys
import time
from pathlib import Path

import numpy
import sklearn.ensemble  # noqa: F401, what a server would have imported before its first model
from threadpoolctl import threadpool_limits

PASSES, TOLD = 400, 200
BUDGET = 1e6 * float(os.environ.get("BENCH_MILLISECONDS", "500"))
model_bytes = Path(sys.argv[1]).read_bytes()
rows = numpy.fromfile(sys.argv[2], dtype=numpy.float32).reshape(-1, int(sys.argv[3]))


def passes(count, predict):
    predict()
    took = []
    begun = time.perf_counter_ns()
    while len(took) < PASSES and (len(took) < 3 or time.perf_counter_ns() - begun < BUDGET):
        start = time.perf_counter_ns()
        predict()
        took.append((time.perf_counter_ns() - start) / count)
    return {"best": min(took), "median": float(numpy.median(took)), "passes": len(took)}


def calls(model):
    took = []
    for i in range(1000):
        start = time.perf_counter_ns()
        model.predict_proba(rows[i : i + 1])
        took.append(time.perf_counter_ns() - start)
    return {"p50": float(numpy.quantile(took, 0.5)), "p99": float(numpy.quantile(took, 0.99))}


def measure():
    model = pickle.loads(model_bytes)

    def one_by_one():
        for i in range(50):
            model.predict_proba(rows[i : i + 1])

    return {
        "single": passes(50, one_by_one),
        "calls": calls(model),
        "batch1000": passes(1000, lambda: model.predict_proba(rows[:1000])),
        "batch10000": passes(len(rows), lambda: model.predict_proba(rows)),
        "probabilities": model.predict_proba(rows[:TOLD])[:, 1].tolist(),
    }


def first():
    start = time.perf_counter_ns()
    pickle.loads(model_bytes).predict_proba(rows[:1])
    took = (time.perf_counter_ns() - start) / 1e6
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"milliseconds": took, "kilobytes": pages * os.sysconf("SC_PAGESIZE") // 1024}


with threadpool_limits(1):
    print(json.dumps(first() if sys.argv[4] == "first" else measure()))
