"""The likeliest class of each row; equal ones as H2O draws among them, where a model says so."""

import numpy as np

MULTIPLIER = 0x5DEECE66D
MASK = (1 << 48) - 1
JAVA_NAN = 0x7FF8000000000000


def likeliest(output, values, rows):
    best = values.argmax(axis=1)
    prior = output.get("ties")
    if not prior:
        return best
    equal = (values == values.max(axis=1, keepdims=True)).sum(axis=1) > 1
    for row in np.flatnonzero(equal):
        best[row] = drawn(values[row], prior, rows[row])
    return best


def drawn(values, prior, row):
    """The list of ties starts with the first class and is not cleared when a larger probability comes, as in H2O."""
    ties, best, count = [0], 0, 0
    for c in range(1, len(values)):
        if values[c] > values[best]:
            best, count = c, 0
        elif values[c] == values[best]:
            count += 1
            ties.append(c)
    if count == 0:
        return best
    weights = [prior[c] if c < len(prior) else 0 for c in ties]
    total, draw, below = sum(weights), first_double(row_hash(row)), 0.0
    for c, weight in zip(ties, weights):
        below += weight / total if total else float("nan")
        if below >= draw:
            return c
    return best


def first_double(seed):
    """The first nextDouble() of java.util.Random with this seed."""
    first = step((seed ^ MULTIPLIER) & MASK)
    second = step(first)
    return ((first >> 22) * 2**27 + (second >> 21)) * 2.0**-53


def step(state):
    return (state * MULTIPLIER + 0xB) & MASK


def row_hash(row):
    bits = np.asarray(row, dtype=np.float64).view(np.int64)
    found = 0
    for value, one in zip(row, bits):
        found ^= (JAVA_NAN if np.isnan(value) else int(one)) >> 6
    return found
