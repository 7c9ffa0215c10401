"""How a figure came about: what went in, what was asked, under which rules and by which code."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset, StoredTables
from pumpurs_analysis.facts import kept
from pumpurs_analysis.rules import rule_table

_CODE = (".py", ".yaml")
_OF_CAPS = {"cost_against_cap", "cap_breaches", "what_if"}
_OF_OTHER_RULES = {"eligibility_findings"}


@dataclass(frozen=True)
class Recipe:
    """What it takes to make a figure again.

    Attributes:
        measure: Name of the measure.
        by: What it was asked by.
        choices: What else it was asked for, filters with it.
        audience: ``public`` or ``owner``.
        threshold: Counts from 1 to below this are hidden; 0 where nothing is.
        content: Seal of the records, or hash of the shipped published figures; ``Dataset.seal``.
        inputs: Seal by name of each delivered file.
        extracted: Day the records were taken out of the school's system; empty where not stated.
        rules: Hash of the dated rules.
        rule_versions: Each rule that the measure asked, with the day it holds from, whether it is
            stated or assumed, and its source.
        code: Hash of the package's code and catalogue.
    """

    measure: str
    by: tuple[str, ...]
    choices: Mapping[str, str]
    audience: str
    threshold: int
    content: str
    inputs: Mapping[str, str]
    extracted: str
    rules: str
    rule_versions: tuple[Mapping[str, str], ...]
    code: str


@cache
def code_version() -> str:
    """Give one hash of the package's code and catalogue: the same code gives the same figures.

    Example:
        >>> len(code_version())
        16
    """
    folder = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _CODE:
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


@cache
def rules_version() -> str:
    """Give the hash of the dated rules."""
    return hashlib.sha256((catalogue.FOLDER / "rules.yaml").read_bytes()).hexdigest()[:16]


@cache
def rule_versions(measure: str) -> tuple[Mapping[str, str], ...]:
    """Give the versions of the rules that a measure asks; none where it asks no rule.

    Example:
        >>> first = rule_versions("cost_against_cap")[0]
        >>> first["rule"], first["from"], first["status"]
        ('transport_cap_eur', '2017-03-01', 'stated')
        >>> rule_versions("participation")
        ()
    """
    table = rule_table()
    is_cap = table["kind"].isin(["at_most"]) & table["unit"].eq("EUR")
    if measure in _OF_CAPS:
        table = table[is_cap]
    elif measure in _OF_OTHER_RULES:
        table = table[~is_cap]
    else:
        return ()
    return tuple(
        {
            "rule": row["rule"],
            "from": f"{row['valid_from']:%Y-%m-%d}",
            "status": row["status"],
            "source": row["source"],
        }
        for row in table.dropna(subset="valid_from").to_dict("records")
    )


def content_version(data: Dataset) -> str:
    """Give the seal of a Dataset's content; empty for records that are in memory only.

    Example:
        >>> from pumpurs_analysis import published
        >>> len(content_version(published()))
        16
    """
    if isinstance(data.tables, StoredTables):
        return data.seal(data.tables.content_hash)
    return "" if data.evidence == "records" else _figures_version()


@cache
def _figures_version() -> str:
    folder = catalogue.DATA / "published"
    whole = hashlib.sha256()
    for name in ("figures.csv", "sources.csv"):
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()[:16]


def inputs_of(data: Dataset) -> dict[str, str]:
    """Give the seal of each delivered file by its name; read once for a Dataset."""
    if data.evidence != "records":
        return {"figures.csv, sources.csv": _figures_version()}
    files = kept(data, "delivered_files", lambda: _files_of(data))
    return dict(sorted(zip(files["file"], files["sha256"], strict=True)))


def _files_of(data: Dataset) -> pd.DataFrame:
    inputs = data.inputs
    if "sha256" not in inputs or not data.seal(""):
        return pd.DataFrame({"file": [], "sha256": []})
    files = inputs[["file", "sha256"]].drop_duplicates().astype("string").fillna("")
    return files.assign(sha256=files["sha256"].map(data.seal))


def extracted_on(data: Dataset) -> str:
    """Give the day the records were taken from their system; empty where nobody said."""
    return data.tables.extract_date if isinstance(data.tables, StoredTables) else ""
