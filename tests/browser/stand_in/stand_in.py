"""The data check with a small check of its own: every second cell of a CSV must be a number."""

import csv
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.app import page
from pumpurs_analysis.app.data_check import Desk
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.errors import Problem


def check(folder, progress=None):
    """Files named slow take their time; files named broken make the check fail."""
    problems, inputs = [], []
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    for done, path in enumerate(files):
        progress(done, len(files), path.name)
        for _ in range(200 if path.stem == "slow" else 0):
            time.sleep(0.05)
            progress(done, len(files), path.name)
        if path.stem == "broken":
            raise ValueError(path.read_text("utf-8"))
        found = list(problems_in(path))
        problems += found
        rows = len(path.read_bytes().splitlines()) - 1
        aside = sum(problem.severity == "error" for problem in found)
        inputs.append(
            {
                "input_id": path.name, "file": path.name, "row_count": rows + 1,
                "accepted_count": rows - aside, "set_aside_count": aside, "not_data_count": 1,
            }
        )  # fmt: skip
    table = pd.DataFrame([{**problem.as_row()} for problem in problems])
    return SimpleNamespace(
        dataset=object() if any(one["accepted_count"] for one in inputs) else None,
        problems=schema.conform("problems", table),
        inputs=schema.conform("inputs", pd.DataFrame(inputs)),
    )


def problems_in(path):
    if path.suffix != ".csv":
        return
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.reader(file, delimiter=";"))
    for number, (school, amount, *_) in enumerate(records[1:], 2):
        at = {"file": path.name, "row": number, "found": amount, "school": school}
        if amount == "?":
            yield Problem("school_not_matched", **at, column="Iestāde", column_number=1)
        elif amount.startswith("20"):
            yield Problem("period_differs", **at, column="Summa", column_number=2)
        elif not amount.isdigit():
            yield Problem("amount_unread", **at, column="Summa", column_number=2)


def show() -> Page:
    desk = Desk(check)
    return page.show(desk.build, download=desk.download, take=desk.take)
