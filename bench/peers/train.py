"""Trains the benched models of XGBoost, LightGBM and scikit-learn and exports each to ONNX: train.py FOLDER."""

import pickle
import sys
from pathlib import Path

import lightgbm
import onnxmltools
import skops.io
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from recipe import COLUMNS, asked, filled, training

FOLDER = Path(sys.argv[1])
INPUT = [("x", FloatTensorType([None, COLUMNS]))]
x, y = training()
full = filled(x)


def save_onnx(name, model):
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


def train_xgboost(name, trees, depth, eta):
    settings = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": depth, "eta": eta, "seed": 7}
    booster = xgboost.train(settings, xgboost.DMatrix(x, label=y), num_boost_round=trees)
    booster.save_model(FOLDER / f"{name}.json")
    booster.save_model(FOLDER / f"{name}.ubj")
    save_onnx(name, onnxmltools.convert_xgboost(booster, initial_types=INPUT))


def train_lightgbm(name, trees, leaves):
    settings = {
        "objective": "binary",
        "num_leaves": leaves,
        "learning_rate": 0.05,
        "min_data_in_leaf": 5,
        "seed": 7,
        "deterministic": True,
        "verbose": -1,
    }
    booster = lightgbm.train(settings, lightgbm.Dataset(full[:20_000], label=y[:20_000]), num_boost_round=trees)
    booster.save_model(FOLDER / f"{name}.txt")
    save_onnx(name, onnxmltools.convert_lightgbm(booster, initial_types=INPUT, zipmap=False))


def train_sklearn(name, estimator):
    estimator.fit(full, y)
    skops.io.dump(estimator, FOLDER / f"{name}.skops")
    (FOLDER / f"{name}.pickle").write_bytes(pickle.dumps(estimator))
    save_onnx(name, to_onnx(estimator, full[:1], options={"zipmap": False}))


asked().tofile(FOLDER / "missing.f32")
filled(asked()).tofile(FOLDER / "full.f32")
train_xgboost("xgb100d6", 100, 6, 0.1)
train_xgboost("xgb500d8", 500, 8, 0.05)
train_lightgbm("lgb100x31", 100, 31)
train_lightgbm("lgb500x127", 500, 127)
train_sklearn(
    "hgb100x31",
    HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=31, early_stopping=False, random_state=7),
)
train_sklearn("forest100d10", RandomForestClassifier(n_estimators=100, max_depth=10, random_state=7))
