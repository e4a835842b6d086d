"""Images of compiled models, as scoring/image writes them: a header of JSON and sections of numbers."""

import json
import struct

import numpy as np

IMAGE_VERSION = 1
BODY_ADDRESS = 64
ALIGNMENT = 64
PREFIX = 10

TYPES = {
    "u8": "u1",
    "i8": "i1",
    "u16": "<u2",
    "i16": "<i2",
    "u32": "<u4",
    "i32": "<i4",
    "f32": "<f4",
    "f64": "<f8",
    "i64": "<i8",
    "u64": "<u8",
}
SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf"), "-0": -0.0}


class Damaged(ValueError):
    """Bytes that are no image of this version."""


def read_image(data):
    """{header, body, sections}; raises Damaged."""
    if len(data) < PREFIX or data[:4] != b"SLPM":
        raise Damaged("these bytes are no image of a model")
    version, length = struct.unpack_from("<HI", data, 4)
    if version != IMAGE_VERSION:
        raise Damaged("the model was compiled by another version")
    whole = json.loads(bytes(data[PREFIX : PREFIX + length]).decode())
    start = -(-(PREFIX + length) // ALIGNMENT) * ALIGNMENT
    if len(data) - start != whole["body"]:
        raise Damaged("the image of the model is cut")
    sections = {name: (kind, at, count) for name, kind, at, count in whole["sections"]}
    return {"header": whole["header"], "body": memoryview(data)[start:], "sections": sections}


def section(image, name):
    kind, at, count = image["sections"][name]
    return np.frombuffer(image["body"], dtype=TYPES[kind], count=count, offset=at)


def address(image, name):
    return BODY_ADDRESS + image["sections"][name][1]


def unpack(part, image):
    """JSON in which sections and numbers that JSON lacks are marked, as plain data."""
    if isinstance(part, list):
        return [unpack(one, image) for one in part]
    if not isinstance(part, dict):
        return part
    if "$" not in part:
        return {key[1:] if key.startswith("$") else key: unpack(one, image) for key, one in part.items()}
    mark = part["$"]
    if mark in SPECIAL:
        return SPECIAL[mark]
    return np.zeros(part.get("zeros", 0)) if mark == "zeros" else section(image, mark)


def read_ir(data):
    """The model that an image was compiled from, without what only explanations need."""
    image = read_image(data)
    header = image["header"]
    if "ir" not in header:
        raise Damaged("the image is not the one for predictions")
    ir = unpack(header["ir"], image)
    core = ir["core"]
    if header["kernel"] is not None:
        core.update(trees_of(image, header["kernel"]))
    elif core["type"] == "stack":
        for base in core["bases"]:
            base["model"] = None if base["model"] is None else read_ir(base["model"].tobytes())
        core["meta"] = read_ir(core["meta"].tobytes())
    return ir


EXACT = (
    "base root outputOf kind feature threshold left missingRight table leaf tableStart tables"
).split()
LEFT, RIGHT, ZERO_LEFT, ZERO_RIGHT, CATEGORY = range(5)
TREE_INTS = 3
ROWS_AT_ONCE = 12


def layout_of(header):
    single, tables = header["precision"] == "f32", header["tables"]
    return {
        "node": 16 if single or not tables else 24,
        "slot": (4 if single else 8) * (2 if tables else 1),
        "width": 4 if single else 8,
        "number": "<f4" if single else "<f8",
        "table": 12 if single else 16,
    }


def trees_of(image, header):
    """Trees as they were before they became the memory of a kernel."""
    layout = layout_of(header)
    first, count = address(image, "nodes"), header["nodes"]
    names, formats, offsets = ["slot", "child", "value"], ["<i4", "<i4", layout["number"]], [0, 4, 8]
    if header["tables"]:
        names, formats, offsets = names + ["table"], formats + ["<i4"], offsets + [layout["table"]]
    shape = {"names": names, "formats": formats, "offsets": offsets, "itemsize": layout["node"]}
    nodes = np.frombuffer(section(image, "nodes").tobytes(), dtype=np.dtype(shape), count=count)
    slot = (nodes["slot"].astype(np.int64) - header["row"]) // layout["slot"]
    inner = slot > 0
    pairs = section(image, "slots").reshape(-1, 2)
    column, role = np.full(count, -1), np.full(count, -1)
    column[inner], role[inner] = pairs[slot[inner] - 1].T
    category = role == CATEGORY
    value = nodes["value"].astype(np.float64)
    table = np.full(count, -1)
    missing_right = np.isin(role, (RIGHT, ZERO_RIGHT)).astype(np.int64)
    if header["tables"]:
        at = nodes["table"].astype(np.int64)[category]
        places = section(image, "tablePlace").astype(np.int64) + address(image, "tables")
        found = {int(place): i for i, place in enumerate(places)}
        table[category] = [found[int(one)] for one in at]
        missing_right[category] = np.frombuffer(image["body"], dtype="u1")[at - 2 - BODY_ADDRESS]
    trees = section(image, "trees").reshape(-1, TREE_INTS).astype(np.int64)
    decoded = {
        "base": section(image, "base"),
        "root": (trees[:, 0] - first) // layout["node"],
        "outputOf": trees[:, 2] // (ROWS_AT_ONCE * layout["width"]),
        "kind": np.where(inner, np.where(category, 2, np.where(role >= ZERO_LEFT, 3, 1)), 0),
        "feature": column,
        "threshold": np.where(inner & ~category, value, 0.0),
        "left": np.where(inner, (nodes["child"].astype(np.int64) - first) // layout["node"], -1),
        "missingRight": missing_right,
        "table": table,
        "leaf": np.where(inner, 0.0, value),
        "terms": None,
        **tables_of(image, header),
    }
    for name in EXACT:
        if f"exact {name}" in image["sections"]:
            decoded[name] = section(image, f"exact {name}")
    return decoded


def tables_of(image, header):
    """Tables of categories: a byte for each code, then one for other codes and one for missing."""
    if not header["tables"]:
        return {"tableStart": np.zeros(1, dtype=np.int64), "tables": np.zeros(0, dtype=np.uint8)}
    starts = section(image, "tableStart").astype(np.int64)
    held, tables = section(image, "tables"), np.zeros(int(starts[-1]), dtype=np.uint8)
    for i, at in enumerate(section(image, "tablePlace")):
        start, length = starts[i], starts[i + 1] - starts[i] - 2
        tables[start : start + length] = held[at : at + length]
        tables[start + length] = held[at - 1]
        tables[start + length + 1] = held[at - 2]
    return {"tableStart": starts, "tables": tables}
