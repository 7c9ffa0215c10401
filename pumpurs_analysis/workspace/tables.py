"""Tables in a DuckDB file: texts as small numbers with their dictionaries, read when asked for.

Comes in: pandas frames. Goes out: one file, and from it the same frames, or relations over them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import get_ident
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import StoredTables
from pumpurs_analysis.errors import InputError, Problem
from pumpurs_analysis.text import Language

# A column type with its texts inside is the fastest to ask, but all its texts are read on opening:
# short lists become types, long ones (plans, learners) numbers with a table of words beside.
_LONGEST_TYPE = 5_000
_PART = 2_000_000  # rows written at a time, so that memory stays flat
_NO_NETWORK: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False
}


class WorkspaceError(InputError):
    """A workspace that cannot be opened or saved; says why and what to do."""

    def report(self, language: Language) -> str:
        """Write the problems as sentences."""
        return "\n".join(problem.sentence(language) for problem in self.problems)


def write(file: Path, tables: Mapping[str, pd.DataFrame], reductions: Mapping[str, Any]) -> None:
    """Write tables and reductions into a new file.

    Raises:
        duckdb.Error: It could not be written whole, as on a full disk.
    """
    with duckdb.connect(file, config=_NO_NETWORK) as connection:
        for schema in ("tables", "reductions", "words"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name in tables:
            _write(connection, f"tables.{name}", tables[name])
        for name, frame in reductions.items():
            _write(connection, f"reductions.{name}", frame)
        connection.execute("CHECKPOINT")


def _write(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    """Write a table part by part, in order; the first part makes it."""
    frame = _with_categories(frame)
    order = _order(frame) if table.rpartition(".")[2] in _setting("keys") else None
    long = [str(name) for name, values in frame.items() if _is_long(values)]
    for name in long:
        words = pd.DataFrame({"word": frame[name].cat.categories}).reset_index(names="code")
        connection.from_df(words).create(f'words."{table}.{name}"')
    for start in range(0, max(len(frame), 1), _PART):
        rows = slice(start, start + _PART)
        part = frame.iloc[rows] if order is None else frame.take(order[rows])
        part = part.assign(**{name: _codes(part[name]) for name in long})
        given = connection.from_df(part)
        if start:
            given.insert_into(table)
        else:
            given.create(table)


def _with_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Tell long columns of text as categories; empty ones as text, so that they have a type."""
    told = {
        str(name): values.astype("category")
        for name, values in frame.items()
        if isinstance(values.dtype, pd.StringDtype) and len(values) > _LONGEST_TYPE
    }
    empty = {
        str(name): values.astype("string")
        for name, values in frame.items()
        if isinstance(values.dtype, pd.CategoricalDtype) and not len(values.cat.categories)
    }
    return frame.assign(**told, **empty)


def _is_long(values: "pd.Series[Any]") -> bool:
    is_text = isinstance(values.dtype, pd.CategoricalDtype)
    return is_text and len(values.cat.categories) > _LONGEST_TYPE


def _codes(values: "pd.Series[Any]") -> "pd.Series[Any]":
    return values.cat.codes.astype("Int32").where(values.notna())


def _order(frame: pd.DataFrame) -> npt.NDArray[np.integer[Any]] | None:
    """Give the order by the catalogue's columns; None where the rows already stand so.

    The columns are packed into one number, which sorts far faster than several.
    """
    packed, size = np.zeros(len(frame), dtype=np.int64), 1
    for name in (name for name in _setting("sort") if name in frame.columns and len(frame)):
        places = _places(frame[name])
        width = int(places.max()) + 1
        if size * width >= np.iinfo(np.int64).max:
            break
        packed, size = packed * width + places, size * width
    in_order = bool((packed[1:] >= packed[:-1]).all())
    return None if in_order else np.argsort(packed, kind="stable")


def _places(values: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """Give each value its place in the column's order, from 0 up; a missing one comes first."""
    is_text = isinstance(values.dtype, pd.CategoricalDtype)
    codes = values.cat.codes if is_text else pd.factorize(values, sort=True)[0]
    return np.asarray(codes, dtype=np.int64) + 1


def columns_of(frame: pd.DataFrame) -> dict[str, str]:
    """Give the type of each column, so that the same frame can be read back."""
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


class Stored(StoredTables):
    """The tables of one workspace file, opened read-only; each is read when first asked for.

    Once connected, the file is held open: a load that swaps in a newer one does not disturb this.
    """

    def __init__(self, file: Path, manifest: Mapping[str, Any], *, at_once: bool = True) -> None:
        self._file = file
        self._manifest = manifest
        self._frames: dict[str, pd.DataFrame] = {}
        self._by_thread: dict[int, duckdb.DuckDBPyConnection] = {}
        if at_once:
            self._here()

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """The one open file; 10 MB, which a page that shows a kept release never needs."""
        with _damage_told(self._file):
            return duckdb.connect(self._file, read_only=True, config=_NO_NETWORK)

    @cached_property
    def _words(self) -> set[str]:
        asked = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'words'"
        with _damage_told(self._file):
            return {name for (name,) in self._here().execute(asked).fetchall()}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self.read(name)
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._manifest["tables"])

    def __len__(self) -> int:
        return len(self._manifest["tables"])

    def __contains__(self, name: object) -> bool:
        return name in self._manifest["tables"]

    def count(self, name: str) -> int:
        """Count a table's rows without reading it."""
        return int(self._manifest["tables"][name]["row_count"])

    def read(self, name: str, columns: tuple[str, ...] = ()) -> pd.DataFrame:
        """Read a table, or only some of its columns; nothing is kept."""
        return self._read("tables", name, columns)

    def reduction(self, name: str) -> pd.DataFrame | None:
        """Read a reduction stored with the tables, or None."""
        return self._read("reductions", name) if name in self._manifest["reductions"] else None

    @property
    def folder(self) -> Path:
        """Where they are stored."""
        return self._file.parent

    @property
    def content_hash(self) -> str:
        """One hash of everything in the tables."""
        return str(self._manifest["content_hash"])

    @property
    def extract_date(self) -> str:
        """Day the deliveries were taken from their system; empty where it is not stated."""
        return self._manifest["extract_date"] or ""

    def relation(self, name: str, columns: tuple[str, ...] = ()) -> duckdb.DuckDBPyRelation:
        """Give a table as a relation; only the dictionaries of the columns asked for are joined."""
        table, chosen = f"tables.{name}", []
        with _damage_told(self._file):
            relation = self._here().table(table)
            for column, dtype in self._types("tables", name, columns).items():
                if (words := f"{table}.{column}") in self._words:
                    named = self._here().table(f'words."{words}"')
                    named = named.select(f"code AS {column}_code, word AS {column}_word")
                    relation = relation.join(named, f"{column} = {column}_code", how="left")
                    chosen.append(f'{column}_word AS "{column}"')
                else:
                    text = "::VARCHAR" if dtype in {"string", "str"} else ""
                    chosen.append(f'"{column}"{text} AS "{column}"')
            return relation.select(", ".join(chosen))

    def _types(self, schema: str, name: str, columns: tuple[str, ...]) -> dict[str, str]:
        types: dict[str, str] = self._manifest[schema][name]["columns"]
        return {column: types[column] for column in columns or types}

    def _here(self) -> duckdb.DuckDBPyConnection:
        """Give this thread's connection to the one open file."""
        thread = get_ident()
        if thread not in self._by_thread:
            self._by_thread[thread] = self._connection.cursor()
        return self._by_thread[thread]

    def _read(self, schema: str, name: str, columns: tuple[str, ...] = ()) -> pd.DataFrame:
        """Read column by column, so that no more than one stands in memory twice."""
        table, types = f"{schema}.{name}", self._types(schema, name, columns)
        with _damage_told(self._file):
            read = {column: self._column(table, column, dtype) for column, dtype in types.items()}
        return pd.DataFrame(read, columns=list(types))

    def _column(self, table: str, column: str, dtype: str) -> "pd.Series[Any]":
        here = self._here()
        values = here.table(table).select(f'"{column}"').to_arrow_table().column(0)
        if (words := f"{table}.{column}") not in self._words:
            return _as_pandas(values, dtype)
        named = here.table(f'words."{words}"').order("code").to_arrow_table().column("word")
        codes = values.fill_null(-1).to_numpy()
        told = pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(named.to_pandas())))
        return told.astype(pd.api.types.pandas_dtype(dtype))


def _as_pandas(values: pa.ChunkedArray, dtype: str) -> "pd.Series[Any]":
    nullable = _NULLABLE.get(dtype)
    frame = pa.table({"": values}).to_pandas(types_mapper=lambda _: nullable)
    series: pd.Series[Any] = frame[""]
    return series if str(series.dtype) == dtype else series.astype(pd.api.types.pandas_dtype(dtype))


_NULLABLE: dict[str, Any] = {
    "Int64": pd.Int64Dtype(),
    "Float64": pd.Float64Dtype(),
    "boolean": pd.BooleanDtype(),
}


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as fault:
        raise WorkspaceError([Problem("workspace_damaged", found=file.name)]) from fault


def _setting(name: str) -> Any:  # noqa: ANN401  (lists and mappings, as the catalogue has them)
    return catalogue.entries("workspace")[name]
