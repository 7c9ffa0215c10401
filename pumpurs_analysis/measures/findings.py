"""What findings share: the rows of the delivery behind them, the sum written out, and marks.

Comes in: findings and the lines behind each. Goes out: the same findings, so told that a person
with the files and a calculator comes to the same sum.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from pumpurs_analysis import marks
from pumpurs_analysis.dataset import Dataset

POINTS = ["file", "sheet", "rows", "amounts_cents", "arithmetic"]
MARK = ["explained_reason", "explained_by", "explained_on"]


def pointed(data: Dataset, findings: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Add to each finding the file, sheet and rows of its lines and the sum written out.

    Where the lines stand in several tables, the parts are in the same order with ``; `` between.

    Columns added:
        file, sheet: Where the lines stand.
        rows: Their row numbers, as the spreadsheet program shows them.
        amounts_cents: Their amounts, in the order of the rows.
        arithmetic: The sum in euros, such as ``20.00 + 15.00 - 5.00 = 30.00``.

    Args:
        data: Where the lines are from.
        findings: Index = number of the finding.
        lines: ``finding``, ``input_id``, ``row`` and ``amount_cents``.

    Example:
        >>> from pumpurs_analysis import schema
        >>> inputs = schema.conform("inputs", pd.DataFrame({"input_id": ["i1"], "file": ["a.csv"]}))
        >>> lines = pd.DataFrame({"finding": 0, "input_id": "i1", "row": [2, 3]})
        >>> found = pointed(
        ...     Dataset({"inputs": inputs}, "records"),
        ...     pd.DataFrame(index=[0]),
        ...     lines.assign(amount_cents=[3000, -500]),
        ... )
        >>> found.loc[0, ["file", "rows", "arithmetic"]].tolist()
        ['a.csv', '2, 3', '30.00 - 5.00 = 25.00']
    """
    places = data.inputs.drop_duplicates("input_id")[["input_id", "file", "sheet"]]
    lines = lines.assign(input_id=lines["input_id"].astype("string")).merge(
        places.astype("string"), how="left", on="input_id"
    )
    lines = lines.sort_values(["finding", "file", "sheet", "input_id", "row"], na_position="last")
    columns = [
        *(lines[name].fillna("").tolist() for name in ("finding", "input_id", "file", "sheet")),
        lines["row"].astype("string").fillna("?").tolist(),
        lines["amount_cents"].tolist(),
    ]
    by_finding = groupby(zip(*columns, strict=True), key=itemgetter(0))
    told = {finding: _pointed([*of_finding]) for finding, of_finding in by_finding}
    points = pd.DataFrame.from_dict(told, orient="index", columns=POINTS, dtype="string")
    return findings.join(points)


def _pointed(lines: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """Say where the lines of one finding stand, table by table, and write their sum out."""
    tables = [[*part] for _, part in groupby(lines, key=itemgetter(1))]
    return (
        "; ".join(part[0][2] for part in tables),
        "; ".join(part[0][3] for part in tables),
        "; ".join(", ".join(row for *_, row, _ in part) for part in tables),
        "; ".join(", ".join(str(cents) for *_, cents in part) for part in tables),
        _written_out([cents for *_, cents in lines]),
    )


def _written_out(cents: list[int]) -> str:
    parts = " ".join(f"{'-' if each < 0 else '+'} {euros(abs(each))}" for each in cents)
    start = parts.removeprefix("+ ").replace("- ", "-", 1) if cents[0] < 0 else parts[2:]
    return f"{start} = {euros(sum(cents))}"


def euros(cents: int) -> str:
    """Write whole cents as euros without a unit; no float comes between.

    Example:
        >>> euros(3001), euros(-5)
        ('30.01', '-0.05')
    """
    whole, rest = divmod(abs(int(cents)), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"


def explained(
    findings: pd.DataFrame,
    workspace: Path | str | None,
    *,
    kind: marks.Kind = "explained",
    key: str = "finding_key",
) -> pd.DataFrame:
    """Add what a person marked: reason, initials and day; missing where nothing is.

    Args:
        findings: Has the key.
        workspace: Folder of the workspace the marks stand beside; None adds empty columns.
        kind: Of mark.
        key: Column the marks hold to.
    """
    names = dict(zip(("reason", "initials", "on"), MARK, strict=True))
    if workspace is None:
        nothing = pd.Series(pd.NA, index=findings.index, dtype="string")
        empty = {**dict.fromkeys(MARK[:2], nothing), MARK[2]: pd.to_datetime(nothing)}
        return findings.assign(**empty)
    found = marks.read_marks(workspace)
    found = found[found["kind"] == kind].set_index("key")[list(names)].rename(columns=names)
    return findings.join(found, on=key)
