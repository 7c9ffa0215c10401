"""QualCoder's database: ``data.qda``, an SQLite file in the folder of a project.

Reads the tables source, code_name, code_cat, code_text, cases, case_text and attribute as the
program creates them. Opened for reading only; full texts, memos and media are not read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from pumpurs_analysis.errors import Problem
from pumpurs_analysis.interviews.found import Found, Row, field_of
from pumpurs_analysis.read.source import Refused, Source

_MAGIC = b"SQLite format 3\x00"
_NEEDED = {"source", "code_name", "code_cat", "code_text"}
_MOST_BYTES = 1 << 30

_SEGMENTS = """
    SELECT source.name, code_name.name, code_text.owner, code_text.pos0, code_text.pos1,
           code_text.seltext
    FROM code_text
    JOIN source ON source.id = code_text.fid
    LEFT JOIN code_name ON code_name.cid = code_text.cid
    ORDER BY source.id, code_text.pos0, code_text.pos1, code_name.name, code_text.owner
"""
_CODES = """
    SELECT code_name.name, code_cat.name FROM code_name
    LEFT JOIN code_cat ON code_cat.catid = code_name.catid ORDER BY code_name.cid
"""
_CATEGORIES = """
    SELECT code_cat.name, above.name FROM code_cat
    LEFT JOIN code_cat AS above ON above.catid = code_cat.supercatid ORDER BY code_cat.catid
"""
_OF_FILES = """
    SELECT source.name, attribute.name, attribute.value FROM attribute
    JOIN source ON source.id = attribute.id WHERE attribute.attr_type = 'file'
"""
_OF_CASES = """
    SELECT DISTINCT source.name, attribute.name, attribute.value FROM attribute
    JOIN case_text ON case_text.caseid = attribute.id
    JOIN source ON source.id = case_text.fid WHERE attribute.attr_type = 'case'
"""


def is_database(source: Source) -> bool:
    """Say whether a file is an SQLite database."""
    return source.head.startswith(_MAGIC)


def read_database(source: Source, found: Found) -> None:
    """Read sessions (sources with text), codes and coded passages.

    Raises:
        Refused: It is damaged, too large, or no project of QualCoder.
    """
    if source.path is None or source.size > _MOST_BYTES:
        raise Refused("file_swollen")
    try:
        with closing(_opened(source.path)) as database:
            _read(database, source.name, found)
    except sqlite3.Error:
        raise Refused("file_damaged") from None


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _read(database: sqlite3.Connection, file: str, found: Found) -> None:
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"  # a view may run anything
    tables = {name for (name,) in database.execute(query)}
    if not tables >= _NEEDED:
        raise Refused("file_damaged")
    said = _attributes(database, tables)
    is_text = "SELECT name, fulltext IS NOT NULL FROM source ORDER BY id"
    sources = [(str(name), bool(text)) for name, text in database.execute(is_text)]
    found.sessions += [
        Row({**said.get(name, {}), "session": name}, file) for name, text in sources if text
    ]
    for query in (_CATEGORIES, _CODES):
        for name, parent in _rows(database, query):
            found.codes.append(Row({"code": name, "parent": parent}, file))
    fields = ("session", "code", "coder", "start", "end", "quotation")
    for cells in _rows(database, _SEGMENTS):
        row = dict(zip(fields, cells, strict=True))
        consent = said.get(row["session"], {}).get("consent", "")
        found.segments.append(Row({**row, "consent": consent}, file))
    media = sum(not text for _, text in sources)
    if media:
        found.problems.append(Problem("interview_media_left", file, found=str(media)))


def _attributes(database: sqlite3.Connection, tables: set[str]) -> dict[str, dict[str, str]]:
    """Give what attributes say of each source, its case's first, its own over them."""
    said: dict[str, dict[str, str]] = {}
    for query, needed in ((_OF_CASES, {"attribute", "case_text"}), (_OF_FILES, {"attribute"})):
        for source, name, value in _rows(database, query) if needed <= tables else ():
            said.setdefault(source, {})[field_of(name)] = value
    return said


def _rows(database: sqlite3.Connection, query: str) -> Iterator[tuple[str, ...]]:
    for row in database.execute(query):
        yield tuple("" if value is None else str(value) for value in _plain(row))


def _plain(row: tuple[Any, ...]) -> Iterator[Any]:
    """A blob in a text column is no text."""
    return ("" if isinstance(value, bytes) else value for value in row)
