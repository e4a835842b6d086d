"""Trains 100 trees on the Parquet files of a folder, or scores them: read, score, write, as a batch job would."""
import glob, json, sys, time

import lightgbm
import numpy
import pyarrow
import pyarrow.parquet

task, folder, model = sys.argv[1:4]
names = [f"x{i}" for i in range(8)]
files = sorted(glob.glob(folder + "/*.parquet"))


def features(table):
    return numpy.column_stack([table[name].to_numpy() for name in names])


if task == "train":
    rows = features(pyarrow.parquet.read_table(files[0]).slice(0, 50_000))
    label = (numpy.nan_to_num(rows[:, 0] * rows[:, 1] + rows[:, 2]) > 0).astype(int)
    options = {"objective": "binary", "num_leaves": 64, "max_depth": 6, "num_threads": 1, "verbose": -1}
    trained = lightgbm.train(options, lightgbm.Dataset(rows, label, feature_name=names), 100)
    trained.save_model(model)
    sys.exit()

booster = lightgbm.Booster(model_file=model)
weights = numpy.linspace(-1, 1, 8)


def scored(rows):
    if task == "linear":
        return 1 / (1 + numpy.exp(-(rows @ weights)))
    return booster.predict(rows, num_threads=1)


pyarrow.set_cpu_count(1)
pyarrow.set_io_thread_count(1)
best = {"seconds": 1e9, "cpu": 1e9}
for _ in range(3):
    start, cpu = time.time(), time.process_time()
    for file in files:
        table = pyarrow.parquet.read_table(file, columns=["id", *names], use_threads=False)
        out = pyarrow.table({"id": table["id"], "prediction": scored(features(table))})
        pyarrow.parquet.write_table(out, folder + "/out", compression="zstd", compression_level=1)
    spent = time.process_time() - cpu
    if spent < best["cpu"]:
        best = {"seconds": time.time() - start, "cpu": spent}
print(json.dumps(best))
