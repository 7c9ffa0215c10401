"""What tests are given."""

from types import MappingProxyType

import pandas as pd
import pytest

from pumpurs_analysis import schema
from pumpurs_analysis.dataset import Dataset, published

RECORDS = (
    "plans", "supports", "risks", "payments", "consultations", "specialists", "ngo_projects",
    "enrolment", "schools", "inputs", "rows_apart", "problems",
)  # fmt: skip


@pytest.fixture(scope="session")
def figures() -> Dataset:
    return published()


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
