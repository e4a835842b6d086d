"""Trains the benched models of H2O and saves their MOJOs and the jar that scores them: train_h2o.py FOLDER."""

import csv
import sys
from pathlib import Path

import h2o
from h2o.backend import H2OLocalServer
from h2o.estimators import H2OGradientBoostingEstimator, H2ORandomForestEstimator, H2OXGBoostEstimator

from recipe import COLUMNS, training

FOLDER = Path(sys.argv[1])


def write_csv(path):
    x, y = training()
    with open(path, "w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([f"f{column}" for column in range(COLUMNS)] + ["y"])
        for row, label in zip(x, y):
            lines.writerow(["" if value != value else repr(float(value)) for value in row] + ["yes" if label else "no"])


def train(name, estimator, frame):
    estimator.train(y="y", training_frame=frame)
    estimator.download_mojo(str(FOLDER / f"{name}.zip"), get_genmodel_jar=True, genmodel_name=str(FOLDER / "genmodel.jar"))


write_csv(FOLDER / "training.csv")
# A server of its own: one that somebody else has started must neither be used nor stopped.
server = H2OLocalServer.start(port="54700+", nthreads=2, max_mem_size=2 << 30, verbose=False)
h2o.connect(server=server, verbose=False, strict_version_check=False)
try:
    frame = h2o.import_file(str(FOLDER / "training.csv"))
    frame["y"] = frame["y"].asfactor()
    train("gbm100d6", H2OGradientBoostingEstimator(ntrees=100, max_depth=6, seed=7), frame)
    train("drf50d12", H2ORandomForestEstimator(ntrees=50, max_depth=12, seed=7), frame)
    train("h2oxgb100d6", H2OXGBoostEstimator(ntrees=100, max_depth=6, seed=7, tree_method="hist"), frame)
finally:
    server.shutdown()
