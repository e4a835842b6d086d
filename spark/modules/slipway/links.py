"""From margins to values on the scale of the response, as scoring/evaluate has them."""

import numpy as np

LARGEST = np.finfo(np.float64).max
WINITZKI = 0.147
SPREAD = 4.33075040883


def f32(values):
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def probit(probability):
    x = np.clip(2 * probability - 1, -1, 1)
    logarithm = np.log((1 - x) * (1 + x))
    half = SPREAD + logarithm / 2
    return np.sqrt(2) * np.sign(x) * np.sqrt(np.sqrt(half * half - logarithm / WINITZKI) - half)


SIMPLE = {
    "identity": lambda m: m,
    "logistic": lambda m: 1 / (1 + np.exp(-m)),
    "exp": np.exp,
    "log1pExp": lambda m: np.where(m > 700, m, np.log1p(np.exp(m))),
    "signedSquare": lambda m: np.sign(m) * m * m,
    "step": lambda m: (m > 0).astype(np.float64),
    "expCapped": lambda m: np.minimum(1e19, np.exp(m)),
    "expSingle": lambda m: f32(np.exp(m)),
    "inverse": lambda m: 1 / np.where(m < 0, np.minimum(-1e-5, m), np.maximum(1e-5, m)),
    "logisticSingle": lambda m: f32(1 / f32(1 + f32(np.exp(-m)))),
    "complement": lambda m: 1 - m,
    "probit": probit,
}


def link_of(output):
    link, path = output["link"], output.get("path")
    if link == "tweedie":
        power = output.get("power", 0)
        return (lambda m: np.maximum(2e-16, np.exp(m))) if power == 0 else (lambda m: m ** (1 / power))
    if path and link == "isolation":
        return lambda m: 2 ** (-m / path["trees"] / path["longest"])
    if path and link == "pathLength":
        longest, shortest = path["longest"], path["shortest"]
        if longest > shortest:
            return lambda m: (longest - m) / (longest - shortest)
        return np.ones_like
    return SIMPLE.get(link, SIMPLE["identity"])


def scaled(output, margins):
    return margins / output["divisor"] * output["scale"]


def to_value(output, margins):
    return np.clip(link_of(output)(scaled(output, margins)), -LARGEST, LARGEST)


def divided(values):
    total = values.sum(axis=1, keepdims=True)
    return np.where(total > 0, values / total, values)


def softmax(margins, at_least=-np.inf):
    return divided(np.exp(margins - np.maximum(margins.max(axis=1, keepdims=True), at_least)))


def softmax_single(margins):
    values = f32(np.exp(f32(margins - margins.max(axis=1, keepdims=True))))
    return f32(values / f32(values.sum(axis=1, keepdims=True)))


def softmax_zero(margins):
    largest = margins.max(axis=1, keepdims=True)
    zero = np.abs(margins) <= 1e-7
    total = np.where(zero, 0, np.exp(margins - largest)).sum(axis=1, keepdims=True)
    small = np.where(total > 0, margins * np.exp(-largest) / total, 0)
    return np.where(zero, small, np.exp(margins - largest) / total)


def ordinal(margins):
    cumulative = 1 / (1 + np.exp(-margins))
    edges = np.concatenate([cumulative, np.ones((len(margins), 1))], axis=1)
    return np.diff(edges, axis=1, prepend=0.0)


SHARES = {
    "softmax": softmax,
    "softmaxFromZero": lambda m: softmax(m, 0),
    "softmaxSingle": softmax_single,
    "softmaxZero": softmax_zero,
    "normalise": divided,
    "ordinal": ordinal,
}


def first_of(output, margins, p1):
    """The probability of the first of two classes, rounded as the library rounds it."""
    if output["link"] == "complement":
        return scaled(output, margins)
    return f32(1 - p1) if output["link"] == "logisticSingle" else 1 - p1


def raw_values(output, margins):
    share = SHARES.get(output["link"])
    if share:
        return share(scaled(output, margins))
    if output["kind"] != "binomial" or output["targets"] > 1:
        return to_value(output, margins)
    p1 = to_value(output, margins[:, :1])
    return np.concatenate([first_of(output, margins[:, :1], p1), p1], axis=1)


def values_of(output, margins):
    """All values of rows: a probability per class, or a value per target."""
    with np.errstate(all="ignore"):
        raw = raw_values(output, margins)
        priors = output.get("priors")
        if not priors:
            return raw
        pairs = zip(priors["prior"], priors["model"])
        factors = [prior / model if prior != 0 and model != 0 else 1 for prior, model in pairs]
        return divided(raw * np.asarray(factors))


def calibrated(calibration, p0, p1):
    """The calibrated probability of the second class."""
    if calibration["kind"] == "platt":
        return 1 / (1 + np.exp(-(p0 * calibration["slope"] + calibration["intercept"])))
    return between(calibration["x"], calibration["y"], np.clip(p1, calibration["smallest"], calibration["largest"]))


def between(x, y, at):
    """Linear between neighbouring points, level beyond the first and the last."""
    x, y = np.asarray(x), np.asarray(y)
    low = np.searchsorted(x, at, side="left")
    above, below = np.minimum(low, len(x) - 1), np.clip(low - 1, 0, len(x) - 1)
    width = x[above] - x[below]
    share = np.where(width > 0, (at - x[below]) / np.where(width > 0, width, 1), 1)
    return (1 - share) * y[below] + share * y[above]
