"""The Dataset: tidy tables, frozen, with the problems met on the way.

Comes in: files. Goes out: a Dataset that measures read. Two kinds of evidence are never mixed:
``records`` (a user's own deliveries) and ``published`` (figures public pages state).
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from threading import get_ident
from types import MappingProxyType
from typing import Literal

import duckdb
import pandas as pd

from pumpurs_analysis import founding, normalise, pseudonyms, schema, schools
from pumpurs_analysis.catalogue import DATA
from pumpurs_analysis.errors import InputError, Problem
from pumpurs_analysis.read import read_table

Evidence = Literal["published", "records"]


class StoredTables(Mapping[str, pd.DataFrame]):
    """Tables that stay in a file until they are asked for."""

    @abstractmethod
    def count(self, name: str) -> int:
        """Count a table's rows without reading it."""

    @abstractmethod
    def read(self, name: str, columns: tuple[str, ...] = ()) -> pd.DataFrame:
        """Read a table, or only some of its columns; nothing is kept."""

    @abstractmethod
    def relation(self, name: str, columns: tuple[str, ...] = ()) -> duckdb.DuckDBPyRelation:
        """Give a table as a relation over the file, on one connection for each thread."""

    @abstractmethod
    def reduction(self, name: str) -> pd.DataFrame | None:
        """Read a reduction stored with the tables, or None."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where they are stored."""

    @property
    @abstractmethod
    def content_hash(self) -> str:
        """One hash of everything in the tables."""

    @property
    @abstractmethod
    def extract_date(self) -> str:
        """Day the deliveries were taken from their system, as ISO; empty where it is not stated."""


@dataclass(frozen=True, eq=False)  # two are the same when they are one: facts are kept by identity
class Dataset:
    """Tidy tables that belong together.

    A table is an attribute: ``data.published_figures``. What is returned is a copy-on-write view:
    changing it changes nothing here.

    Attributes:
        evidence: ``published`` or ``records``.
        is_made_up: Whether the data are invented for practice; every output then says so.
    """

    tables: Mapping[str, pd.DataFrame]
    evidence: Evidence
    is_made_up: bool = False

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Give a table by its name."""
        tables = object.__getattribute__(self, "tables")
        if name not in tables:
            raise AttributeError(f"This dataset has no table {name}; it has {', '.join(tables)}")
        table: pd.DataFrame = tables[name]
        return table.copy(deep=False)

    @property
    def folder(self) -> Path | None:
        """The workspace the tables are stored in; None for tables in memory."""
        return self.tables.folder if isinstance(self.tables, StoredTables) else None

    def seal(self, text: str) -> str:
        """Give what stands in public for a content or a file's name; see ``pseudonyms.seal``.

        What is made up or published has a key that everybody knows. Of other records in memory no
        other process would know the key: nothing is said of them.

        Example:
            >>> len(published().seal("plans.xlsx"))
            16
        """
        return pseudonyms.seal(text, self._key) if self._key else ""

    @cached_property
    def _key(self) -> bytes:
        if self.evidence == "published" or self.is_made_up:
            return pseudonyms.MADE_UP_KEY
        try:
            return pseudonyms.key_for(self.folder) if self.folder else b""
        except OSError:  # no key, and nowhere to keep one: a page is drawn without seals
            return b""

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self.tables]

    def select(self, name: str, *columns: str) -> pd.DataFrame:
        """Give some columns of a table; of a workspace only these are read.

        Example:
            >>> published().select("sources", "source_id", "title").shape
            (90, 2)
        """
        if isinstance(self.tables, StoredTables):
            return self.tables.read(name, columns)
        frame: pd.DataFrame = getattr(self, name)
        return frame[list(columns)]

    def native(self, name: str, *columns: str) -> duckdb.DuckDBPyRelation:
        """Give a table, or some of its columns, as a duckdb relation: for the heaviest work.

        Relations of one Dataset can be joined; those of two, or of two threads, cannot.

        Example:
            >>> published().native("sources").aggregate("count(*)").fetchall()
            [(90,)]
        """
        if isinstance(self.tables, StoredTables):
            return self.tables.relation(name, columns)
        by_thread: dict[int, duckdb.DuckDBPyConnection] = self.__dict__.setdefault("_by_thread", {})
        thread = get_ident()
        if thread not in by_thread:
            by_thread[thread] = duckdb.connect()
        relation = by_thread[thread].from_df(getattr(self, name))
        return relation.select(*columns) if columns else relation

    def reduction(self, name: str) -> pd.DataFrame | None:
        """Give a reduction that was stored with the workspace, or None."""
        return self.tables.reduction(name) if isinstance(self.tables, StoredTables) else None

    def __repr__(self) -> str:
        tables = self.tables
        count = tables.count if isinstance(tables, StoredTables) else lambda name: len(tables[name])
        sizes = ", ".join(f"{name} {count(name)}" for name in tables)
        return f"Dataset({self.evidence}{', made up' if self.is_made_up else ''}: {sizes})"


@cache
def published() -> Dataset:
    """Load the shipped published figures, with registers and founding facts.

    Returns:
        A Dataset of evidence ``published`` with the tables published_figures (310 rows), sources
        (90), schools, founding_facts and problems.

    Raises:
        InputError: The shipped files were changed so that they cannot be read; lists every place.

    Example:
        >>> published().published_figures.shape[0], published().evidence
        (310, 'published')
    """
    folder = DATA / "published"
    raw_sources = read_table(folder / "sources.csv", "sources")
    raw_figures = read_table(folder / "figures.csv", "published_figures")
    figures, problems = normalise.published_figures(raw_figures, raw_sources.frame["source_id"])
    if any(problem.severity == "error" for problem in problems):
        raise InputError(problem for problem in problems if problem.severity == "error")
    tables = {
        "published_figures": figures,
        "sources": schema.conform("sources", raw_sources.frame),
        "schools": schema.conform("schools", schools.register()),
        "founding_facts": schema.conform("founding_facts", founding.founding_facts()),
        "problems": problem_table(problems),
    }
    return Dataset(MappingProxyType(tables), evidence="published")


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Give problems as the ``problems`` table.

    Example:
        >>> problem_table([Problem("file_empty", file="a.csv")]).loc[0, "severity"]
        'error'
    """
    rows = [problem.as_row() for problem in problems]
    return schema.conform("problems", pd.DataFrame(rows, columns=schema.columns("problems")))
