"""The facts are written once for every engine: PySpark in local mode gives what duckdb gives.

Run by ``make spark`` (it needs Java); left out elsewhere.
"""

import sys

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis.facts.learner_month import learner_month
from pumpurs_analysis.facts.plan_support import plan_support

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore"),  # PySpark's own, on pandas 3
]


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "UTC",
        "spark.pyspark.python": sys.executable,
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def dirty(example_records):
    """The made-up records with refunds, and with learners, months, plans and sums not known."""
    tables = dict(example_records.tables)
    paid = tables["payments"].sample(frac=3, replace=True, random_state=1, ignore_index=True)
    random = np.random.default_rng(1)
    for name in ("learner_id", "month", "plan_id", "amount_cents"):
        paid.loc[random.random(len(paid)) < 0.05, name] = None
    is_refund = random.random(len(paid)) < 0.05
    paid["amount_cents"] = paid["amount_cents"].where(~is_refund, -paid["amount_cents"] // 2)
    return {**tables, "payments": paid}


@pytest.fixture(scope="module")
def on_spark(spark, dirty, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")

    def table(name):
        file = folder / f"{name}.parquet"
        frame = dirty[name]
        texts = [column for column in frame if frame[column].dtype == "category"]
        frame = frame.astype(dict.fromkeys(texts, "string"))
        frame.to_parquet(file, index=False, coerce_timestamps="us")
        return spark.read.parquet(str(file))

    return table


@pytest.fixture(scope="module")
def on_duckdb(dirty):
    connection = pytest.importorskip("duckdb").connect()
    return lambda name: connection.from_df(dirty[name])


def same(left, right, keys):
    """Two facts in one order and type: neither engine promises an order of rows."""
    frames = []
    for frame in (left, right):
        texts = [name for name in frame if frame[name].dtype == "category"]
        plain = frame.astype(dict.fromkeys({*texts, *keys} - {"month"}, "string"))
        if "month" in plain:
            plain["month"] = pd.to_datetime(plain["month"]).astype("datetime64[s]")
        frames.append(plain.sort_values(keys, ignore_index=True))
    pd.testing.assert_frame_equal(*frames)


def test_learner_months_are_the_same(on_spark, on_duckdb):
    here, there = (learner_month(engine("payments")) for engine in (on_duckdb, on_spark))
    assert len(here) > 500
    assert here["learner_id"].isna().any()
    assert here["month"].isna().any()
    same(here, there, ["learner_id", "school_id", "support_kind", "month"])


def test_plan_supports_are_the_same(on_spark, on_duckdb):
    names = ("plans", "supports", "consultations", "payments")
    here, there = (
        plan_support(**{name: engine(name) for name in names}) for engine in (on_duckdb, on_spark)
    )
    assert len(here) > 500
    same(here, there, ["plan_id", "support_kind"])
