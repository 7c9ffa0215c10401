"""What public pages state over time, and how well their figures agree with each other."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.measures.result import Result, cite
from pumpurs_analysis.text import nearest

# Where in the school year a figure without a day is drawn: the middle of what it speaks of.
_MIDDLE = {1: "-11-01", 2: "-04-15"}
# Figures of these counts stand for different people or plans in different semesters.
_ADDITIVE = {"plan": frozenset({"school_year", "semester"})}
_UNITS = {
    "learner", "plan", "support", "mention", "specialist", "school", "municipality", "money",
    "ngo_project",
}  # fmt: skip
# Counts and sums must agree exactly unless the check says how far a page rounds; shares and ratios
# are rounded by pages to a whole percent.
_TOLERANCE = {"share": 0.006, "ratio": 0.006}


def published_timeline(
    data: Dataset, *, measure: str = "plans", level: str = "national", place: str | None = None
) -> Result:
    """Say what public pages state about one measure over time.

    One row per: value stated for a period and place; pages that repeat it are joined.

    Columns:
        entity: Place the figure is about.
        series: school_year, semester, cumulative (since the programme began), term (to a stated
            day), point or planned.
        school_year: School year the figure is about, where known.
        semester: 1 or 2, where the figure is about one semester.
        as_of: Day, month or year the figure speaks of, where it is no semester or school year.
        end: Last day, where the text states it.
        at: Day at which a chart draws it.
        dimension: Breakdown, empty for the whole.
        value: The figure; its unit is the Result's.
        qualifier: How exactly the page says it (exact, more_than, about...).
        statement_count: How many pages state it.
        source_ids: Codes of these pages.

    Leaves out:
        Figures without a number ("several hundred").

    Sources:
        The pages in table sources.

    Args:
        data: A Dataset of published figures.
        measure: Code of codes/published.yaml, published_measure.
        level: national, municipality, school or vocational_school.
        place: Name of one municipality or school; all of them where left out.

    Raises:
        KeyError: No such measure, or no page states it for this place.

    Example:
        >>> from pumpurs_analysis import published
        >>> plans = published_timeline(published(), measure="plans")
        >>> plans.frame.loc[plans.frame["series"] == "school_year", "value"].tolist()
        [6834.0, 15129.0, 21732.0, 19757.0]
    """
    measures = catalogue.entries("codes")["published_measure"]
    if measure not in measures:
        raise KeyError(f"No measure {measure}; nearest: {nearest(measure, measures)}")
    figures = data.published_figures
    rows = figures[(figures["measure"] == measure) & (figures["level"] == level)]
    rows = rows[rows["value"].notna() & ((rows["entity"] == place) if place else True)]
    if rows.empty:
        raise KeyError(f"No page states {measure} for {place or level}")
    frame = _joined_statements(rows.assign(series=_series(rows), at=_drawn_at(rows)))
    counted = measures[measure]["counted"]
    return Result(
        name="published_timeline",
        frame=frame,
        unit=counted if counted in _UNITS else "figure",
        one_row_per="value stated for a period and place",
        evidence="published",
        sources=cite(data, rows["source_id"]),
        notes=("note.published_as_stated", *_notes(measure, level)),
        value="value",
        additive_over=_ADDITIVE.get(counted, frozenset()),
        instead=_instead(counted),
        choices=MappingProxyType({"measure": measure, "level": level, "place": place or ""}),
    )


def _notes(measure: str, level: str) -> tuple[str, ...]:
    """What a reader of the whole country's figures must know."""
    declared = catalogue.entries("codes")["published_measure"][measure].get("notes", ())
    return tuple(declared) if level == "national" else ()


def _series(rows: pd.DataFrame) -> pd.Series:
    series = pd.Series("point", index=rows.index)
    series = series.mask(rows["end"].notna() & rows["as_of"].isna(), "term")
    series = series.mask(rows["school_year"].notna(), "school_year")
    series = series.mask(rows["semester"].notna(), "semester")
    series = series.mask(rows["is_cumulative"].fillna(value=False), "cumulative")
    return series.mask(rows["is_planned"].fillna(value=False), "planned")


def _drawn_at(rows: pd.DataFrame) -> pd.Series:
    """The end of what a figure speaks of for cumulative ones, else its middle."""
    first = rows["school_year"].str[:4]
    second = rows["school_year"].str[5:]
    of_year = second + "-02-01"
    of_semester = (first + _MIDDLE[1]).where(rows["semester"] == 1, second + _MIDDLE[2])
    of_semester = of_semester.where(rows["semester"].notna(), of_year)
    spoken = rows["as_of"].str.len().map({4: "-12-31", 7: "-28", 10: ""})
    as_of = pd.to_datetime(rows["as_of"] + spoken)
    return as_of.fillna(pd.to_datetime(of_semester)).fillna(rows["end"]).fillna(rows["start"])


def _joined_statements(rows: pd.DataFrame) -> pd.DataFrame:
    keys = [
        "entity",
        "series",
        "school_year",
        "semester",
        "as_of",
        "end",
        "at",
        "dimension",
        "value",
    ]
    joined = rows.groupby([*keys, "qualifier"], dropna=False, observed=True, as_index=False).agg(
        statement_count=("source_id", "nunique"),
        source_ids=("source_id", lambda ids: ";".join(sorted(set(ids)))),
    )
    order = ["entity", "dimension", "at", "series", "value"]
    return joined.sort_values(order, na_position="last", ignore_index=True)


def _instead(counted: str) -> Mapping[str, str]:
    one_series = 'total(series="school_year")'
    calls = {"series": one_series, "dimension": 'total(dimension="...") for one breakdown'}
    if counted != "plan":
        whole = 'a figure the page states for the whole time, such as series="cumulative"'
        calls |= {"school_year": whole, "semester": whole, "as_of": whole, "at": whole}
    return MappingProxyType(calls | {"entity": "place=... for one place"})


def published_checks(data: Dataset) -> Result:
    """Recompute what pages state and say where they agree, contradict or count something else.

    One row per: check of catalogue/checks.yaml.

    Columns:
        check_id: Code of the check; its title and explanation stand in the catalogue.
        kind: What is compared (sum, same, share, ratio, count of units...).
        left_value: Recomputed value.
        right_value: Value it is held against.
        difference: left_value minus right_value.
        ratio: left_value / right_value.
        is_equal: Whether both agree within rounding or the stated "more than".
        relation: agrees (the same), consistent (within rounding or a stated "more than"),
            contradicts, or explained (differs for a reason that is known).
        left_sources: Codes or addresses behind the left side.
        right_sources: Codes or addresses behind the right side.

    Leaves out:
        Nothing: differences of words that carry no figure have missing values.

    Sources:
        The pages in table sources; addresses in the catalogue's checks.

    Raises:
        KeyError: A check names a figure that is not there.

    Example:
        >>> from pumpurs_analysis import published
        >>> checks = published_checks(published()).frame.set_index("check_id")
        >>> int(checks.loc["plans_sum_called_learners", "left_value"])
        63452
    """
    figures = data.published_figures.set_index("figure_id")
    rows = [_check(check, figures) for check in catalogue.entries("checks")["checks"]]
    frame = pd.DataFrame(rows)
    names = set(
        frame["left_sources"].str.split(";").sum() + frame["right_sources"].str.split(";").sum()
    )
    return Result(
        name="published_checks",
        frame=frame,
        unit="check",
        one_row_per="check",
        evidence="published",
        sources=cite(data, names),
        notes=("note.published_as_stated",),
    )


def _check(check: Mapping[str, Any], figures: pd.DataFrame) -> dict[str, object]:
    left, left_sources, _ = _side(check["left"], figures)
    right, right_sources, qualifiers = _side(check["right"], figures)
    tolerance = check.get("tolerance", _TOLERANCE.get(check["kind"], 0))
    is_equal = _agree(left, right, qualifiers=qualifiers, tolerance=tolerance)
    found = "agrees" if left == right else "consistent" if is_equal else "contradicts"
    if check["expected"] == "explained":
        found = "explained"
    return {
        "check_id": check["id"],
        "kind": check["kind"],
        "left_value": left,
        "right_value": right,
        "difference": left - right,
        "ratio": left / right,
        "is_equal": is_equal,
        "relation": found,
        "left_sources": left_sources,
        "right_sources": right_sources,
    }


def _side(side: Mapping[str, Any], figures: pd.DataFrame) -> tuple[float, str, set[str]]:
    """Compute one side from the figures it names and the values it states with their source."""
    rows = figures.loc[list(side.get("figures", []))]
    stated = side.get("values", [])
    values = [*rows["value"].astype(float), *(float(each["value"]) for each in stated)]
    sources = [*rows["source_id"], *(str(each["source"]) for each in stated)]
    named = ";".join(dict.fromkeys([*sources, *side.get("sources", [])]))
    return _computed(side["op"], values), named, set(rows["qualifier"])


def _computed(operation: str, values: list[float]) -> float:
    """Compute a side; one that differs in words alone has no value."""
    if operation == "words":
        return float("nan")
    if operation == "ratio":
        return values[0] / values[1]
    if operation == "product":
        return values[0] * values[1]
    if operation == "count":
        return float(len(values))
    return sum(values)


def _agree(left: float, right: float, *, qualifiers: set[str], tolerance: float) -> bool:
    if abs(left - right) <= tolerance * abs(right):
        return True
    return left > right and bool(qualifiers & {"more_than", "at_least"}) and left < right * 1.1


def published_figures(data: Dataset, *, municipality: str | None = None) -> Result:
    """List every figure as pages state it and as it was read.

    One row per: figure stated on one page.

    Columns:
        figure_id: Code of the figure.
        level: What the figure is about (national, municipality, school...).
        entity: School or municipality.
        municipality_today: Municipality after the reform of 2021.
        measure: What the figure counts.
        dimension: Breakdown.
        period_as_published: Period in the page's words.
        school_year: School year, where known.
        semester: 1 or 2, where the figure is about one semester.
        as_of: Day, month or year the figure speaks of, where it is neither.
        start: First day, where the text states it.
        end: Last day, where the text states it.
        value_as_published: Value in the page's words.
        qualifier: How exactly the page says it.
        value: Value as read; missing where the page gives no number.
        unit: Unit of the value.
        source_id: Code of the page.

    Leaves out:
        Nothing.

    Sources:
        The pages in table sources.

    Args:
        data: A Dataset of published figures.
        municipality: Only figures of this municipality (of today) and its schools.

    Example:
        >>> from pumpurs_analysis import published
        >>> len(published_figures(published()).frame)
        310
    """
    columns = [
        *("figure_id", "level", "entity", "municipality_today", "measure", "dimension"),
        *("period_as_published", "school_year", "semester", "as_of", "start", "end"),
        *("value_as_published", "qualifier", "value", "unit", "source_id"),
    ]
    rows = data.published_figures
    if municipality:
        rows = rows[rows["municipality_today"] == municipality]
    return Result(
        name="published_figures",
        frame=rows[columns].reset_index(drop=True),
        unit="figure",
        one_row_per="figure stated on one page",
        evidence="published",
        sources=cite(data, rows["source_id"]),
        notes=("note.published_as_stated",),
        choices=MappingProxyType({"municipality": municipality or ""}),
    )
