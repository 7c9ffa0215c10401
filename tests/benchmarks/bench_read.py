"""How long reading takes, beside plain pandas, polars and calamine on the same file.

Run by hand: ``python tests/benchmarks/bench_read.py [payment lines]``, or ``make bench``. Each way
runs in a process of its own; ratios of one run count, seconds depend on the machine. The goals:
CSV no slower than pandas.read_csv, XLSX within twice calamine's bare read, memory at its peak
under three times the result.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
from pyarrow import csv, parquet

KINDS = ["Ēdināšana", "Transports", "Dienesta viesnīca", "Konsultācijas"]


def payments(count):
    """Made-up payment lines as text."""
    chance = np.random.default_rng(1)
    plans = max(count // 100, 10)
    plan = chance.integers(0, plans, count)

    def words(codes, texts):
        return pa.array(texts).take(pa.array(codes))

    months = [f"{month:02}.{year}" for year in range(2017, 2023) for month in range(1, 13)]
    return pa.table({
        "IAP kods": words(plan, [f"IAP-{number:07}" for number in range(plans)]),
        "Izglītojamā kods": words(plan * 2 // 3, [f"K{number:06}" for number in range(plans)]),
        "Izglītības iestāde": words(plan % 614, [f"{n + 1}. vidusskola" for n in range(614)]),
        "Atbalsta veids": words(chance.integers(0, len(KINDS), count), KINDS),
        "Mēnesis": words(chance.integers(0, len(months), count), months),
        "Summa": words(chance.integers(0, 7000, count), [f"{n / 100:.2f}" for n in range(7000)]),
    })  # fmt: skip


def write(folder, count):
    """The same lines as CSV and Parquet, and the first of them as XLSX."""
    table = payments(count)
    csv.write_csv(
        table, folder / "lines.csv", csv.WriteOptions(delimiter=";", quoting_style="none")
    )
    parquet.write_table(table, folder / "lines.parquet")
    part = table.slice(0, min(count, 60_000)).to_pandas()
    part["Summa"] = part["Summa"].astype(float)
    part.to_excel(folder / "lines.xlsx", index=False)


def ours(path):
    from pumpurs_analysis.read import read_delivery  # noqa: PLC0415  (not paid for by others)

    read_delivery(Path(__file__).parents[1] / "dirty" / "office" / "izdomats.csv", key=b"key")
    return lambda: read_delivery(path, key=b"key")[0][0].columns


def polars(path):
    import polars as pl  # noqa: PLC0415  (not paid for by others)

    return lambda: pl.read_csv(path, separator=";", infer_schema=False)


def calamine(path):
    import python_calamine  # noqa: PLC0415  (not paid for by others)

    book = python_calamine.CalamineWorkbook
    return lambda: book.from_path(path).get_sheet_by_index(0).to_python()


WAYS = {
    "ours": ours,
    "polars": polars,
    "calamine": calamine,
    "pandas": lambda path: lambda: pd.read_csv(path, sep=";", dtype=str),
    "pandas parquet": lambda path: lambda: pd.read_parquet(path),
}


def measured(way, path):
    """Seconds of clock and processor, megabytes at the peak and of the result."""
    process, peak, is_over = psutil.Process(), [0], threading.Event()
    run = WAYS[way](path)

    def watch():
        while not is_over.wait(0.01):
            peak[0] = max(peak[0], process.memory_info().rss)

    before = process.memory_info().rss
    watcher = threading.Thread(target=watch)
    watcher.start()
    start, used = time.perf_counter(), time.process_time()
    result = run()
    spent, used = time.perf_counter() - start, time.process_time() - used
    is_over.set()
    watcher.join()
    size = sum(column.nbytes for column in result) if way == "ours" else 0
    print(json.dumps([spent, used, (peak[0] - before) / 1e6, size / 1e6]))  # noqa: T201


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{count:,} payment lines; 60 000 of them as XLSX")  # noqa: T201
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        for ending, ways in {
            "csv": ["pandas", "ours", "polars"],
            "parquet": ["pandas parquet", "ours"],
            "xlsx": ["calamine", "ours"],
        }.items():
            first = 0.0
            for way in ways:
                command = [sys.executable, __file__, way, folder / f"lines.{ending}"]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                spent, used, peak, size = json.loads(done.stdout)
                first = first or used
                share = f", {peak / size:.1f} times the result" if size else ""
                print(  # noqa: T201
                    f"{ending:8}{way:15}{used / first:5.2f} of the first ({used:.2f} s of "
                    f"processor, {spent:.2f} s by the clock); peak {peak:.0f} MB{share}"
                )


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in WAYS:
        measured(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
