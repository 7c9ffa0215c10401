"""A checked load beside the bare readers of other libraries, in one run.

``python tests/benchmarks/bench_load.py [payment lines] [plans]``: makes plans and payments, then
loads them with every check, reads the same CSV with plain pandas and polars, and the same workbook
with calamine alone. Prints processor seconds and what they are as a multiple of the peer's.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import polars as pl
import psutil
import pyarrow as pa
import pyarrow.csv
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from pumpurs_analysis import loading
from pumpurs_analysis.pseudonyms import MADE_UP_KEY
from pumpurs_analysis.schools import register

KINDS = ["Transports", "Naktsmītne", "Ēdināšana", "Speciālais transports"]


def made(lines: int, plans: int) -> tuple[pd.DataFrame, pa.Table]:
    """Plans and payments in the template's headings."""
    rng = np.random.default_rng(1)
    schools = register().query("valid_to == ''")["name"].to_numpy()[:150]
    half, year = rng.integers(1, 3, plans), rng.integers(2018, 2023, plans)
    school = rng.integers(0, len(schools), plans)
    table = pd.DataFrame(
        {
            "IAP kods": [f"IAP-{number:06d}" for number in range(plans)],
            "Semestris": [f"{y}/{y + 1}-{h}" for y, h in zip(year, half, strict=True)],
            "Izglītības iestāde": schools[school],
            "Izglītojamā kods": [f"K{number:06d}" for number in rng.permutation(plans)],
            "Klase vai kurss": rng.integers(5, 13, plans),
            "Plāna statuss": "Īstenošanā",
        }
    )
    plan = rng.integers(0, plans, lines)
    month = np.where(half[plan] == 1, rng.integers(9, 13, lines), rng.integers(1, 6, lines))
    months = np.array([f"{m:02d}.{y}" for y in range(2018, 2025) for m in range(1, 13)])
    place = (year[plan] + (half[plan] == 2) - 2018) * 12 + month - 1
    cents = np.array([f"{value // 100},{value % 100:02d}" for value in range(3001)])
    columns = {
        "IAP kods": pa.DictionaryArray.from_arrays(plan.astype("int32"), table["IAP kods"]),
        "Atbalsta veids": pa.DictionaryArray.from_arrays(rng.integers(0, 4, lines, "int32"), KINDS),
        "Mēnesis": pa.DictionaryArray.from_arrays(place.astype("int32"), months),
        "Izmaksātā summa, EUR": pa.DictionaryArray.from_arrays(
            rng.integers(1, 3001, lines, "int32"), cents
        ),
    }
    return table, pa.table({name: column.dictionary_decode() for name, column in columns.items()})


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def seconds(run: object) -> float:
    start = time.process_time()
    run()  # type: ignore[operator]
    return time.process_time() - start


def main(lines: int = 1_000_000, plans: int = 20_000) -> None:
    """Print one line per reader."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        table, payments = made(lines, plans)
        table.to_csv(folder / "plani.csv", sep=";", index=False)
        options = pa.csv.WriteOptions(delimiter=";", quoting_style="needed")
        pa.csv.write_csv(payments, folder / "izmaksas.csv", options)
        file = folder / "izmaksas.csv"
        loading.check(folder / "plani.csv", key=MADE_UP_KEY)  # warm: registers, catalogue
        before = psutil.Process().memory_info().rss
        start = time.process_time()
        checked = loading.check([folder / "plani.csv", file], key=MADE_UP_KEY)
        ours = time.process_time() - start
        grown = (psutil.Process().memory_info().rss - before) / 1e6
        held = sum(each.memory_usage().sum() for each in checked.dataset.tables.values()) / 1e6
        pandas = seconds(lambda: pd.read_csv(file, sep=";"))
        polars = seconds(lambda: pl.read_csv(file, separator=";"))
        say(f"CSV, {lines:,} payment lines and {plans:,} plans, processor seconds")
        say(f"  checked load      {ours:7.2f}  ({ours / pandas:.2f} x pandas)")
        say(f"  pandas.read_csv   {pandas:7.2f}  (bare)")
        say(f"  polars.read_csv   {polars:7.2f}  (bare)")
        say(f"  tables {held:.0f} MB, process grown by {grown:.0f} MB")
        workbook(folder, payments.slice(0, 40_000).to_pandas())
        workbooks(folder / "skolas", table, payments.slice(0, 120_000).to_pandas())


def workbook(folder: Path, payments: pd.DataFrame) -> None:
    """The same for one workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Izmaksas")
    sheet.append(list(payments.columns))
    for row in payments.itertuples(index=False):
        sheet.append(list(row))
    file = folder / "izmaksas.xlsx"
    book.save(file)
    bare = seconds(lambda: CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python())
    ours = seconds(lambda: loading.check(file, key=MADE_UP_KEY))
    say(f"XLSX, {len(payments):,} payment lines, processor seconds")
    say(f"  checked load      {ours:7.2f}  ({ours / bare:.2f} x calamine)")
    say(f"  calamine          {bare:7.2f}  (bare)")


def workbooks(folder: Path, plans: pd.DataFrame, payments: pd.DataFrame, count: int = 614) -> None:
    """A folder of workbooks, one of each school."""
    folder.mkdir()
    part = plans.index.to_numpy() % count
    part_of = dict(zip(plans["IAP kods"], part, strict=True))
    by_part = dict(list(payments.groupby(payments["IAP kods"].map(part_of))))
    for number, here in plans.groupby(part):
        with pd.ExcelWriter(folder / f"skola_{number:03d}.xlsx", engine="xlsxwriter") as book:
            here.to_excel(book, sheet_name="Plāni", index=False)
            by_part[number].to_excel(book, sheet_name="Izmaksas", index=False)

    def bare() -> None:
        for file in folder.iterdir():
            book = CalamineWorkbook.from_path(file)
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    peer = seconds(bare)
    files: list[str] = []
    ours = seconds(
        lambda: loading.check(
            folder, key=MADE_UP_KEY, progress=lambda _done, _all, file: files.append(file)
        )
    )
    say(f"{count} workbooks of two sheets, {len(payments):,} payment lines, processor seconds")
    say(f"  checked load      {ours:7.2f}  ({ours / peer:.2f} x calamine; {len(set(files))} told)")
    say(f"  calamine          {peer:7.2f}  (bare)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
