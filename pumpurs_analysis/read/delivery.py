"""A delivery (files, folders, archives) to Grids, and a problem for all that was not read.

Comes in: paths and the key of the workspace. Goes out: Grids in the order of the files' names.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from pumpurs_analysis.errors import Problem
from pumpurs_analysis.pseudonyms import shown_name
from pumpurs_analysis.read import guard
from pumpurs_analysis.read.grid import Door, Grid
from pumpurs_analysis.read.opendocument import read_opendocument
from pumpurs_analysis.read.parquet import read_parquet
from pumpurs_analysis.read.plain import read_plain
from pumpurs_analysis.read.source import Refused, Source
from pumpurs_analysis.read.workbook import Read, read_legacy, read_workbook
from pumpurs_analysis.text import sort_key

Progress = Callable[[int, int, str], None]

_IGNORED = ("~$", ".", "__MACOSX", "Thumbs.db", "desktop.ini")
_NESTED_AT_MOST = 3
_IS_UTF8 = 1 << 11  # flag of a member whose name is written in UTF-8
_ENDINGS = {  # the usual one first
    "text": ("csv", "tsv", "txt", "tab"),
    "xlsx": ("xlsx", "xlsm"),
    "xls": ("xls",),
    "ods": ("ods",),
    "parquet": ("parquet",),
}


def read_delivery(
    paths: Path | str | Iterable[Path | str], *, key: bytes, progress: Progress | None = None
) -> tuple[list[Grid], list[Problem]]:
    """Read every table of a delivery; nothing wrong with a file stops the others.

    Args:
        paths: Files, folders (read with all folders inside) and archives.
        key: Of the workspace; see ``pseudonyms.key_for``.
        progress: Told before each file how many are done, how many there are, and its name. It
            may raise to cancel.

    Example:
        >>> from pumpurs_analysis.catalogue import DATA
        >>> grids, problems = read_delivery(DATA / "published" / "sources.csv", key=b"key")
        >>> grids[0].cell(1, 1), grids[0].row_count, problems
        ('source_id', 91, [])
    """
    listed = [paths] if isinstance(paths, Path | str) else list(paths)
    problems: list[Problem] = []
    sources = list(_sources(map(Path, listed), problems))
    grids: list[Grid] = []
    if not sources and not problems:
        problems.append(Problem("folder_empty"))
    for done, source in enumerate(sources):
        if progress:
            progress(done, len(sources), source.name)
        found, met = read_source(source, key)
        grids += found
        problems += met
        vars(source).pop("content", None)  # of a member of an archive; not needed any more
    if progress and sources:
        progress(len(sources), len(sources), sources[-1].name)
    return grids, problems


def sources_in(files: Mapping[str, Path | bytes]) -> Iterator[tuple[Source, Path | bytes]]:
    """Give every file to read, archives opened, by the name that problems call it.

    Args:
        files: By their path in the delivery, as it was read.

    Returns:
        Each file, and what it was given as: itself or the archive that it lay in.
    """
    kept = {path: given for path, given in files.items() if not _is_ignored(PurePosixPath(path))}
    names = _names([PurePosixPath(path) for path in kept])
    for name, given in zip(names, kept.values(), strict=True):
        path = given if isinstance(given, Path) else None
        whole = Source(name, path, None if path else partial(bytes, given))
        for source in _opened(whole, [], depth=0):
            yield source, given


def _sources(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Source]:
    """Every file to read, archives opened, by names that tell namesakes apart."""
    found: list[tuple[Path, PurePosixPath]] = []
    for path in paths:
        if path.is_dir():
            inside = (each for each in path.rglob("*") if each.is_file())
            below = [(each, PurePosixPath(each.relative_to(path).as_posix())) for each in inside]
            found += [pair for pair in below if not _is_ignored(pair[1])]
        else:
            found.append((path, PurePosixPath(path.name)))
    names = _names([below for _, below in found])
    named = zip(names, (path for path, _ in found), strict=True)
    for name, path in sorted(named, key=lambda pair: sort_key(pair[0])):
        yield from _opened(Source(name, path), problems, depth=0)


def _names(paths: list[PurePosixPath]) -> list[str]:
    """Names for people: folders are named only where they tell namesakes apart."""
    times = Counter(path.name for path in paths)
    taken: set[str] = set()
    shown = {
        path: shown_name(path.name if times[path.name] == 1 else str(path), taken)
        for path in sorted(set(paths), key=lambda path: sort_key(str(path)))
    }
    return [shown[path] for path in paths]


def _is_ignored(path: PurePosixPath) -> bool:
    """Whether a file is a lock, hidden, or kept by the operating system for itself."""
    return any(part.startswith(_IGNORED) and part != ".." for part in path.parts)


def _opened(source: Source, problems: list[Problem], depth: int) -> Iterator[Source]:
    """The file itself, or the members of an archive."""
    try:
        if not source.head.startswith(b"PK") or guard.kind_of(source) != "archive":
            yield source
        else:
            for member in _members(source, depth):
                yield from _opened(member, problems, depth + 1)
    except Refused as refused:
        problems.append(refused.problem(source.name))
    except OSError:
        problems.append(Problem("file_missing", source.name))


def _members(source: Source, depth: int) -> list[Source]:
    if depth == _NESTED_AT_MOST:
        raise Refused("file_swollen")
    with guard.open_archive(source) as archive:
        paths = {info.filename: _path(info) for info in archive.infolist() if not info.is_dir()}
    kept = {member: path for member, path in paths.items() if not _is_ignored(path)}
    if not kept:
        raise Refused("folder_empty")
    return [
        Source(f"{source.name}/{name}", unpack=partial(_unpacked, source, member))
        for member, name in zip(kept, _names(list(kept.values())), strict=True)
    ]


def _path(info: ZipInfo) -> PurePosixPath:
    """Where a member lies in its archive, its name read as UTF-8 or in a Baltic code page."""
    name = info.filename
    if not info.flag_bits & _IS_UTF8:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp775", "replace")
    return PurePosixPath(name.replace("\\", "/"))


def _unpacked(source: Source, member: str) -> bytes:
    with guard.open_archive(source) as archive:
        return b"".join(guard.inflate(archive, archive.getinfo(member)))


def read_source(source: Source, key: bytes) -> tuple[list[Grid], list[Problem]]:
    """Read one file; whatever is wrong with it becomes a problem."""
    grids: list[Grid] = []
    problems: list[Problem] = []
    try:
        kind = guard.kind_of(source)
        for grid, met in _reader(kind)(source, key):
            grids += [grid] if grid is not None else []
            problems += met
        if grids and source.ending not in _ENDINGS[kind]:
            wanted = _ENDINGS[kind][0]
            ending = Problem("file_ending_differs", source.name, found=source.ending, wanted=wanted)
            problems.insert(0, ending)
    except Refused as refused:
        problems.append(refused.problem(source.name))
    except OSError:
        problems.append(Problem("file_missing", source.name))
    if not grids and all(problem.severity == "note" for problem in problems):
        problems.append(Problem("file_empty", source.name))
    return grids, problems


def _reader(kind: str) -> Callable[[Source, bytes], Iterator[Read]]:
    known = {
        "text": _read_text,
        "xlsx": read_workbook,
        "xls": read_legacy,
        "ods": read_opendocument,
        "parquet": read_parquet,
    }
    if kind == "page":
        raise Refused("file_is_page")
    if kind not in known:
        raise Refused("file_not_table", found=kind)
    return known[kind]


def _read_text(source: Source, key: bytes) -> Iterator[Read]:
    door = Door(source, "", key)
    columns = read_plain(source, door)
    yield door.grid(columns), door.problems
