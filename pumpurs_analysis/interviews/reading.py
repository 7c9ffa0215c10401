"""Reading interviews: whatever the files are, tidy tables under pseudonyms come out."""

from collections.abc import Iterable
from pathlib import Path

from pumpurs_analysis import pseudonyms
from pumpurs_analysis.errors import InputError, Problem
from pumpurs_analysis.interviews import qualcoder, refi
from pumpurs_analysis.interviews.found import Found
from pumpurs_analysis.interviews.sheets import read_tables
from pumpurs_analysis.interviews.tidy import Interviews, tidied
from pumpurs_analysis.read.source import Refused, Source

_DATABASE = "data.qda"


def read_interviews(
    paths: Path | str | Iterable[Path | str], *, workspace: Path | None = None
) -> Interviews:
    """Read sessions, codebook and coded passages.

    Args:
        paths: Tables (CSV, XLSX, ODS), REFI-QDA projects (.qdpx) and codebooks (.qdc), databases of
            QualCoder (its project's folder or ``data.qda`` in it), or folders of these.
        workspace: Its key makes the pseudonyms, so that they are the same next time.

    Returns:
        Tidy tables. Sessions and coders stand under pseudonyms; codes, phones, e-mails and names in
        passages are replaced; recordings, full texts and memos are not read.

    Raises:
        InputError: No session was found; lists every problem.

    Example:
        >>> read_interviews("nowhere.qdpx")
        Traceback (most recent call last):
        pumpurs_analysis.errors.InputError: This delivery cannot be loaded yet. Problems: 2...
    """
    key = pseudonyms.key_for(workspace)
    listed = [paths] if isinstance(paths, Path | str) else list(paths)
    found = Found()
    tables = [
        path
        for path in _files(map(Path, listed))
        if not _is_project(Source(path.name, path), found)
    ]
    if tables:
        read_tables(tables, key, found)
    if not found.sessions:
        raise InputError([*found.problems, Problem("interview_nothing_read")])
    return tidied(found, key)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else [path]
        if (path / _DATABASE).is_file():  # beside it stand the documents, which are not ours
            inside = [path / _DATABASE]
        yield from sorted(each for each in inside if not each.is_dir())


def _is_project(source: Source, found: Found) -> bool:
    """Read a project, codebook or database, and say whether it was one."""
    readers = (
        (qualcoder.is_database, qualcoder.read_database),
        (refi.is_codebook, refi.read_codebook),
        (refi.is_project, refi.read_project),
    )
    try:
        for is_one, read in readers:
            if is_one(source):
                read(source, found)
                return True
    except Refused as refused:
        found.problems.append(refused.problem(source.name))
        return True
    except OSError:
        found.problems.append(Problem("file_missing", source.name))
        return True
    return False
