"""The ledger of releases: what was shown, when and by which rule, so that the next one fits.

Comes in: releases. Goes out: Columns of the former ones, held against every new one as one system,
and a file beside the workspace. To prove a new release safe the file keeps the hidden numbers too:
it is as secret as the workspace, belongs to it, is readable by its owner only, and never goes out.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, storage, workspace
from pumpurs_analysis.disclosure.attacker import attack, shown_columns
from pumpurs_analysis.disclosure.frames import about, numbers
from pumpurs_analysis.disclosure.linking import Column
from pumpurs_analysis.disclosure.primary import rules_of_release
from pumpurs_analysis.disclosure.published import (
    DEFAULT_THRESHOLD,
    NotReleasable,
    Published,
)
from pumpurs_analysis.disclosure.system import Floats

_FORMAT = 1
_AS_THEY_ARE = ("quantity", "unit", "is_money", "wholes", "is_complement_told", "is_least")
_NUMBERS = ("value", "low", "high")


@dataclass(frozen=True)
class Release:
    """One release.

    Attributes:
        name: What it was for.
        on: When it was made.
        threshold: Counts from 1 to below this were hidden.
        columns: Every count and sum of it, with what was hidden marked.
        seal: Hash of what was shown, so that the same release is known again.
    """

    name: str
    on: date
    threshold: int
    columns: tuple[Column, ...]
    seal: str = ""


@dataclass
class Ledger:
    """All releases made from one workspace.

    Attributes:
        path: The file it is kept in; None keeps it in this process alone.
        releases: In the order they were made.

    Example:
        >>> Ledger(None).releases
        []
    """

    path: Path | None
    releases: list[Release] = field(default_factory=list)

    @classmethod
    def of_workspace(cls, folder: Path | str) -> "Ledger":
        """Read the ledger of a workspace; it stands among its files and is forgotten with them."""
        return cls.open(Path(folder) / workspace.LEDGER)

    @classmethod
    def open(cls, path: Path) -> "Ledger":
        """Read a ledger, or begin one where there is none yet.

        Raises:
            ValueError: The file is none of ours, or of a later version.
        """
        if not path.exists():
            return cls(path)
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.get("format") != _FORMAT:
            raise ValueError(f"{path.name} is no ledger of releases that this version can read")
        return cls(path, [_read(each) for each in kept["releases"]])

    def columns(self, beside: Sequence[Column] = ()) -> list[Column]:
        """Give everything shown before; what has changed since is told apart by its release.

        Args:
            beside: Columns of the new release.
        """
        found: list[Column] = []
        for number, release in enumerate(self.releases):
            changed = _changed(release.columns, [*beside, *found])
            found += [
                replace(each, quantity=f"{each.quantity} (release {number + 1})", now=each.quantity)
                if each.quantity in changed
                else each
                for each in release.columns
            ]
        return found

    def check(self, *shown: Published) -> pd.DataFrame:
        """Attack a release together with all former ones; see ``attack``."""
        return attack(shown, ledger=self)

    def holds(self, *shown: Published) -> bool:
        """Say whether exactly this was released before."""
        return _seal(shown) in {each.seal for each in self.releases}

    def found(self, *shown: Published) -> pd.DataFrame:
        """List the small numbers that a release gives away beside the former ones."""
        told = self.check(*shown)
        return told[told["status"].isin(["narrowed", "recovered"])].reset_index(drop=True)

    def keep(self, shown: Sequence[Published], *, name: str, on: date) -> None:
        """Note a release down that was found to be safe.

        Raises:
            NotReleasable: It is the owner's view.
        """
        if any(each.audience == "owner" for each in shown):
            raise NotReleasable("The owner's view is internal: it is never released.")
        records = [each for each in shown if each.result.evidence == "records"]
        threshold = max((each.threshold for each in shown), default=DEFAULT_THRESHOLD)
        columns, _ = shown_columns(records) if records else ([], [])
        self.releases.append(Release(name, on, threshold, tuple(columns), _seal(shown)))
        if self.path is not None:
            _write(self.path, self.releases)


def _seal(shown: Sequence[Published]) -> str:
    """Hash what is shown of records, whatever the order and whether it came from a file."""
    parts = []
    for each in shown:
        result = each.result
        if result.evidence == "records":
            part = hashlib.sha256(f"{result.name} {sorted(result.choices.items())}".encode())
            part.update(about(result).to_csv().encode())
            for name in (*result.counts, *result.money):
                part.update(numbers(result, name).tobytes())
            parts.append(part.hexdigest())
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()


def _changed(former: Sequence[Column], later: Sequence[Column]) -> set[str]:
    """Give the quantities of which a number was another one then."""
    now: dict[tuple[str, ...], set[float]] = {}
    for key, value in _told(later):
        now.setdefault(key, set()).add(value)
    return {key[0] for key, value in _told(former) if now.get(key, {value}) != {value}}


def _told(columns: Sequence[Column]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Give each number of Columns with what is counted and what it is about."""
    for column in columns:
        about = column.about[sorted(map(str, column.about))]
        names = (column.quantity, *map(str, about))
        rows = about.itertuples(index=False, name=None) if len(about.columns) else repeat(())
        for row, value in zip(rows, column.value.tolist(), strict=False):
            yield (*names, *row), value


def _write(path: Path, releases: Sequence[Release]) -> None:
    """Write the ledger at once or not at all, readable by its owner only."""
    kept = {"format": _FORMAT, "releases": [_written(each) for each in releases]}
    text = json.dumps(kept, ensure_ascii=False)
    with storage.replacing(path, private=True) as out:
        out.write(text.encode())


def _written(release: Release) -> dict[str, Any]:
    return {
        "name": release.name,
        "on": release.on.isoformat(),
        "threshold": release.threshold,
        "seal": release.seal,
        "rules": str(rules_of_release(release.threshold)),
        "columns": [
            {
                **{name: getattr(each, name) for name in _AS_THEY_ARE},
                "about": each.about.to_dict("list"),
                "rows": len(each.value),
                **{name: _plain(getattr(each, name)) for name in _NUMBERS},
                "is_hidden": [] if each.is_hidden is None else each.is_hidden.tolist(),
            }
            for each in release.columns
        ],
    }


def _plain(numbers: Floats) -> list[float | None]:
    return [None if np.isnan(each) else float(each) for each in numbers]


def _read(kept: dict[str, Any]) -> Release:
    columns = tuple(_read_column(each) for each in kept["columns"])
    day = date.fromisoformat(kept["on"])
    return Release(kept["name"], day, kept["threshold"], columns, kept.get("seal", ""))


def _read_column(kept: dict[str, Any]) -> Column:
    value, low, high = (np.array(kept[name], dtype=float) for name in _NUMBERS)
    about = pd.DataFrame(kept["about"], index=range(kept["rows"]), dtype=object)
    quantity = kept["quantity"]
    if "wholes" not in kept:  # of a version in which one count had several names
        twice = ["outcome"] * (quantity == "risk_learner_count")
        about = about.drop(columns=twice, errors="ignore")
        names = catalogue.entries("disclosure")["counts_as"].values()
        new = {old: now for each in names for old, now in each.items() if "{" not in now}
        quantity = new.get(quantity, quantity)
    if quantity == "compared_cents":  # of a version that did not know what it is a part of
        quantity, about = "paid_cents", about.assign(part=quantity)
    return Column(
        quantity, kept["unit"], about, value, low, high, is_money=kept["is_money"],
        is_hidden=np.array(kept["is_hidden"], dtype=bool), was_shown=True,
        wholes=tuple(kept.get("wholes", [kept.get("whole", 0)])),  # before, one at most
        is_complement_told=kept.get("is_complement_told", False),
        is_least=kept.get("is_least", False),
    )  # fmt: skip
