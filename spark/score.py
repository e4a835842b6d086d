"""One run of a batch deployment as a job of Spark: reads a pinned snapshot, filters, scores, and makes one commit.

Its only argument is the address of the run's `job.json`, which says all there is to know. It commits at most once: before
it writes it looks for its run id among the snapshots of the target, and a conflict makes it look again.
"""

import hashlib
import json
import re
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from slipway.tables import Refused, once_each, replaced_rows, source_rows

ATTEMPTS = 5
RUN_ID = "slipway.run-id"
# A trace shows lines of this code too, so only what an error says counts.
REFUSED = re.compile(r"(?:^|Error: )slipway: ([^\r\n]{1,900})", re.MULTILINE)
CONFLICTS = ("ValidationException", "CommitFailedException")


def main(address):
    spark = SparkSession.builder.appName("slipway").getOrCreate()
    job = json.loads(read(spark, address).decode())
    settle(spark, job)
    try:
        result = run(spark, job)
    except Exception as error:
        refused = REFUSED.search(str(error))
        if refused:
            write(spark, job["failed"], {"reason": refused.group(1)})
        raise
    write(spark, job["result"], {"run_id": job["run"]["run_id"], **result})


def settle(spark, job):
    """Numbers, times and catalogs as our own engine has them."""
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", "true")
    for name, settings in job["catalogs"].items():
        spark.conf.set(f"spark.sql.catalog.{name}", "org.apache.iceberg.spark.SparkCatalog")
        for key, value in {"cache-enabled": "false", **settings}.items():
            spark.conf.set(f"spark.sql.catalog.{name}.{key}", value)


def path_of(spark, address):
    """A file and its file system; `s3://` where EMR has it, anything that Hadoop knows elsewhere."""
    path = spark._jvm.org.apache.hadoop.fs.Path(address)
    return path, path.getFileSystem(spark._jsc.hadoopConfiguration())


def read(spark, address):
    path, system = path_of(spark, address)
    stream = system.open(path)
    try:
        return bytes(spark._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))
    finally:
        stream.close()


def write(spark, address, content):
    path, system = path_of(spark, address)
    stream = system.create(path, True)
    stream.write(bytearray(json.dumps(content).encode()))
    stream.close()


def loaded(spark, job):
    """The target as it is now; another table of its name is not written to."""
    table = spark._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(
        spark._jsparkSession, job["target"]["table"]
    )
    if str(table.operations().current().uuid()) != job["target"]["uuid"]:
        raise Refused("the target is not the table that the run was planned for")
    return table


def snapshot_of_run(table, run_id):
    found, snapshots = None, table.snapshots().iterator()
    while snapshots.hasNext():
        snapshot = snapshots.next()
        if snapshot.summary().get(RUN_ID) == run_id:
            found = snapshot
    return found


def run(spark, job):
    for attempt in range(ATTEMPTS):
        table = loaded(spark, job)
        own = snapshot_of_run(table, job["run"]["run_id"])
        if own is not None:
            return told(own)
        try:
            changed = commit(spark, job, table)
        except Exception as error:
            if attempt == ATTEMPTS - 1 or not any(word in str(error) for word in CONFLICTS):
                raise
            if "some, but not all" in str(error):
                raise Refused("the target has files that hold other rows beside those to be replaced") from error
            continue
        if not changed:
            return {"status": "unchanged", "snapshot_id": None, "rows_scored": 0}
    raise Refused("the commit of the run cannot be found")


def told(snapshot):
    return {
        "status": "committed",
        "snapshot_id": str(snapshot.snapshotId()),
        "rows_scored": int(snapshot.summary().get("added-records") or 0),
    }


def commit(spark, job, table):
    """Whether there was anything to change."""
    base = table.currentSnapshot()
    rows = source_rows(spark, job)
    if job["once"]:
        rows = once_each(spark, job["once"], rows, job, base)
        writing(scored(spark, job, rows), job).append()
        return True
    replaced = replaced_rows(spark, job, rows, base)
    if replaced is None:
        return False
    write_to = writing(scored(spark, job, rows), job).option("isolation-level", "serializable")
    if base is not None:
        write_to = write_to.option("validate-from-snapshot-id", str(base.snapshotId()))
    write_to.overwrite(replaced)
    return True


def writing(rows, job):
    target = job["target"]
    writer = rows.select(*[F.expr(one["sql"]).alias(one["name"]) for one in target["columns"]]).writeTo(target["table"])
    for name, value in job["properties"].items():
        writer = writer.option(f"snapshot-property.{name}", value)
    if target["spread"]:
        writer = writer.option("distribution-mode", "none").option("fanout-enabled", "true")
    return writer


def scored(spark, job, rows):
    """Rows with `e…` and the answers of the model as `o…`."""
    image = read(spark, job["model"]["image"]["address"])
    if hashlib.sha256(image).hexdigest() != job["model"]["image"]["sha256"]:
        raise Refused("the model of the run is not what it was")
    entity = [f"e{i} {one['type']}" for i, one in enumerate(job["source"]["entity"])]
    answers = [f"o{i} {one['type']}" for i, one in enumerate(job["outputs"])]
    width, features = len(job["source"]["entity"]), len(job["source"]["features"])
    shared = spark.sparkContext.broadcast(image)
    outputs = job["outputs"]

    def score(batches):
        from slipway.batches import scored_batches

        return scored_batches(batches, shared.value, width, features, outputs)

    return rows.mapInArrow(score, ", ".join(entity + answers))


if __name__ == "__main__":
    main(sys.argv[1])
