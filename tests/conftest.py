"""What tests are given."""

import os
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pandas as pd
import pytest

from pumpurs_analysis import example, facts, loading, schema, schools, workspace
from pumpurs_analysis.charts.draft import Draft
from pumpurs_analysis.dataset import Dataset, published
from pumpurs_analysis.pseudonyms import MADE_UP_KEY
from pumpurs_analysis.releases import Release, make_release

RECORDS = (
    "plans", "supports", "risks", "payments", "consultations", "specialists", "ngo_projects",
    "enrolment", "schools", "inputs", "rows_apart", "problems",
)  # fmt: skip


@pytest.fixture(scope="session")
def figures() -> Dataset:
    return published()


@pytest.fixture(scope="session")
def example_records() -> Dataset:
    """The made-up delivery as tidy tables."""
    tables = {name: schema.conform(name, pd.DataFrame()) for name in RECORDS}
    made = example.tables(plans=int(os.environ.get("PUMPURS_PLANS", "600")))
    tables |= {name: frame for name, frame in made.items() if name in tables}
    tables["schools"] = schema.conform("schools", schools.register())
    return Dataset(MappingProxyType(tables), evidence="records", is_made_up=True)


@pytest.fixture(scope="session")
def example_workspace(tmp_path_factory, example_records) -> Path:
    """The made-up records as a workspace; who changes it makes one of their own."""
    folder = tmp_path_factory.mktemp("example") / "records"
    workspace.save(example_records, folder, reductions=facts.reductions(example_records))
    return folder


@pytest.fixture(scope="session")
def release(example_records) -> Release:
    """What the public may see of the made-up records: made once, it takes seconds."""
    return make_release(example_records)


@pytest.fixture(scope="session")
def records():
    """A maker of small Datasets of records: tables as text (``a | b`` by line) or as frames."""

    def made(**tables) -> Dataset:
        frames = {
            name: schema.conform(name, tidy(tables[name]) if name in tables else pd.DataFrame())
            for name in RECORDS
        }
        return Dataset(MappingProxyType(frames), evidence="records")

    return made


def tidy(table) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame):
        return table
    lines = [line.split("|") for line in table.strip().splitlines()]
    head, *body = [[cell.strip() for cell in line] for line in lines]
    return pd.DataFrame(body, columns=head, dtype=object)


@pytest.fixture(autouse=True)
def checked_drawings(monkeypatch):
    """Every figure is checked by plotly, which pages leave out for its time."""
    monkeypatch.setattr(Draft, "is_checked", True)


@pytest.fixture
def own_settings(tmp_path_factory, monkeypatch):
    """Settings and keys of this test alone, and no workspace loaded before."""
    monkeypatch.setenv("PUMPURS_CONFIG", str(tmp_path_factory.mktemp("config")))
    monkeypatch.delenv("PUMPURS_WORKSPACE", raising=False)


@pytest.fixture
def delivery(records):
    """A maker of a delivery of some schools: ten plans a school, two payments a plan."""

    def made(*schools, grade=7, cents=1000, learner="L"):
        plans = [f"{school}-{number}" for school in schools for number in range(10)]
        paid = [plan for plan in plans for _ in range(2)]
        count = range(len(paid))
        of = {
            "plans": {"plan_id": plans, "grade": grade, "semester": "2019/2020-1"},
            "payments": {"plan_id": paid, "month": pd.Timestamp("2019-10-01"),
                         "amount_cents": [cents + number for number in count],
                         "support_kind": "catering", "row": [number + 2 for number in count]},
        }  # fmt: skip
        frames = {}
        for name, columns in of.items():
            school = [plan.partition("-")[0] for plan in columns["plan_id"]]
            who = [learner + plan for plan in columns["plan_id"]]
            frame = pd.DataFrame(columns)
            frames[name] = frame.assign(school_id=school, input_id=school, learner_id=who)
        names = [f"{school}. skola" for school in schools]
        frames["schools"] = pd.DataFrame({"school_id": schools, "name": names})
        files = [f"{school}.xlsx" for school in schools]
        frames["inputs"] = pd.DataFrame({"input_id": schools, "file": files})
        return records(**frames)

    return made


@pytest.fixture
def check(tmp_path):
    """Check a delivery of one file, given as text."""

    def write(text: str, name: str = "dati") -> loading.Checked:
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return loading.check(tmp_path, key=MADE_UP_KEY)

    return write


@pytest.fixture
def workbook(tmp_path):
    """Check a delivery of one workbook, given as rows by sheet."""

    def write(sheets) -> loading.Checked:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, lines in sheets.items():
            sheet = book.create_sheet(name)
            for line in lines:
                sheet.append(line)
        book.save(tmp_path / "dati.xlsx")
        return loading.check(tmp_path)

    return write
