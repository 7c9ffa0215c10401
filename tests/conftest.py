"""What tests are given."""

from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from pumpurs_analysis import example, facts, schema, schools, workspace
from pumpurs_analysis.dataset import Dataset, published
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
    tables |= {name: frame for name, frame in example.tables(plans=600).items() if name in tables}
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
