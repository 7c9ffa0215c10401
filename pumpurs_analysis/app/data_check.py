"""The page "data check": a coordinator drops files and sees what to mend, row by row.

Comes in: files from the visitor's browser. Goes out: the page's parts and files to download. The
files are held in this process's memory alone, and in a private folder for as long as they are read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from pumpurs_analysis.app import page, places
from pumpurs_analysis.app.parts import (
    Bullets,
    Cell,
    Choice,
    Column,
    Downloads,
    Drop,
    Filter,
    Finding,
    Findings,
    Head,
    Offer,
    Part,
    Prose,
    Row,
    Table,
    Tile,
    Tiles,
    Tone,
    Width,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.upload import LARGEST_TOTAL, Files, Progress
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.export import problem_report
from pumpurs_analysis.export.fixed_bytes import zipped
from pumpurs_analysis.export.marked_workbook import files_to_mark, marked_name
from pumpurs_analysis.export.problem_words import (
    CHANGES,
    SEVERITIES,
    counts,
    kind_name,
)
from pumpurs_analysis.text import LANGUAGES, Language, number, say, sort_key

if TYPE_CHECKING:
    from pumpurs_analysis.loading import Checked

ACCEPTS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".zip")
_PAGE = "page.data_check"
_MOST_OFFERS = 3  # single marked files; more are taken as one ZIP
_SAMPLE_PLANS = 60
_TONES: Mapping[str, Tone] = {"error": "error", "warning": "warning", "note": "note"}
_ROWS = ("row_count", "accepted_count", "set_aside_count", "not_data_count")


class Check(Protocol):
    """Reads a delivery, as ``loading.check`` does."""

    def __call__(
        self, paths: Path, /, *, progress: Callable[[int, int, str], None] | None = None
    ) -> "Checked":
        """Say what must be mended in a folder of files."""


def _check(paths: Path, /, *, progress: Callable[[int, int, str], None] | None = None) -> "Checked":
    from pumpurs_analysis import loading  # noqa: PLC0415  (the page is seen while nothing is read yet)

    return loading.check(paths, progress=progress)


@dataclass(frozen=True)
class _Outcome:
    """What came of the files dropped last."""

    files: Files
    problems: pd.DataFrame
    inputs: pd.DataFrame
    is_read: bool
    before: pd.DataFrame | None

    @cached_property
    def sums(self) -> dict[str, int]:
        """Rows of all files, by what became of them."""
        return {column: int(self.inputs[column].sum()) for column in _ROWS}

    @cached_property
    def found(self) -> dict[str, int]:
        """Problems by severity."""
        met = self.problems["severity"].value_counts()
        return {severity: int(met.get(severity, 0)) for severity in SEVERITIES}

    @cached_property
    def to_mark(self) -> dict[str, Path | bytes]:
        """Files with a row to mark whose bytes are at hand."""
        return files_to_mark(self.files, self.problems)


class Desk:
    """One visitor's files and what was found in them; nothing outlives it.

    Args:
        check: Reads a folder of files and says what must be mended.
    """

    def __init__(self, check: Check = _check) -> None:
        self._check = check
        self._outcome: _Outcome | None = None
        self._drawn: Mapping[Language, list[Part]] = {}

    def take(self, files: Files, progress: Progress) -> Callable[[], None]:
        """Check files; give what puts the outcome on the page, drawn in both languages.

        Example:
            >>> desk = Desk()
            >>> desk.take({"a.csv": b""}, lambda done, total, name: None)()
            >>> [part.kind for part in desk.build(Selection())]
            ['head', 'drop', 'tiles', 'downloads', 'table', 'findings']
        """
        with TemporaryDirectory(prefix="pumpurs-") as folder:
            for name, content in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            checked = self._check(Path(folder), progress=progress)

        before = None if self._outcome is None else self._outcome.problems
        is_read = checked.dataset is not None
        outcome = _Outcome(files, checked.problems, checked.inputs, is_read, before)
        drawn = {language: list(_parts(outcome, language)) for language in LANGUAGES}

        def keep() -> None:
            self._outcome, self._drawn = outcome, drawn

        return keep

    def build(self, selection: Selection) -> list[Part]:
        """Give the page's parts: before files came, or with what was found in them."""
        language: Language = selection.language
        return self._drawn.get(language) or list(_parts(None, language))

    def download(self, _part: str, name: str, selection: Selection) -> tuple[str, bytes]:
        """Make one of the files that `Downloads` offers."""
        language = selection.language
        if name in {"template", "sample"}:
            return _template(language) if name == "template" else _sample(language)
        if self._outcome is None:
            raise LookupError("nothing was checked yet")
        return _made(self._outcome, name, language)


def _parts(done: _Outcome | None, language: Language) -> Iterator[Part]:
    yield Head(
        title=say(f"{_PAGE}.title", language),
        subtitle=say(f"{_PAGE}.subtitle", language),
        badge=say(f"{_PAGE}.badge", language),
        links=places.links("data_check", Selection(language=language)),
    )
    yield _drop(done, language)
    if done is None:
        steps = [[say(f"{_PAGE}.start_{step}", language)] for step in (1, 2, 3)]
        title = say(f"{_PAGE}.start", language)
        yield Prose(id="start", width=8, title=title, blocks=[Bullets(steps)])
        yield _downloads(None, language)
    else:
        yield _tiles(done, language)
        yield _downloads(done, language)
        yield from _lists(done, language)


def _drop(done: _Outcome | None, language: Language) -> Drop:
    return Drop(
        id="drop",
        title=say(f"{_PAGE}.drop", language),
        text=say(f"{_PAGE}.drop_text", language),
        accepts=ACCEPTS,
        largest_total=LARGEST_TOTAL,
        result="" if done is None else _result(done, language),
        result_tone="plain" if done is None else _result_tone(done),
    )


def _result_tone(done: _Outcome) -> Tone:
    if not done.is_read:
        return "error"
    return "warning" if done.found["error"] else "plain"


def _result(done: _Outcome, language: Language) -> str:
    accepted, aside = done.sums["accepted_count"], done.sums["set_aside_count"]
    words = {"accepted": accepted, "data": accepted + aside, **done.found}
    shown = {name: number(count, language) for name, count in words.items()}
    key = "good" if _result_tone(done) == "plain" else "mend" if done.is_read else "nothing"
    sentences = [
        say(f"{_PAGE}.result_files", language, count=len(done.files)),
        say(f"{_PAGE}.result_{key}", language, **shown),
    ]
    if bool(done.inputs["is_made_up"].fillna(value=False).any()):
        sentences.append(say(f"{_PAGE}.result_made_up", language))
    if done.before is not None:
        changed = problem_report.change(done.before, done.problems)["change"].value_counts()
        counted = {state: number(int(changed.get(state, 0)), language) for state in CHANGES}
        sentences.append(say(f"{_PAGE}.result_change", language, **counted))
    return " ".join(sentences)


def _tiles(done: _Outcome, language: Language) -> Tiles:
    sums, found = done.sums, done.found
    data = sums["accepted_count"] + sums["set_aside_count"]
    values = {
        "files": len(done.files),
        "accepted": sums["accepted_count"],
        "error": found["error"],
        "warning": found["warning"],
    }
    notes = {"count": len(done.inputs), "data": data, "not_data": sums["not_data_count"]}
    notes |= {"set_aside": sums["set_aside_count"], "note": found["note"]}
    shown = {name: number(count, language) for name, count in notes.items()}
    tiles = [
        Tile(
            say(f"{_PAGE}.tile.{name}", language),
            number(value, language),
            say(f"{_PAGE}.tile.{name}_note", language, **shown),
            "warning" if name == "error" and value else "plain",
        )
        for name, value in values.items()
    ]
    return Tiles(id="tiles", tiles=tiles)


def _lists(done: _Outcome, language: Language) -> Iterator[Part]:
    """Give the tables by file and school, the downloads, and every place to mend."""
    told = problem_report.worded(done.problems, language)
    files = {name: str(place) for place, name in enumerate(told["file"].unique())}
    schools = sorted(told["school"].unique(), key=sort_key)
    numbers = {"file": files, "school": {name: str(at) for at, name in enumerate(schools)}}
    several = len(schools) > 1
    yield _by_file(done, told, files, width=6 if several else 12, language=language)
    if several:
        yield _by_school(told, numbers["school"], language)
    if len(told):
        yield _findings(told, numbers, language)


def _by_file(
    done: _Outcome,
    told: pd.DataFrame,
    picks: Mapping[str, str],
    *,
    width: Width,
    language: Language,
) -> Table:
    rows = done.inputs.groupby("file")[[*_ROWS]].sum()
    seen = counts(told, "file")
    names = sorted({*rows.index, *seen.index} - {""}, key=sort_key)
    whole = rows.reindex(names).join(seen.reindex(names, fill_value=0))
    heads = ("file", "rows", "accepted", "severity.error", "severity.warning")
    kept = whole[["row_count", "accepted_count", "error", "warning"]]
    return Table(
        id="by-file",
        width=width,
        title=say(f"{_PAGE}.by_file", language),
        subtitle=say(f"{_PAGE}.by_subtitle", language) if len(told) else "",
        columns=_columns(heads, language),
        rows=[
            _row(name, cells, picks.get(name, ""), language=language)
            for name, *cells in kept.itertuples()
        ],
        picks="file",
    )


def _by_school(told: pd.DataFrame, picks: Mapping[str, str], language: Language) -> Table:
    none = say("problem_report.no_school", language)
    return Table(
        id="by-school",
        width=6,
        title=say(f"{_PAGE}.by_school", language),
        subtitle=say(f"{_PAGE}.by_subtitle", language),
        columns=_columns(("school", *(f"severity.{one}" for one in SEVERITIES)), language),
        rows=[
            _row(name or none, cells, picks[name], language=language)
            for name, *cells in counts(told, "school").itertuples()
        ],
        picks="school",
    )


def _columns(names: Sequence[str], language: Language) -> list[Column]:
    labels = [say(f"problem_report.{name}", language) for name in names]
    return [Column(label, numeric=place > 0) for place, label in enumerate(labels)]


def _row(name: str, values: Sequence[object], pick: str, *, language: Language) -> Row:
    known = [None if pd.isna(value) else int(str(value)) for value in values]  # type: ignore[call-overload]  # a cell of any type
    shown = [Cell("…") if one is None else Cell(number(one, language), one) for one in known]
    return Row([name, *shown], pick=pick)


def _findings(
    told: pd.DataFrame, numbers: Mapping[str, Mapping[str, str]], language: Language
) -> Findings:
    labels = {part: say(f"problem_report.{part}", language) for part in ("wanted", "to_do")}
    items = [
        Finding(
            tone=_TONES[row["severity"]],
            group=" · ".join(filter(None, [row["file"], row["sheet"]])),
            place=" · ".join(filter(None, [row["place"], row["cell"], row["school"]])),
            text=row["found"],
            more=[(label, row[part]) for part, label in labels.items()],
            tags={
                "severity": row["severity"],
                "file": numbers["file"][row["file"]],
                "school": numbers["school"][row["school"]],
                "kind": row["code"],
            },
        )
        for row in told.to_dict("records")
    ]
    return Findings(
        id="findings",
        title=say(f"{_PAGE}.findings", language),
        subtitle=say(f"{_PAGE}.findings_subtitle", language),
        filters=_filters(told, numbers, language),
        items=items,
        tones={one: say(f"problem_report.severity.{one}", language) for one in SEVERITIES},
        search=say(f"{_PAGE}.search", language),
    )


def _filters(
    told: pd.DataFrame, numbers: Mapping[str, Mapping[str, str]], language: Language
) -> list[Filter]:
    none = say("problem_report.no_school", language)
    severities = {one: say(f"problem_report.severity.{one}", language) for one in SEVERITIES}
    offers = {
        "severity": ("severity", "all_severities", severities),
        "file": ("file", "all_files", {name: name for name in numbers["file"]}),
        "school": ("school", "all_schools", {name: name or none for name in numbers["school"]}),
        "kind": (
            "code",
            "all_kinds",
            {code: kind_name(code, language) for code in told["code"].value_counts().index},
        ),
    }
    return [
        Filter(
            name,
            say(f"problem_report.{name}", language),
            [
                Choice("", say(f"{_PAGE}.{every}", language)),
                *_choices(told[column], names, numbers.get(name, {}), language=language),
            ],
        )
        for name, (column, every, names) in offers.items()
    ]


def _choices(
    values: "pd.Series[str]",
    names: Mapping[str, str],
    numbers: Mapping[str, str],
    *,
    language: Language,
) -> list[Choice]:
    met = values.value_counts()
    return [
        Choice(numbers.get(value, value), f"{label} ({number(int(met[value]), language)})")
        for value, label in names.items()
        if met.get(value, 0)
    ]


def _downloads(done: _Outcome | None, language: Language) -> Downloads:
    return Downloads(
        id="downloads",
        width=4 if done is None else 12,
        title=say(f"{_PAGE}.downloads", language),
        offers=[
            *([] if done is None else _offers(done, language)),
            _offer("template", language),
            *([_offer("sample", language)] if done is None else []),
        ],
    )


def _offer(name: str, language: Language, **words: object) -> Offer:
    label = say(f"{_PAGE}.offer.{name}", language, **words)
    return Offer(name, label, say(f"{_PAGE}.offer.{name}_note", language))


def _offers(done: _Outcome, language: Language) -> Iterator[Offer]:
    marked = done.to_mark
    note = say(f"{_PAGE}.offer.marked_note", language)
    if len(marked) > 1:
        label = say(f"{_PAGE}.offer.all_marked", language, count=len(marked))
        yield Offer("marked", label, note)
    for place, name in enumerate(marked if len(marked) <= _MOST_OFFERS else ()):
        label = say(f"{_PAGE}.offer.marked", language, file=PurePosixPath(name).name)
        yield Offer(f"marked-{place}", label, note if len(marked) == 1 else "")
    yield _offer("html", language)
    if len(done.problems):
        yield _offer("csv", language)


def _made(done: _Outcome, name: str, language: Language) -> tuple[str, bytes]:
    """Make the report, the list or a marked file."""
    title = say("problem_report.file_end", language)
    if name == "csv":
        return f"{title}.csv", problem_report.csv(done.problems, language)
    if name == "html":
        written = problem_report.html(done.problems, done.inputs, language, before=done.before)
        return f"{title}.html", written.encode()
    if name == "marked":
        return f"{title}.zip", problem_report.marked_zip(done.files, done.problems, language)
    one, source = [*done.to_mark.items()][int(name.removeprefix("marked-"))]
    return marked_name(one, language), problem_report.marked(source, one, done.problems, language)


def _template(language: Language) -> tuple[str, bytes]:
    from pumpurs_analysis.export import template  # noqa: PLC0415  (made on request only)

    with TemporaryDirectory(prefix="pumpurs-") as folder:
        name = "pumpurs_veidne.xlsx" if language == "lv" else "pumpurs_template.xlsx"
        return name, template.write(Path(folder) / name, language).read_bytes()


def _sample(language: Language) -> tuple[str, bytes]:
    from pumpurs_analysis import example  # noqa: PLC0415  (made on request only)

    with TemporaryDirectory(prefix="pumpurs-") as folder:
        example.write(Path(folder), plans=_SAMPLE_PLANS)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }
    return ("pumpurs_paraugs.zip" if language == "lv" else "pumpurs_sample.zip"), zipped(files)


def show() -> Page:
    """Show the page in a notebook or in Voila; each page has a desk of its own."""
    desk = Desk()
    return page.show(desk.build, download=desk.download, take=desk.take)
