"""What the checks share: tables by name, and where a row stands."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

Tables = Mapping[str, pd.DataFrame]


def places(frame: pd.DataFrame) -> list[tuple[object, object]]:
    """Give the delivered table and row of each row."""
    return list(zip(frame["input_id"].astype(object), frame["row"], strict=True))


def file_and_row(tables: Tables, rows: pd.DataFrame) -> list[str]:
    """Write where rows stand, for a message about others that are like them."""
    files = tables["inputs"].set_index("input_id")["file"]
    return [f"{files.get(at, '')}, {row}" for at, row in places(rows)]


def hours(values: "pd.Series[float]") -> list[str]:
    """Write hours for a message."""
    return [f"{value:g}".replace(".", ",") for value in values]


def turned_back(problems: pd.DataFrame, turned: set[tuple[str, str]]) -> pd.DataFrame:
    """Give problems of sheets read with their columns as rows the cell where the sheet has it."""
    at = np.array([key in turned for key in zip(problems["file"], problems["sheet"], strict=True)])
    row, number = problems["row"], problems["column_number"]
    return problems.assign(
        row=pd.to_numeric(row.where(~at, number)),
        column_number=number.where(~at, row),
        column=problems["column"].where(~at, ""),  # its letters are told instead
    )
