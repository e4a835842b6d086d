"""Trains the sample project's two models on a public data set and writes local/sample/.

    python3 -m venv venv && venv/bin/pip install -r scripts/sample/requirements.txt
    venv/bin/python scripts/sample/train.py

The same versions on the same kind of machine write the same files.
"""

import csv
import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import xgboost as xgb
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parents[2] / "local" / "sample"
FEATURES = ["mean radius", "mean texture", "mean smoothness", "mean concave points", "mean symmetry", "worst radius"]
NAMES = [name.replace(" ", "_") for name in FEATURES]
TARGET = "malignant"

data = load_breast_cancer()
columns = [list(data.feature_names).index(name) for name in FEATURES]
x = data.data[:, columns]
# scikit-learn counts benign as 1; a model that warns should call what it warns of 1.
y = 1 - data.target
train_x, held_x, train_y, held_y = train_test_split(x, y, test_size=0.25, random_state=7, stratify=y)


def metrics(p):
    return {
        "auc": round(float(roc_auc_score(held_y, p)), 4),
        "accuracy": round(float(accuracy_score(held_y, p > 0.5)), 4),
        "logloss": round(float(log_loss(held_y, p)), 4),
    }


def with_xgboost():
    params = {
        "objective": "binary:logistic", "max_depth": 3, "eta": 0.15, "subsample": 0.8, "min_child_weight": 2,
        "tree_method": "hist", "seed": 7, "nthread": 1,
    }
    booster = xgb.train(params, xgb.DMatrix(train_x, train_y, feature_names=NAMES), 50)
    booster.save_model(HERE / "tumour-xgboost.json")
    return booster.predict(xgb.DMatrix(held_x, feature_names=NAMES)).astype(np.float64)


def with_lightgbm():
    params = {
        "objective": "binary", "num_leaves": 8, "learning_rate": 0.1, "min_data_in_leaf": 10, "verbosity": -1,
        "seed": 7, "deterministic": True, "force_row_wise": True, "num_threads": 1,
    }
    booster = lgb.train(params, lgb.Dataset(train_x, train_y, feature_name=NAMES), 60)
    booster.save_model(HERE / "tumour-lightgbm.txt")
    return booster.predict(held_x)


def example(first, second):
    """The first malignant case held out of the training that both models are sure and right about."""
    sure = np.flatnonzero((held_y == 1) & (first > 0.9) & (second > 0.9))
    row = sure[0]
    return {
        "record": {name: float(value) for name, value in zip(NAMES, held_x[row])},
        "diagnosis": "1",
        "probability_of_1": {"tumour-xgboost.json": float(first[row]), "tumour-lightgbm.txt": float(second[row])},
    }


HERE.mkdir(parents=True, exist_ok=True)
first, second = with_xgboost(), with_lightgbm()
with open(HERE / "baseline.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*NAMES, TARGET])
    writer.writerows([*map(float, row), int(label)] for row, label in zip(train_x, train_y))
(HERE / "sample.json").write_text(
    json.dumps(
        {
            "source": "Breast Cancer Wisconsin (Diagnostic), W. Wolberg, O. Mangasarian, N. Street, W. Street, UCI Machine Learning Repository, 1993, https://doi.org/10.24432/C5DW2B; as shipped with scikit-learn",
            "licence": "CC BY 4.0",
            "features": NAMES,
            "target": TARGET,
            "classes": {"0": "benign", "1": "malignant"},
            "rows": {"training": len(train_y), "held_out": len(held_y)},
            "models": [
                {"file": "tumour-xgboost.json", "format": "xgboost", "algo": "XGBoost", "metrics": metrics(first)},
                {"file": "tumour-lightgbm.txt", "format": "lightgbm", "algo": "LightGBM", "metrics": metrics(second)},
            ],
            "example": example(first, second),
        },
        indent=2,
    )
    + "\n"
)
