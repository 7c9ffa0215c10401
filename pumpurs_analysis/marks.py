"""What a person decided about a finding: breaches explained, gaps handled otherwise.

Comes in: a workspace's folder. Goes out: its marks, kept in a file of their own beside the tables,
so that loading again changes none. Knows nothing of how a finding is made: a mark holds to the
finding's key, which is built of the delivery's own codes and is the same after every load.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from pumpurs_analysis.storage import locked, replacing

FILE = "marks.json"
_WAIT_SECONDS = 3.0  # a person waits before a page; a load may hold the folder for longer
Kind = Literal["explained", "handled_otherwise"]
COLUMNS = ("kind", "key", "reason", "initials", "on")


@dataclass(frozen=True)
class Mark:
    """One decision.

    Attributes:
        kind: ``explained`` (a breach) or ``handled_otherwise`` (a gap).
        key: Of the finding; see ``keys_of``.
        reason: Why, in a few words and without any person's name or code.
        initials: Who decided.
        on: Day of the decision.
    """

    kind: Kind
    key: str
    reason: str
    initials: str
    on: date

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("A mark needs a reason: a sentence that another person understands.")


def keys_of(findings: pd.DataFrame, parts: Sequence[str]) -> "pd.Series[str]":
    """Build each finding's key from columns of the delivery's own codes and its sums.

    Example:
        >>> found = pd.DataFrame({"plan_id": ["P1"], "risk": [None], "paid_cents": [3001]})
        >>> keys_of(found, ["plan_id", "risk", "paid_cents"]).tolist()
        ['P1||3001']
    """
    texts = findings[[*parts]].astype("string").fillna("")
    return texts[parts[0]].str.cat(texts[[*parts[1:]]], sep="|")


def read_marks(folder: Path | str) -> pd.DataFrame:
    """Give a workspace's marks, one row each; none where nobody marked anything.

    Columns:
        kind, key, reason, initials, on: As in ``Mark``.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     set_marks(folder, [Mark("explained", "P1|10", "strike", "AB", date(2022, 5, 1))])
        ...     read_marks(folder).loc[0, "reason"]
        'strike'
    """
    path = Path(folder) / FILE
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype("string")
    return frame.assign(on=pd.to_datetime(frame["on"]))


def set_marks(folder: Path | str, marks: Iterable[Mark]) -> None:
    """Add marks; one with the kind and key of an earlier one takes its place."""
    new = {(mark.kind, mark.key): asdict(mark) | {"on": mark.on.isoformat()} for mark in marks}
    _rewrite(Path(folder), dropped=set(new), added=list(new.values()))


def drop_marks(folder: Path | str, kind: Kind, keys: Iterable[str]) -> None:
    """Take marks back."""
    _rewrite(Path(folder), dropped={(kind, key) for key in keys}, added=[])


def _rewrite(folder: Path, *, dropped: set[tuple[Kind, str]], added: list[dict[str, str]]) -> None:
    with locked(folder, wait_seconds=_WAIT_SECONDS):
        path = folder / FILE
        kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        kept = [row for row in kept if (row["kind"], row["key"]) not in dropped]
        rows = sorted([*kept, *added], key=lambda row: (row["kind"], row["key"]))
        with replacing(path, private=True) as out:
            out.write(json.dumps(rows, ensure_ascii=False, indent=1).encode())
