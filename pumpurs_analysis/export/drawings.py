"""What a file draws of a figure: categories, series and their words, for any file's own bars.

Comes in: Published. Goes out: a `Drawing`, which PPTX and XLSX make native charts of and HTML makes
SVG of, so that all of them show the same numbers in the same order and colours.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from pumpurs_analysis import schema
from pumpurs_analysis.charts import theme
from pumpurs_analysis.charts.caps import group_name
from pumpurs_analysis.charts.groups import percent_of, why_missing
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.text import NBSP, Language, money, number, percent, say, school_year, sort_key

Unit = Literal["count", "share", "money"]
Kind = Literal["bar", "column", "line"]
Rows = Sequence[schema.Record]

TIMES = ("school_year", "semester")
_MOST_COLUMNS = 6  # more points in time are a line
_COMBINATIONS = 8
_WRITTEN: Mapping[Unit, Callable[[float, Language], str]] = {
    "count": number,
    "money": lambda value, language: money(round(value), language),
    "share": lambda value, language: percent(value, language, 1),
}


@dataclass(frozen=True)
class Series:
    """Values of one series; a missing one has a word that says why, never a zero.

    ``ends`` are those of its interval; ``colours`` one for each value where colour has a meaning.
    """

    name: str
    numbers: tuple[float | None, ...]
    words: tuple[str, ...]
    colour: str
    ends: tuple[tuple[float, float] | None, ...] = ()
    colours: tuple[str, ...] = ()

    def colour_of(self, place: int) -> str:
        """Give the colour of one value."""
        return self.colours[place] if self.colours else self.colour


@dataclass(frozen=True)
class Drawing:
    """Bars (lying), columns (standing, over time) or lines of one unit."""

    kind: Kind
    unit: Unit
    categories: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def has_interval(self) -> bool:
        """Whether any value has an interval."""
        return any(any(each.ends) for each in self.series)

    @property
    def is_empty(self) -> bool:
        """Whether no value may be shown."""
        return all(value is None for each in self.series for value in each.numbers)

    def only(self, places: Sequence[int]) -> "Drawing":
        """Keep some categories."""

        def kept(parts: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(parts[place] for place in places) if parts else ()

        series = tuple(
            replace(each, numbers=kept(each.numbers), words=kept(each.words), ends=kept(each.ends),
                    colours=kept(each.colours))
            for each in self.series
        )  # fmt: skip
        return replace(self, categories=kept(self.categories), series=series)

    def told(self) -> str:
        """Give every number in words: for who cannot see it.

        Example:
            >>> one = Series("Plans", (3.0, None), ("3", "hidden"), "#000000")
            >>> Drawing("bar", "count", ("A", "B"), (one,)).told()
            'A: Plans 3; B: Plans hidden'
        """
        return "; ".join(
            f"{name}: " + ", ".join(f"{each.name} {each.words[place]}" for each in self.series)
            for place, name in enumerate(self.categories)
        )


def draw(published: Published, language: Language) -> Drawing | None:
    r"""Give what is drawn of a figure; None where a table says it better.

    Args:
        published: Any figure of a release.
        language: Language of names and numbers.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> draw(protect(measures.risk_mix(published())), "en").series[0].words[0]
        '71.5\xa0%'
    """
    maker = _MAKERS.get(published.result.name)
    if maker is None or published.frame.empty:
        return None
    return maker(published, language)


def written(value: float, unit: Unit, language: Language) -> str:
    r"""Write a value of a unit.

    Example:
        >>> written(0.715, "share", "lv"), written(250, "money", "en")
        ('71,5\xa0%', '€2.50')
    """
    return _WRITTEN[unit](value, language)


def _series(
    rows: Iterable[schema.Record | None], column: str, name: str, *,
    unit: Unit, colour: str, language: Language,
) -> Series:  # fmt: skip
    values: list[float | None] = []
    words, ends = [], []
    for row in rows:
        found = None if row is None else row[column]
        value: float | None = None
        if not schema.is_missing(found):
            value = float(str(found))
        values.append(value)
        if value is None:
            words.append("–" if row is None else why_missing(row, language))
        elif unit == "share" and value not in {0.0, 1.0}:
            words.append(percent(value, language, 1))
        elif unit == "share":
            words.append(percent_of(value, language))
        else:
            words.append(written(value, unit, language))
        ends.append(_ends(row, column) if row is not None and value is not None else None)
    return Series(name, tuple(values), tuple(words), colour, tuple(ends))


def _ends(row: schema.Record, column: str) -> tuple[float, float] | None:
    ends: list[Any] = [row.get(f"{column}_{end}") for end in ("low", "high")]
    return None if any(map(schema.is_missing, ends)) else (float(ends[0]), float(ends[1]))


def _named(rows: Rows, dims: Sequence[str], language: Language) -> tuple[str, ...]:
    if tuple(dims) == ("call",):
        calls = (str(row["call"]).split("-") for row in rows)
        return tuple(
            say(f"ngo_projects.call.{season}", language, year=year) for year, season in calls
        )
    return tuple(group_name(row, dims, language) for row in rows)


def _with_n(
    names: Sequence[str], rows: Rows, column: str, *, language: Language
) -> tuple[str, ...]:
    """Put beside each name of how many its number is, where no one n holds for all of them."""
    counts = _series(rows, column, "", unit="count", colour="", language=language).words
    return tuple(
        f"{name}, n{NBSP}={NBSP}{count}" for name, count in zip(names, counts, strict=True)
    )


def _in_order(published: Published, language: Language) -> tuple[Rows, tuple[str, ...], Kind]:
    """Rows of a figure by group: over time in its order, places in Latvian order."""
    dims = published.result.dimensions
    rows = published.frame.to_dict("records")
    if len(dims) == 1 and dims[0] in TIMES:
        rows = sorted(
            (row for row in rows if not schema.is_missing(row[dims[0]])), key=lambda r: r[dims[0]]
        )
        return rows, _named(rows, dims, language), _over_time(len(rows))
    names = _named(rows, dims, language)
    order = sorted(range(len(rows)), key=lambda place: sort_key(names[place]))
    return [rows[i] for i in order], tuple(names[i] for i in order), "bar"


def _over_time(count: int) -> Kind:
    return "column" if count <= _MOST_COLUMNS else "line"


def _by_column(
    published: Published, language: Language, *, unit: Unit, columns: Mapping[str, tuple[str, str]]
) -> Drawing:
    """One series for each column: its name and colour."""
    rows, names, kind = _in_order(published, language)
    series = [
        _series(rows, column, name, unit=unit, colour=colour, language=language)
        for column, (name, colour) in columns.items()
    ]
    return Drawing(kind, unit, names, tuple(series))


def _participation(published: Published, language: Language) -> Drawing | None:
    if not published.result.dimensions:
        return None
    columns = {
        "plan_count": (say("participation.plans", language), theme.ACCENT),
        "learner_count": (say("participation.learners", language), theme.PALE),
    }
    if published.frame["learner_count"].equals(published.frame["plan_count"]):
        name = say("participation.one_plan_each", language)
        columns = {"learner_count": (name, theme.ACCENT)}
    return _by_column(published, language, unit="count", columns=columns)


def _risk_mix(published: Published, language: Language) -> Drawing | None:
    """Shares of mentions; of plans too where they may be shown."""
    if set(published.result.dimensions) - {"basis", "risk_category"}:
        return None
    rows = published.frame.to_dict("records")
    codes = list(dict.fromkeys(row["risk_category"] for row in rows))
    names = schema.code_names("risk_category", language, codes)
    series = []
    for basis in ("mention", "plan"):
        of = {row["risk_category"]: row for row in rows if row["basis"] == basis}
        name = say(f"slides.basis.{basis}", language)
        made = _series(
            [of.get(code) for code in codes], "share", name,
            unit="share", colour=theme.ACCENT if basis == "mention" else theme.PALE,
            language=language,
        )  # fmt: skip
        if basis == "mention" or any(value is not None for value in made.numbers):
            series.append(made)
    if len(series) == 1:
        series = [_coloured(series[0], [theme.RISK[code] for code in codes])]
    return Drawing("bar", "share", tuple(names[code] for code in codes), tuple(series))


def _coloured(series: Series, colours: Sequence[str]) -> Series:
    return replace(series, colours=tuple(colours))


def _support_uptake(published: Published, language: Language) -> Drawing | None:
    """Learners with each kind of support, planned and received; shares where n may be shown."""
    if set(published.result.dimensions) != {"support_kind", "step", "basis"}:
        return None
    frame = published.frame
    frame = frame[frame["basis"].eq("learner") & frame["status"].eq("counted")]
    if frame.empty:
        return None
    rows = frame.to_dict("records")
    column, unit = best_column(published)
    planned = {row["support_kind"]: row for row in rows if row["step"] == "planned"}
    received = {row["support_kind"]: row for row in rows if is_received(row)}
    codes = list(planned | received)
    names = schema.code_names("support_kind", language, codes)
    series = [
        _series([of.get(code) for code in codes], column, say(f"slides.step.{step}", language),
                unit=unit, colour=colour, language=language)
        for step, of, colour in (
            ("received", received, theme.ACCENT), ("planned", planned, theme.PALE),
        )
    ]  # fmt: skip
    return Drawing("bar", unit, tuple(names[code] for code in codes), tuple(series))


def is_received(row: schema.Record) -> bool:
    """Whether a row of support_uptake says who received it: consultations are held, others paid.

    Example:
        >>> is_received({"support_kind": "catering", "step": "paid"})
        True
    """
    wanted = "delivered" if row["support_kind"] == "consultation" else "paid"
    return bool(row["step"] == wanted)


def best_column(published: Published) -> tuple[str, Unit]:
    """Give the share of support_uptake where any may be shown, else the count."""
    is_shown = bool(published.frame["supported_share"].notna().any())
    return ("supported_share", "share") if is_shown else ("supported_count", "count")


def _cost_against_cap(published: Published, language: Language) -> Drawing | None:
    if published.result.evidence == "published":
        return _caps(published, language)
    dims = published.result.dimensions
    if not dims:
        return None
    columns = {
        "compared_cents": (say("slides.cost.compared", language), theme.ACCENT),
        "allowed_cents": (say("slides.cost.allowed", language), theme.PALE),
    }
    drawn = _by_column(published, language, unit="money", columns=columns)
    rows, names, _ = _in_order(published, language)
    drawn = replace(drawn, categories=_with_n(names, rows, "compared_count", language=language))
    capped = [place for place, allowed in enumerate(drawn.series[1].numbers) if allowed != 0]
    return drawn.only(capped)


def caps(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the caps on what one learner may get, one row for each kind of support.

    Example:
        >>> from pumpurs_analysis import measures, published
        >>> len(caps(measures.cost_against_cap(published()).frame))
        5
    """
    is_cap = frame["statement"].eq("cap") & frame["cap_cents"].notna() & frame["per"].ne("project")
    return frame[is_cap].drop_duplicates("support_kind")


def _caps(published: Published, language: Language) -> Drawing:
    frame = published.frame
    rows = caps(frame).to_dict("records")
    names = tuple(
        f"{group_name(row, ['support_kind'], language)} "
        f"({schema.code_names('cap_per', language, [row['per']])[row['per']]})"
        for row in rows
    )
    made = _series(rows, "cap_cents", say("slides.cap", language), unit="money",
                   colour=theme.ACCENT, language=language)  # fmt: skip
    return Drawing("bar", "money", names, (made,))


def _planned_and_delivered(published: Published, language: Language) -> Drawing | None:
    """How much of what was planned took place or was paid, in percent of the plan."""
    if published.result.dimensions != ("support_kind",):
        return None
    rows = published.frame.to_dict("records")
    rows = [
        {**row, "done": row["delivered_ratio" if row["support_kind"] == "consultation" else
                            "paid_ratio"]}
        for row in rows
    ]  # fmt: skip
    rows = [row for row in rows if row["is_hidden"] or not schema.is_missing(row["done"])]
    if not rows:
        return None
    made = _series(rows, "done", say("slides.done", language), unit="share", colour=theme.ACCENT,
                   language=language)  # fmt: skip
    names = _with_n(
        _named(rows, ["support_kind"], language), rows, "planned_count", language=language
    )
    return Drawing("bar", "share", names, (made,))


def _risk_overlap(published: Published, language: Language) -> Drawing | None:
    if published.result.dimensions != ("combination", "risk_group_count"):
        return None
    frame = published.frame.sort_values("with_risk_count", ascending=False, kind="stable")
    rows = frame.head(_COMBINATIONS).to_dict("records")  # what is hidden comes last, by its name
    names = tuple(combination_name(row["combination"], language) for row in rows)
    made = _series(rows, "with_risk_count", say("participation.plans", language), unit="count",
                   colour=theme.ACCENT, language=language)  # fmt: skip
    return Drawing("bar", "count", names, (made,))


def combination_name(codes: str, language: Language) -> str:
    """Name a combination of risk groups.

    Example:
        >>> combination_name("learning+family", "en")
        'Learning and school + Family'
    """
    known = schema.short_names("risk_category", language)
    parts = [known[code] for code in codes.split("+") if code in known]
    return " + ".join(parts) or say("slides.no_risk", language)


def _support_gaps(published: Published, language: Language) -> Drawing | None:
    """Learners with a risk whose answering support is not planned, or planned and not received."""
    if published.result.dimensions != ("risk_category", "outcome"):
        return None
    rows = published.frame.to_dict("records")
    codes = list(dict.fromkeys(row["risk_category"] for row in rows))
    names = schema.code_names("risk_category", language, codes)
    series = []
    for outcome, colour in (("not_planned", theme.WARNING), ("not_received", theme.PALE)):
        of = {row["risk_category"]: row for row in rows if row["outcome"] == outcome}
        series.append(_series(
            [of.get(code) for code in codes], "outcome_learner_count",
            say(f"slides.gap.{outcome}", language),
            unit="count", colour=colour, language=language,
        ))  # fmt: skip
    firsts = [next(row for row in rows if row["risk_category"] == code) for code in codes]
    shown = _with_n(
        [names[code] for code in codes], firsts, "risk_learner_count", language=language
    )
    return Drawing("bar", "count", shown, tuple(series))


def _ngo_projects(published: Published, language: Language) -> Drawing | None:
    is_paid = published.result.evidence == "records"  # pages state numbers of projects alone
    column, name = ("paid_cents", "paid") if is_paid else ("granted_cents", "granted")
    columns = {column: (say(f"slides.ngo.{name}", language), theme.ACCENT)}
    return _by_column(published, language, unit="money", columns=columns)


def _published_timeline(published: Published, language: Language) -> Drawing | None:
    frame = published.frame
    rows = frame[frame["series"].eq("school_year")].sort_values("school_year").to_dict("records")
    if not rows:
        return None
    names = tuple(school_year(row["school_year"], language) for row in rows)
    made = _series(rows, "value", say("participation.plans", language), unit="count",
                   colour=theme.ACCENT, language=language)  # fmt: skip
    return Drawing(_over_time(len(rows)), "count", names, (made,))


def _published_checks(published: Published, language: Language) -> Drawing:
    found = published.frame["relation"].value_counts()
    codes = [code for code in theme.RELATION if code in found]
    names = schema.code_names("check_relation", language, codes)
    counts: list[Any] = [{"count": found[code], "is_hidden": False} for code in codes]
    made = _series(counts, "count", say("slides.checks", language), unit="count",
                   colour=theme.ACCENT, language=language)  # fmt: skip
    colours = [theme.RELATION[code] for code in codes]
    shown = tuple(names[code][0].upper() + names[code][1:] for code in codes)
    return Drawing("bar", "count", shown, (_coloured(made, colours),))


_MAKERS: dict[str, Callable[[Published, Language], Drawing | None]] = {
    "participation": _participation,
    "risk_mix": _risk_mix,
    "support_uptake": _support_uptake,
    "cost_against_cap": _cost_against_cap,
    "planned_and_delivered": _planned_and_delivered,
    "risk_overlap": _risk_overlap,
    "support_gaps": _support_gaps,
    "ngo_projects": _ngo_projects,
    "published_timeline": _published_timeline,
    "published_checks": _published_checks,
}
