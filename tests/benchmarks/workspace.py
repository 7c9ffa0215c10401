"""How long a workspace takes to save, open, read and compare, beside Parquet written by pandas.

Run by hand: ``python tests/benchmarks/workspace.py [payment lines]``. Ratios of one run count;
seconds depend on the machine.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import psutil

from pumpurs_analysis import schema, workspace
from pumpurs_analysis.dataset import Dataset

MEGABYTE = 1e6


def payments(count):
    """Payment lines of 614 schools; a school's lines stand together, as its delivery does."""
    random = np.random.default_rng(1)
    plans = max(count // 14, 1)
    school_of_plan = np.sort(random.integers(0, 614, plans)).astype("int16")
    plan = np.sort(random.integers(0, plans, count)).astype("int32")
    months = pd.date_range("2017-09-01", "2022-12-01", freq="MS").to_numpy().astype("datetime64[s]")
    kinds = ["catering", "consultation", "lodging", "transport"]

    def coded(codes, pattern, size):
        words = pd.Index([pattern % number for number in range(size)])
        return pd.Categorical.from_codes(codes, words)

    frame = pd.DataFrame({
        "plan_id": coded(plan, "P%07d", plans),
        "learner_id": coded(plan * 2 // 3, "L%015x", plans),
        "school_id": coded(school_of_plan[plan], "S%04d", 614),
        "support_kind": pd.Categorical.from_codes(random.integers(0, 4, count), kinds),
        "month": months[random.integers(0, len(months), count)],
        "amount_cents": pd.array(random.integers(100, 7000, count), dtype="Int64"),
        "is_refund": pd.array(np.zeros(count, dtype=bool), dtype="boolean"),
        "input_id": coded(school_of_plan[plan], "I%04d", 614),
        "row": pd.array(np.arange(count) + 2, dtype="Int64"),
    })  # fmt: skip
    return schema.conform("payments", frame)


def dataset(frame):
    names = ("plans", "inputs", "schools", "problems")
    made = {name: schema.conform(name, pd.DataFrame()) for name in names}
    return Dataset(MappingProxyType({**made, "payments": frame}), evidence="records")


class Meter:
    """Times a step and watches its memory."""

    def __init__(self):
        self.process, self.peak = psutil.Process(), 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while True:
            self.peak = max(self.peak, self.process.memory_info().rss)
            time.sleep(0.01)

    def __call__(self, label, step):
        before = self.peak = self.process.memory_info().rss
        started, busy = time.perf_counter(), time.process_time()
        result = step()
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        grown = (self.peak - before) / MEGABYTE
        line = f"{label:34}{seconds:8.2f} s {busy:8.2f} s of processor {grown:8.0f} MB more at peak"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        return result


def main(count):
    meter, frame = Meter(), payments(count)
    size = frame.memory_usage(deep=True).sum() / MEGABYTE
    sys.stdout.write(f"{count} payment lines, {size:.0f} MB, load {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as name:
        place, parquet = Path(name) / "workspace", Path(name) / "payments.parquet"
        os.environ["PUMPURS_CONFIG"] = str(Path(name) / "config")
        meter("pandas to_parquet", lambda: frame.to_parquet(parquet))
        meter("save", lambda: workspace.save(dataset(frame), place))
        stored = sum(path.stat().st_size for path in place.glob("*.duckdb")) / MEGABYTE
        sys.stdout.write(
            f"{stored:.0f} MB stored, {parquet.stat().st_size / MEGABYTE:.0f} as Parquet\n"
        )
        opened = meter("open", lambda: workspace.open_workspace(place))
        columns = ("learner_id", "month", "amount_cents")
        meter(
            "pandas read_parquet, 3 columns",
            lambda: pd.read_parquet(parquet, columns=list(columns)),
        )
        meter("read 3 columns", lambda: opened.select("payments", *columns))
        meter("read all", lambda: opened.payments)
        query = "school_id, support_kind, count(distinct learner_id)"
        meter(
            "learners by school and kind", lambda: opened.native("payments").aggregate(query).df()
        )
        meter("save the same again", lambda: workspace.save(dataset(frame), place))
        fewer = frame.iloc[: int(count * 0.98)].reset_index(drop=True)
        found = meter(
            "save, 2 % fewer", lambda: workspace.save(dataset(fewer), place, acknowledged=True)
        )
        sys.stdout.write(found.sentence("en") + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
