"""What a job reads of its tables: the rows to be scored, those that are there already, those that are replaced."""

from pyspark.sql import Window
from pyspark.sql import functions as F

MOST_VALUES = 1_000


class Refused(Exception):
    """Why a run cannot be done, in words without any value of anybody's rows."""

    def __init__(self, why):
        super().__init__(f"slipway: {why}")


def source_rows(spark, job):
    """The rows that pass the filter, with `e…` to be carried over, `f…` to be scored and where each row stands."""
    source = job["source"]
    reader = spark.read.format("iceberg")
    if source["snapshot_id"] is not None:
        reader = reader.option("snapshot-id", source["snapshot_id"])
    rows = reader.load(source["table"])
    places = [F.col("_file"), F.col("_pos")] if job["once"] else []
    rows = rows.select(*[F.expr(one["sql"]).alias(one["as"]) for one in source["columns"]], *places)
    if source["snapshot_id"] is None:
        rows = rows.where(F.lit(False))
    if source["filter"] is not None:
        rows = rows.where(F.expr(source["filter"]))
    entity = [F.col(one["column"]).alias(f"e{i}") for i, one in enumerate(source["entity"])]
    features = [F.expr(one["sql"]).alias(f"f{i}") for i, one in enumerate(source["features"])]
    return rows.select(*entity, *features, *places)


def once_each(spark, once, rows, job, base):
    """Each key once, the first by file and place, and none that the target holds for this slot."""
    keys = [key["entity"] for key in once["keys"]]
    first = Window.partitionBy(*keys).orderBy("_file", "_pos")
    rows = rows.withColumn("_n", F.row_number().over(first)).where("_n = 1").drop("_n", "_file", "_pos")
    if base is None:
        return rows
    slot = once["slot"]
    present = spark.read.format("iceberg").option("snapshot-id", str(base.snapshotId())).load(job["target"]["table"])
    present = present.where(F.expr(f"{slot['column']} = {slot['value']}"))
    present = present.select(*[F.col(key["column"]).alias(f"_k{i}") for i, key in enumerate(once["keys"])])
    same = [rows[name].eqNullSafe(present[f"_k{i}"]) for i, name in enumerate(keys)]
    return rows.join(present, same, "left_anti")


def replaced_rows(spark, job, rows, base):
    """Which rows of the target go; None where nothing goes and nothing comes."""
    replaces = job["replaces"]
    column = F.col(replaces["column"])
    if "entity" in replaces:
        values = [one[0] for one in rows.select(replaces["entity"]).distinct().limit(MOST_VALUES + 1).collect()]
        if len(values) > MOST_VALUES:
            raise Refused(f"more than {MOST_VALUES} values of the partition column in one run")
        if not values:
            return None
        there = column.isin([value for value in values if value is not None])
        return there | column.isNull() if None in values else there
    condition = column == F.expr(replaces["value"])
    if not rows.isEmpty():
        return condition
    if base is None or spark.read.format("iceberg").load(job["target"]["table"]).where(condition).isEmpty():
        return None
    return condition
