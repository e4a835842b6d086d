"""The data that every benched model is trained on, and the rows that every engine is asked."""

import numpy

COLUMNS = 28
TRAINED = 25_000
ASKED = 10_000


def data(rows, seed):
    """Normal columns, 5 % of them missing, and a label that is a noisy function of a few of them."""
    random = numpy.random.default_rng(seed)
    x = random.standard_normal((rows, COLUMNS)).astype(numpy.float32)
    x[random.random(x.shape) < 0.05] = numpy.nan
    z = numpy.nan_to_num(x, nan=0.0).astype(numpy.float64)
    y = (
        1.3 * z[:, 0]
        + numpy.sin(2 * z[:, 1])
        + z[:, 2] * z[:, 3]
        - 0.5 * (z[:, 4] > 0.3) * z[:, 5]
        + 0.3 * z[:, 6:].sum(axis=1) / numpy.sqrt(COLUMNS)
        + 0.5 * random.standard_normal(rows)
    )
    return x, (y > 0).astype(numpy.int32)


def training():
    return data(TRAINED, seed=7)


def asked():
    return data(ASKED, seed=8)[0]


def filled(x):
    """The same rows with nothing missing."""
    return numpy.nan_to_num(x, nan=0.0)
