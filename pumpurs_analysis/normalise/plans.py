"""Plans with their risks and planned support: one row may fill three tables.

Comes in: a ``Reading``. Goes out: pieces of plans, supports and risks.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from pumpurs_analysis import catalogue
from pumpurs_analysis.layout import Spread
from pumpurs_analysis.layout.context import PAID
from pumpurs_analysis.layout.headings import Value
from pumpurs_analysis.normalise import cells, keys
from pumpurs_analysis.normalise.cells import Mention
from pumpurs_analysis.normalise.keys import Ways
from pumpurs_analysis.normalise.lines import CENTS, IN_HOURS, doubt_heading, is_told
from pumpurs_analysis.normalise.reading import Column, Read, Reading, quotable
from pumpurs_analysis.normalise.rows import (
    Built,
    Piece,
    RowKeys,
    code,
    flag,
    only_kind,
    row_keys,
    short_texts,
    specialist_kind,
    support_kinds,
)
from pumpurs_analysis.pseudonyms import could_name_a_person
from pumpurs_analysis.spellings import MARKS, NO, is_nothing
from pumpurs_analysis.text import fold

_MARKS = MARKS - {"0", "1"}
_OF_PLANS = {"planned", "status", "risk", "risk_category"}  # no list of payments


def plans(reading: Reading, ways: Ways) -> Built:
    """Read plans, and the risks and support that stand in their rows."""
    key = row_keys(reading, ways)
    reading.needs("semester", key.semester)
    reading.needs("school", key.school_id)
    grades = _grades(reading)
    flags = ("is_low_income", "is_in_practice", "is_catering_by_municipality")
    rows = np.arange(len(reading))
    columns = key.at(rows) | {
        "semester": key.semester,
        "learner_basis": key.who.basis,
        "municipality": keys.municipality_in(
            ways, key.school_id, semesters=key.semester, named=key.municipality
        ),
        "grade": grades.map(lambda read: read[0]),
        "is_course": grades.map(lambda read: read[1]),
        "programme_kind": code(reading, "programme_kind", "programme_unknown"),
        "status": code(reading, "status", "status_unknown", codes="plan_status"),
        "sex": code(reading, "sex", "sex_unread"),
        "school_as_written": _school_texts(reading),
        **{name: flag(reading, name) for name in flags},
    }
    yield "plans", columns
    yield from _risks_in(reading, key, reading.found.spread)
    yield from _every_support(reading, key)


def _grades(reading: Reading) -> Column:
    """The grade of each row, or the course in a column of its own."""
    at = {name: reading.found.columns.get(name, -1) for name in ("grade", "course")}
    headings = {name: reading.found.headings.get(column, "") for name, column in at.items()}
    grade, course = (
        reading.read(name, partial(cells.grade, heading=heading))
        for name, heading in headings.items()
    )
    both = grade.with_other(course, lambda one, two: one and two and one != two)
    reading.doubt("grade_and_course", both.where(bool), column=at["course"])
    return grade.or_else(course).with_other(both, lambda read, differ: None if differ else read)


def _school_texts(reading: Reading) -> Column:
    if not reading.has("school"):
        return Column.constant(reading.found.context.get("school"), len(reading))
    texts = reading.texts(reading.found.columns["school"])
    return texts.map(lambda text: text if text and not could_name_a_person(text) else None)


def supports(reading: Reading, ways: Ways) -> Built:
    """Read planned support, and the risks that stand beside it."""
    key = row_keys(reading, ways)
    if reading.has("support_kind") or "support_kind" in reading.found.context:
        reading.needs("support_kind", support_kinds(reading))
    yield from _every_support(reading, key)
    yield from _risks_in(reading, key, ())


def _every_support(reading: Reading, key: RowKeys) -> Built:
    """Planned support, named in a cell or by a column; what both name is one."""
    spread, form = [*_marked_supports(reading, key)], reading.found.form
    pairs = (
        (row, piece["support_kind"].distinct[0]) for _, piece in spread for row in piece["_at"]
    )
    said = {*pairs} if reading.has("support_kind") else set()
    is_marked = reading.has("is_in_semester")  # of what a title says
    if reading.has("support_kind") or is_marked or (form and form.name != "plans"):
        yield from _supports_in(reading, key, said)
    yield from spread


def _supports_in(reading: Reading, key: RowKeys, said: set[tuple[int, str]]) -> Built:
    """Planned support of the kinds a cell names, but those said already."""
    amount = reading.read("planned_amount", cells.planned_money)
    amount = amount.or_else(reading.read("planned_cents", cells.cents))
    hours = reading.read("planned_hours", cells.planned_hours)
    is_measured = ~(amount.is_missing() & hours.is_missing())
    named = support_kinds(reading, measured=is_measured)
    at = reading.found.columns.get("planned_amount")
    if not is_told(reading, at):  # hours or euros of consultations
        unsure = named.where(lambda kinds: not IN_HOURS.isdisjoint(kinds)) & ~amount.is_missing()
        heading = quotable(reading.found.headings[at or 0])
        reading.doubt("hours_or_money", unsure, column=at, found=heading, is_heading=True)
    rows, kinds = _exploded(named)
    if said:
        kept = [at for at, pair in enumerate(zip(rows, kinds, strict=True)) if pair not in said]
        rows, kinds = rows[kept], [kinds[at] for at in kept]
    if len(rows):
        columns = {
            "support_id": reading.read("support_id", cells.identifier).with_other(
                named, lambda own, each: own if each and len(each) == 1 else None
            ),
            "specialist_kind": specialist_kind(reading),
            "subject": short_texts(reading, "subject"),
            "planned_hours": hours,
            "planned_cents": amount,
        }
        taken = {name: column.take(rows) for name, column in columns.items()}
        yield "supports", key.at(rows) | taken | {"support_kind": Column.of(kinds)}


def risks(reading: Reading, ways: Ways) -> Built:
    """Read mentions of risks."""
    yield from _risks_in(reading, row_keys(reading, ways), reading.found.spread)


def _risks_in(reading: Reading, key: RowKeys, spread: Sequence[Spread]) -> Built:
    """Mentions of risks: in a cell, one or several, and as marks under the risks' names."""
    group = code(reading, "risk_category", "risk_unread")
    found = reading.read("risk", cells.risks)
    pairs = found.with_other(group, _in_group)
    _doubt_risks(reading, pairs, reading.found.columns.get("risk"))
    rows, mentions = _exploded(pairs)
    marks = [each for each in spread if each.says[0].field in {"risk", "risk_category"}]
    for each in marks:
        below = reading.read_column(each.column, partial(_marked_risks, value=each.says[-1]))
        _doubt_risks(reading, below, each.column)
        more, known = _exploded(below)
        rows = np.concatenate([rows, more])
        mentions += known
    if len(rows):
        kind = only_kind(support_kinds(reading)).take(rows)
        yield (
            "risks",
            {
                **key.at(rows),
                "risk_category": Column.of(mention[0] for mention in mentions),
                "risk": Column.of(mention[1] for mention in mentions),
                "_kind": kind,
            },
        )


def _mark(text: str) -> bool:
    """A mark under a heading: X, jā, a number above zero, or the risk's own words."""
    word = text.casefold()
    if word in NO:
        return False
    return word in MARKS or any(letter.isalnum() for letter in word) or word in {"✗", "●", "•"}


def _marked_risks(text: str, value: Value) -> tuple[Mention, ...]:
    """The risk or group of a heading where it is marked; a group's cell may name its risks."""
    if not _mark(text):
        return ()
    if value.field == "risk":
        return cells.risks(value.written)
    named = [each for each in cells.risks(text) if each[0]]  # other words are no more than a mark
    return tuple(_mention(each, value.written) for each in named) or ((value.written, None),)


def _in_group(
    found: "tuple[Mention, ...] | None", group: str | None
) -> "tuple[Mention, ...] | None":
    if found is None:
        return None if group is None else ((group, None),)
    return tuple(_mention(each, group) for each in found)


def _mention(each: Mention, group: str | None) -> Mention:
    """The delivery's group counts; a risk on no list is kept unless it could name somebody."""
    category, risk = each
    is_listed = category is not None
    kept = risk if risk is None or is_listed or not could_name_a_person(risk) else None
    return (group or category, kept)


def _doubt_risks(reading: Reading, pairs: Column, column: int | None) -> None:
    without = pairs.where(lambda mentions: any(group is None for group, _ in mentions))
    reading.doubt("risk_unread", without, column=column, found=reading.quoted(column, without))
    listed = pairs.map(_listed_elsewhere)
    moved = ~listed.is_missing()
    words = {"found": reading.quoted(column, moved), "wanted": listed.per_row(moved)}
    reading.doubt("risk_in_other_group", moved, column=column, **words)


def _listed_elsewhere(mentions: tuple[Mention, ...]) -> str | None:
    """The catalogue's group of a risk that the delivery puts into another."""
    codes = catalogue.entries("codes")
    for group, risk in mentions:
        listed = codes["risk"].get(risk or "", {}).get("category")
        if group and listed and listed != group:
            return str(listed)
    return None


def _exploded(pairs: Column) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """One line per kind of support, or per mention of a risk that has a group."""
    lists = [
        [mention for mention in dict.fromkeys(value or []) if mention[0]]
        for value in pairs.distinct
    ]
    counts = np.array([len(value) for value in lists], dtype=np.int64)[pairs.places]
    rows = np.repeat(np.arange(len(pairs.places)), counts)
    return rows, [mention for place in pairs.places for mention in lists[place]]


def _marked_supports(reading: Reading, key: RowKeys) -> Built:
    """Kinds of support that stand as columns: a mark, planned hours or a planned amount."""
    spread = reading.found.spread
    words = {text.casefold() for each in spread for text in reading.texts(each.column).distinct}
    told = {*reading.found.context, *reading.found.columns} & _OF_PLANS | words & _MARKS
    is_of_month = "month" in reading.found.context and "planned" not in reading.found.context
    for each in spread:
        says = {value.field: value.written for value in each.says}
        if not {"support_kind", "specialist_kind", "subject"} & says.keys():
            continue
        kind = says.get("support_kind", "consultation")
        below = _planned_below(reading, each, kind)
        if below is None:
            continue
        said, is_hours = below
        is_figure = said.where(lambda figure: not isinstance(figure, bool))
        heading = quotable(reading.found.headings[each.column])
        is_told = told and not (is_of_month or PAID.search(fold(heading)))
        rows = np.flatnonzero(said.where(bool))
        if is_figure.any() and "subject" in says and "planned" not in reading.found.context:
            doubt_heading(reading, each.column)  # hours, or marks of a report
        elif is_figure.any() and not (is_told or each.holds.startswith("planned")):
            at = each.column
            reading.doubt("paid_or_planned", is_figure, column=at, found=heading, is_heading=True)
        elif len(rows):
            yield "supports", key.at(rows) | _planned(said.take(rows), says, is_hours=is_hours)


def _planned(said: Column, says: dict[str, str], *, is_hours: bool) -> Piece:
    """What stands below a kind of support in the rows where anything does."""
    columns = {
        name: Column.constant(says.get(name), len(said.places))
        for name in ("specialist_kind", "subject")
    }
    kind = Column.constant(says.get("support_kind", "consultation"), len(said.places))
    figures = said.map(lambda figure: None if figure is True else figure)
    return {
        **columns,
        "support_kind": kind,
        "planned_hours" if is_hours else "planned_cents": figures,
    }


def _planned_below(reading: Reading, each: Spread, kind: str) -> tuple[Column, bool] | None:
    """Figures and marks below a kind of support, and whether they are hours; None if unsure."""
    texts = [text for text in reading.texts(each.column).distinct if not is_nothing(text)]
    is_sure = {text.casefold() for text in texts} <= MARKS and "subject" not in each.fields
    marks = MARKS if is_sure else _MARKS  # "1" below a subject may be an hour
    if kind == "consultation" and not each.holds and any(map(CENTS.search, texts)):
        doubt_heading(reading, each.column)  # "12,00": hours, or euros
        return None
    holds = each.holds or ("hours" if kind == "consultation" else "amount")
    is_hours = holds.endswith("hours")
    read: Read = cells.planned_hours if is_hours else cells.planned_money
    said = reading.read_column(each.column, partial(_marked, marks=marks, read=read))
    return said, is_hours


def _marked(text: str, *, marks: frozenset[str], read: Read) -> Any:  # noqa: ANN401  (a figure or a mark)
    return cells.yes_no(text) if text.casefold() in marks else read(text)
