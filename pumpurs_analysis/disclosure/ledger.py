"""The ledger of releases: what was shown, when and by which rule, so that the next one fits.

Comes in: releases. Goes out: Columns of the former ones, held against every new one as one system,
and a file beside the workspace. To prove a new release safe the file keeps the hidden numbers too:
it is as secret as the workspace, belongs to it, is readable by its owner only, and never goes out.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import storage, workspace
from pumpurs_analysis.disclosure.attacker import attack, shown_columns
from pumpurs_analysis.disclosure.columns import about, numbers
from pumpurs_analysis.disclosure.linking import Column
from pumpurs_analysis.disclosure.primary import rules_of_release
from pumpurs_analysis.disclosure.published import (
    BEHIND,
    DEFAULT_THRESHOLD,
    NotReleasable,
    Published,
)
from pumpurs_analysis.disclosure.release import protect
from pumpurs_analysis.disclosure.system import Floats
from pumpurs_analysis.measures.result import Result

_FORMAT = 1


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

    def release(
        self, result: Result, *more: Result, name: str, on: date, threshold: int = DEFAULT_THRESHOLD
    ) -> tuple[Published, ...]:
        """Protect Results so that they are safe together with everything released before; keep it.

        Raises:
            NotReleasable: Not even that is safe; the message names the rows to merge.
        """
        made = protect(result, *more, threshold=threshold, ledger=self)
        shown = made if isinstance(made, tuple) else (made,)
        self.keep(shown, name=name, on=on)
        return shown

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

    def record(self, *shown: Published, name: str, on: date) -> None:
        """Keep a release made without the ledger, if it is safe beside the former ones.

        Raises:
            NotReleasable: It is not; the message says what could be worked out, and ``offer`` is
                the nearest release that is safe.
        """
        if any(each.audience == "owner" for each in shown):
            raise NotReleasable("The owner's view is internal: it is never released.")
        found = self.found(*shown)
        if len(found):
            first = found.iloc[0]
            how = "; ".join(first["equations"][:3])
            raise NotReleasable(
                f"Together with earlier releases {len(found)} hidden numbers come too near, first "
                f"{first['cell']}: {first['low']:g} to {first['high']:g} ({first['who']}"
                f"{', from ' + how if how else ''}). The offer hides more in the new release.",
                offer=self._offer(shown),
            )
        self.keep(shown, name=name, on=on)

    def _offer(self, shown: Sequence[Published]) -> tuple[Published, ...]:
        results = [BEHIND.get(each, each.result) for each in shown]
        try:
            made = protect(*results, threshold=max(each.threshold for each in shown), ledger=self)
        except NotReleasable:
            return ()
        return made if isinstance(made, tuple) else (made,)

    def keep(self, shown: Sequence[Published], *, name: str, on: date) -> None:
        """Note a release down that was found to be safe."""
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
    found: set[str] = set()
    for old in former:
        for new in later:
            if old.quantity != new.quantity or set(old.about) != set(new.about):
                continue
            keys = list(old.about)
            then, now = old.about.assign(value=old.value), new.about.assign(value=new.value)
            both = then.merge(now, on=keys) if keys else then.merge(now, how="cross")
            if (both["value_x"] != both["value_y"]).any():
                found.add(old.quantity)
    return found


def _write(path: Path, releases: Sequence[Release]) -> None:
    """Write the ledger at once or not at all, readable by its owner only."""
    text = json.dumps(
        {"format": _FORMAT, "releases": [_written(each) for each in releases]},
        ensure_ascii=False,
    )
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
                "quantity": each.quantity,
                "unit": each.unit,
                "is_money": each.is_money,
                "whole": each.whole,
                "is_complement_told": each.is_complement_told,
                "about": each.about.to_dict("list"),
                "rows": len(each.value),
                "value": _plain(each.value),
                "low": _plain(each.low),
                "high": _plain(each.high),
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
    value, low, high = (np.array(kept[name], dtype=float) for name in ("value", "low", "high"))
    return Column(
        kept["quantity"],
        kept["unit"],
        pd.DataFrame(kept["about"], index=range(kept["rows"]), dtype=object),
        value,
        low,
        high,
        is_money=kept["is_money"],
        is_hidden=np.array(kept["is_hidden"], dtype=bool),
        was_shown=True,
        whole=kept.get("whole", 0),
        is_complement_told=kept.get("is_complement_told", False),
    )
