"""What the checks share: tables by name, and where a row stands."""

from collections.abc import Mapping

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
