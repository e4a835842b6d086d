"""Scores columns given as JSON lines on the standard input, one model each; answers one line each."""

import json
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from slipway import model  # noqa: E402
from slipway.rows import Unscored  # noqa: E402


def column(values):
    texts = any(isinstance(value, str) for value in values)
    return np.array(values, dtype=object if texts else np.float64)


for line in sys.stdin:
    asked = json.loads(line)
    with open(asked["image"], "rb") as file:
        loaded = model.load(file.read())
    try:
        answers = loaded["score"]([column(one) for one in asked["columns"]])
        print(json.dumps({"answers": [list(map(float, one)) for one in answers]}))
    except (Unscored, ValueError) as refused:
        print(json.dumps({"refused": str(refused)}))
