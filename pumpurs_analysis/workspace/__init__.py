"""The workspace: loaded records in one folder, opened by pages and notebooks while a load runs.

A folder holds one DuckDB file and a manifest that points to it. A load writes a new file beside
the old one and swaps the manifest in: whoever has the old one open keeps it, and a load that fails
or is killed leaves it as it was. Knows nothing of how deliveries are read.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pumpurs_analysis import marks, pseudonyms, storage
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.text import Language, say
from pumpurs_analysis.workspace.content import Changes, compare, content_hash
from pumpurs_analysis.workspace.extract import extract
from pumpurs_analysis.workspace.tables import Stored, WorkspaceError, columns_of, write

__all__ = [
    "Changes",
    "LargeChange",
    "WorkspaceError",
    "changes",
    "extract",
    "forget",
    "last_loaded",
    "manifest",
    "open_workspace",
    "remember",
    "save",
    "which",
]

FORMAT = 1
LEDGER = "releases.json"  # what was released: kept by disclosure, as secret as the records
_FILES = "records-*.duckdb*"  # and what DuckDB puts beside them
_SHOWN_AT_MOST = 5
_LIBRARIES = ("pumpurs-analysis", "duckdb", "pandas", "pyarrow")


class LargeChange(WorkspaceError):  # noqa: N818  (it says what is the case)
    """The new load differs so much from the former one that a person must acknowledge it first.

    Attributes:
        changes: What would change.
    """

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        rows = changes.large.drop_duplicates("table").to_dict("records")
        found = ", ".join(
            f"{row['table']} +{row['added_count']} ~{row['changed_count']} "
            f"-{row['removed_count']}/{row['former_count']}"
            for row in rows
        )
        super().__init__([Problem("workspace_large_change", found=found)])

    def report(self, language: Language) -> str:
        """Say each large change with its figures, and what to do."""
        lines = [f"- {sentence}" for sentence in self.changes.large_sentences(language)]
        if len(lines) > _SHOWN_AT_MOST:
            more = say("workspace.large_change.more", language, count=len(lines) - _SHOWN_AT_MOST)
            lines = [*lines[:_SHOWN_AT_MOST], f"- {more}"]
        first = say("workspace.large_change", language)
        return "\n".join([first, *lines, say("workspace.large_change.to_do", language)])


def save(
    dataset: Dataset,
    folder: Path | str,
    *,
    acknowledged: bool = False,
    reductions: Mapping[str, pd.DataFrame] | None = None,
    extract_date: date | None = None,
    municipality: str = "",
) -> Changes:
    """Save records as a workspace, in place of what the folder held before.

    Args:
        dataset: The tables; those of the catalogue's ``keys`` are stored in its order.
        folder: Made if missing, for its owner alone.
        acknowledged: Whether a person has said yes to a large change.
        reductions: Facts to store with the tables, by name.
        extract_date: Day the deliveries were taken from their system.
        municipality: Whose extract of a larger workspace this is; the folder stays one.

    Returns:
        What changed since the former load.

    Raises:
        LargeChange: Many rows were lost or added, and nobody has acknowledged it.
        WorkspaceError: Another load holds the folder, or it cannot be written. Nothing has changed.
    """
    folder, kept = Path(folder), reductions or {}
    with _faults_told(), _alone_in(folder):
        former = manifest(folder)
        _sweep(folder, former)
        hashes = {name: content_hash(dataset.tables[name]) for name in dataset.tables}
        old = _opened(folder, former) if "database" in former else None
        found = compare(old, dataset, _same(former, hashes))
        if not acknowledged and not found.large.empty:
            raise LargeChange(found)
        number = int(former.get("generation", 0)) + 1
        file = folder / f"records-{number:06d}.duckdb"
        new = {
            "format": FORMAT,
            "workspace_id": former["workspace_id"],
            "generation": number,
            "database": file.name,
            "is_made_up": dataset.is_made_up,
            "extract_date": extract_date.isoformat() if extract_date else None,
            "municipality": municipality or former.get("municipality", ""),
            "content_hash": sha256(repr(sorted(hashes.items())).encode()).hexdigest(),
            "tables": {
                name: _described(dataset.tables[name]) | {"content_hash": each}
                for name, each in hashes.items()
            },
            "reductions": {name: _described(frame) for name, frame in kept.items()},
            "inputs": _inputs(dataset),
            "problems": _problems(dataset),
            "versions": {name: version(name) for name in _LIBRARIES},
        }
        try:
            write(file, dataset.tables, kept)
            file.chmod(0o600)
            storage.settle(file)
            new["database_bytes"] = file.stat().st_size
            pseudonyms.write_manifest(folder, new)
        except BaseException:
            _sweep(folder, former)
            raise
        _sweep(folder, new)
    return found


def open_workspace(folder: Path | str, *, at_once: bool = True) -> Dataset:
    """Open a workspace read-only, in milliseconds; tables are read when they are asked for.

    A load may go on meanwhile: this Dataset stays what it was.

    Args:
        folder: Where it is.
        at_once: Hold its file now, and not only when a table is first asked for.

    Raises:
        WorkspaceError: There is none, it is damaged, or a newer version saved it.
    """
    folder = Path(folder)
    for _ in range(_SHOWN_AT_MOST):  # a load may swap the file between our two looks
        told = manifest(folder)
        if "database" not in told:
            raise WorkspaceError([Problem("workspace_missing", found=folder.name)])
        if (folder / told["database"]).exists():
            return _opened(folder, told, at_once=at_once)
    raise WorkspaceError([Problem("workspace_damaged", found=told["database"])])


def _opened(folder: Path, told: Mapping[str, Any], *, at_once: bool = True) -> Dataset:
    file = folder / told["database"]
    if told["format"] > FORMAT:
        raise WorkspaceError([Problem("workspace_newer", found=str(told["format"]))])
    if not file.exists() or file.stat().st_size != told["database_bytes"]:
        raise WorkspaceError([Problem("workspace_damaged", found=file.name)])
    tables = Stored(file, told, at_once=at_once)
    return Dataset(tables, evidence="records", is_made_up=told["is_made_up"])


def manifest(folder: Path | str) -> dict[str, Any]:
    """Read what a workspace says of itself: inputs, counts, versions, problems, content hashes.

    Raises:
        WorkspaceError: It is damaged.
    """
    try:
        return pseudonyms.read_manifest(Path(folder))
    except ValueError as fault:
        problem = Problem("workspace_damaged", found=pseudonyms.MANIFEST)
        raise WorkspaceError([problem]) from fault


def changes(old: Dataset, new: Dataset) -> pd.DataFrame:
    """Count the rows that were added, changed and removed between two loads.

    One row per: table, file and school with a change.

    Columns:
        table: Name of the table.
        file: Delivered file the rows stand in, or stood in.
        school: School the rows belong to, by name; that of the plan where the row names none.
        former_count: Rows before.
        added_count: Rows with a key that was not there before.
        changed_count: Rows whose key was there before with other values.
        removed_count: Rows whose key is no longer there.

    Leaves out:
        File and row numbers: a row that moved within a delivery has not changed.
    """
    return compare(old, new).frame


def forget(folder: Path | str) -> None:
    """Remove a workspace, its ledger and its pseudonym key; nobody can make its pseudonyms again.

    Other files in the folder stay; the folder goes if nothing is left in it.

    Raises:
        WorkspaceError: The folder holds no workspace, or another program writes to it.
    """
    folder = Path(folder)
    if not (folder / pseudonyms.MANIFEST).exists():
        raise WorkspaceError([Problem("workspace_missing", found=folder.name)])
    was_last = last_loaded() == folder.resolve()
    with _faults_told(), _alone_in(folder):
        with suppress(ValueError):  # of a damaged manifest no key is known
            pseudonyms.forget_key(folder)
        _sweep(folder, {})
        for name in (pseudonyms.MANIFEST, marks.FILE, LEDGER):
            (folder / name).unlink(missing_ok=True)
    storage.sweep(folder, ".pumpurs*")
    with suppress(OSError):
        folder.rmdir()
    if was_last:
        (storage.own_folder() / storage.LAST_WORKSPACE).unlink(missing_ok=True)


def remember(folder: Path | str) -> None:
    """Note a workspace as the one to open when none is named."""
    with storage.replacing(storage.own_folder() / storage.LAST_WORKSPACE, private=True) as out:
        out.write(str(Path(folder).resolve()).encode())


def last_loaded() -> Path | None:
    """Give the workspace that was noted last, if it is still there."""
    noted = storage.own_folder() / storage.LAST_WORKSPACE
    folder = Path(noted.read_text("utf-8")) if noted.exists() else None
    return folder if folder and (folder / pseudonyms.MANIFEST).exists() else None


def which(named: Path | str | None = None) -> Path | None:
    """Find the workspace to open: the named one, PUMPURS_WORKSPACE, the last loaded, or none.

    Example:
        >>> which("records").name
        'records'
    """
    named = named or os.environ.get("PUMPURS_WORKSPACE")
    return Path(named) if named else last_loaded()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder against other loads; its id is there from the first moment."""
    pseudonyms.workspace_id(folder)
    with storage.locked(folder):
        yield


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except storage.Busy as busy:
        raise WorkspaceError([Problem("workspace_busy", found=busy.process)]) from busy
    except ValueError as fault:
        problem = Problem("workspace_damaged", found=pseudonyms.MANIFEST)
        raise WorkspaceError([problem]) from fault
    except (OSError, duckdb.Error) as fault:
        reason = getattr(fault, "strerror", None) or str(fault).rpartition(": ")[2].split("\n")[0]
        raise WorkspaceError([Problem("workspace_not_saved", found=reason)]) from fault


def _sweep(folder: Path, told: Mapping[str, Any]) -> None:
    """Remove files no manifest points to; those still open may stay till next time."""
    storage.sweep(folder)
    for stray in folder.glob(_FILES):
        if stray.name != told.get("database"):
            with suppress(OSError):
                shutil.rmtree(stray) if stray.is_dir() else stray.unlink()


def _same(former: Mapping[str, Any], hashes: Mapping[str, str]) -> Iterator[str]:
    for name, described in former.get("tables", {}).items():
        if described["content_hash"] == hashes.get(name):
            yield name


def _described(frame: pd.DataFrame) -> dict[str, Any]:
    return {"row_count": len(frame), "columns": columns_of(frame)}


def _inputs(dataset: Dataset) -> list[dict[Any, Any]]:
    if "inputs" not in dataset.tables:
        return []
    frame = dataset.inputs.astype(object)
    return frame.where(frame.notna(), None).to_dict("records")


def _problems(dataset: Dataset) -> dict[str, dict[str, int]]:
    """Count the problems by severity and code."""
    if "problems" not in dataset.tables:
        return {}
    counts = dataset.problems.groupby(["severity", "code"], observed=True).size()
    return {
        str(severity): {str(code): int(count) for code, count in part.droplevel(0).items()}
        for severity, part in counts.groupby(level=0, observed=True)
    }
