"""Columns of a table to the numbers that a model reads, as scoring/rows has them."""

import re

import numpy as np

DECIMAL = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
TRUTH = re.compile(r"true|false", re.IGNORECASE)
SPACE = " \t\n\v\f\r"

WORDS = {
    "not_finite": "no finite number",
    "missing": "nothing, and the model has no rule for that",
    "unseen_level": "a category that the model does not know",
}
UNSEEN = -1.0


class Unscored(ValueError):
    """A row that cannot be scored: names the feature, never a value of it."""

    def __init__(self, feature, problem, row):
        super().__init__(f"a row cannot be scored: feature '{feature}' is {WORDS[problem]}")
        self.row = row


def number_of(text):
    """A text as a number: nothing where it is empty, infinite where it is none."""
    plain = text.strip(SPACE)
    if plain == "":
        return np.nan
    return float(plain) if DECIMAL.fullmatch(plain) else np.inf


def written(x):
    """A number as JavaScript writes it, which is how levels were named."""
    if x == 0:
        return "0"
    digits, exponent = f"{abs(x):.17e}".split("e")
    for precision in range(17):
        short = f"{abs(x):.{precision}e}"
        if float(short) == abs(x):
            digits, exponent = short.split("e")
            break
    digits, point = digits.replace(".", ""), int(exponent) + 1
    sign = "-" if x < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def level_reader(levels, prefix):
    """Codes of values: -1 for one that is no level."""
    codes, truths, numbers = {}, {}, {}
    for code, level in enumerate(levels):
        if level in codes:
            continue
        codes[level] = code
        if TRUTH.fullmatch(level):
            truths.setdefault(level.lower(), code)
        if DECIMAL.fullmatch(level):
            numbers.setdefault(float(level), code)

    def named(name):
        found = codes.get(name)
        return codes.get(prefix + name) if found is None and prefix is not None else found

    def code_of(value):
        if isinstance(value, float):
            if np.isinf(value):
                return np.inf
            found = named(written(value))
            found = numbers.get(value) if found is None else found
        else:
            if value == "":
                return np.nan
            found = named(value)
            if found is None and TRUTH.fullmatch(value):
                found = truths.get(value.lower())
        return UNSEEN if found is None else float(found)

    return code_of


def looked_up(values, change):
    """Each different value is looked at once; `values` are floats with NaN, or texts with None."""
    texts = values.dtype == object
    there = np.array([value is not None for value in values], dtype=bool) if texts else ~np.isnan(values)
    out = np.full(len(values), np.nan)
    if there.any():
        different, places = np.unique(values[there].astype(str) if texts else values[there], return_inverse=True)
        made = [change(str(value) if texts else float(value)) for value in different]
        out[there] = np.asarray(made, dtype=np.float64)[places]
    return out


def reader(feature, compare):
    """From a column to the feature's numbers; raises Unscored."""
    levels, name = feature.get("levels"), feature["name"]
    code_of = None if levels is None else level_reader(levels, feature.get("prefix"))

    def refuse(problem, where):
        if where.any():
            raise Unscored(name, problem, int(np.flatnonzero(where)[0]))

    def numbers(values):
        x = looked_up(values, number_of) if values.dtype == object else values.astype(np.float64)
        if feature["kind"] == "category" and compare == "f64":
            x = np.trunc(x)
        elif compare == "f32":
            with np.errstate(over="ignore"):
                x = x.astype(np.float32).astype(np.float64)
        return x

    def settled(values):
        x = looked_up(values, code_of)
        unseen = x == UNSEEN
        if feature.get("other"):
            return np.where(unseen, len(levels), x)
        if feature.get("required"):
            refuse("unseen_level", unseen)
        return np.where(unseen, np.nan, x)

    def read(values):
        x = numbers(values) if levels is None else settled(values)
        refuse("not_finite", np.isinf(x))
        if feature.get("required"):
            refuse("missing", np.isnan(x))
        return x

    return read
