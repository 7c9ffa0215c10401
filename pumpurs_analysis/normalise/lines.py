"""Payments and consultations: one line per row, or per filled cell of columns spread out.

Comes in: a ``Reading``. Goes out: pieces of payments and consultations.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.layout.cells import holds_any
from pumpurs_analysis.layout.forms import IS_SUM
from pumpurs_analysis.layout.headings import fields_of
from pumpurs_analysis.normalise import cells, keys
from pumpurs_analysis.normalise.keys import Ways
from pumpurs_analysis.normalise.reading import Column, Read, Reading, Rows, quotable
from pumpurs_analysis.normalise.rows import (
    Built,
    RowKeys,
    days,
    flag,
    only_kind,
    row_keys,
    short_texts,
    specialist_kind,
    support_kinds,
)
from pumpurs_analysis.rules import rules_on
from pumpurs_analysis.text import fold

_COUNTABLE = re.compile(
    r"\b(braucien(i|u)|biletes|bilesu|reizes|pusdienas|edienreizes|brokastis|naktis|dienas|porcijas)\b"
    r"|\b(trips|tickets|nights|days)\b"
)
CENTS = re.compile(r"(?i)\d[.,]\d\d$|€|eur|eiro")
_PAID_ON = re.compile(r"maksa|rekin|parskait|gramatoj|paid|payment")
IN_HOURS = frozenset({"consultation", "plan_preparation"})  # kinds planned and counted in hours
_FEW = 10  # different words in a column that tells what its rows hold
_MOSTCENTS, _TIMES_CAP = 100_000, 10  # beyond either, cents were typed as euros, most likely


def payments(reading: Reading, ways: Ways) -> Built:
    """Read payments; a refund becomes negative. Hours of consultations may stand beside them."""
    key = row_keys(reading, ways)
    _doubt_planned(reading)
    when, kinds = _months(reading, ways, key), only_kind(support_kinds(reading, measured=True))
    refunds = flag(reading, "is_refund")
    totals = np.zeros(len(reading), dtype=np.int64)
    is_whole = not reading.found.context.get("thousands")
    read = cells.money if is_whole else cells.thousands
    for lines in chain(_lines(reading, "amount", read), _given_back(reading, read)):
        month = lines.months(key, ways, otherwise=when)
        kind = lines.fixed("support_kind", otherwise=kinds)
        if lines.doubt_unit(kind):
            continue
        if lines.holds == "hours":
            lines.need(month=month)
            month_only = Column.flags(np.ones(len(lines), dtype=bool))
            columns = {"date": month, "is_month_only": month_only, "hours": lines.measured}
            yield "consultations", key.at(lines.rows) | columns
            continue
        lines.need(month=month, support_kind=kind, amount=lines.measured)
        marked = lines.given_back(refunds)
        is_negative = lines.measured.where(lambda amount: bool(amount < 0))
        lines.doubt("amount_negative", is_negative & ~marked.where(bool))
        lines.doubt("amount_implausible", _is_implausible(lines.measured, kind, month))
        paid = lines.measured.with_other(marked, _signed)
        if not isinstance(lines.rows, slice):  # a sum beside them is of amounts spread out
            np.add.at(totals, lines.rows, np.asarray(paid.array("Int64").fillna(0)))
        columns = {"support_kind": kind, "month": month, "amount_cents": paid}
        columns["is_refund"] = Column.flags(marked.where(bool) | is_negative)
        yield "payments", key.at(lines.rows) | columns
    check_row_totals(reading, totals)


def _doubt_planned(reading: Reading) -> None:
    """Set aside rows that a cell without a known heading calls planned, beside others paid."""
    known = {*reading.found.columns.values(), *(each.column for each in reading.found.spread)}
    for column in range(len(reading.found.grid.columns)):
        texts = reading.texts(column)
        if column not in known and len(texts.distinct) <= _FEW:
            planned = texts.where(lambda text: "planned_amount" in fields_of(text))
            found = next(iter(texts.per_row(planned)), "")
            reading.doubt("planned_in_row", planned, column=column, found=found, is_heading=True)


def _signed(cents: int | None, is_refund: object) -> int | None:
    return cents if cents is None or not is_refund else -abs(cents)


def _is_implausible(cents: Column, kind: Column, month: Column) -> npt.NDArray[np.bool_]:
    most = kind.with_other(month, _most_cents).array("Int64")
    return np.asarray((cents.array("Int64") > most).fillna(value=False))


def _most_cents(kind: str | None, month: date | None) -> int:
    """The largest payment that is believed without a question."""
    if kind is None or month is None:
        return _MOSTCENTS
    try:
        cap = rules_on(month)[kind].value_eur
    except (KeyError, NotVerified):
        return _MOSTCENTS
    return _MOSTCENTS if cap is None else min(_MOSTCENTS, int(cap * 100) * _TIMES_CAP)


def consultations(reading: Reading, ways: Ways) -> Built:
    """Read consultations; a column per month gives hours of which only the month is known."""
    key = row_keys(reading, ways)
    is_day = reading.has("date")
    when = (
        _settled(reading, ways, key, said=days(reading)) if is_day else _months(reading, ways, key)
    )
    of_row = {
        "specialist_id": keys.specialist(reading, ways),
        "specialist_kind": specialist_kind(reading),
        "subject": short_texts(reading, "subject"),
        "is_remote": reading.read("is_remote", cells.remote),
    }
    for lines in _lines(reading, "hours", cells.delivered_hours):
        day = lines.months(key, ways, otherwise=when)
        lines.need(date=day, hours=lines.measured)
        taken = {name: lines.fixed(name, otherwise=column) for name, column in of_row.items()}
        month_only = Column.constant(not is_day and "day" not in lines.says, len(lines))
        columns = {"date": day, "is_month_only": month_only, "hours": lines.measured}
        yield "consultations", key.at(lines.rows) | columns | taken


@dataclass(frozen=True)
class _Lines:
    """Lines of a table that are read alike: all of its rows, or the filled cells of one column."""

    reading: Reading  # the table
    rows: Rows  # the row each line stands in
    measured: Column  # what each line says: an amount, hours
    column: int | None  # the column the values stand in
    says: dict[str, str]  # what the column's heading says of all its lines, by field
    holds: str  # the field or unit it says they are in; empty where it names none

    def __len__(self) -> int:
        return len(self.measured.places)

    @property
    def is_counting(self) -> bool:
        """Whether headings count months from the first ("1. mēnesis"), not on from September."""
        headings = self.reading.found.headings
        every = [headings[each.column] for each in self.reading.found.spread if each.says]
        return bool(re.match(r"1\D.*men", fold(every[0]))) if every else False

    def fixed(self, name: str, *, otherwise: Column) -> Column:
        """Give what the heading says of a field, else each row's own."""
        if name in self.says:
            return Column.constant(self.says[name], len(self))
        return otherwise.take(self.rows)

    def given_back(self, marks: Column) -> Column:
        """Which lines are refunds: those marked, or all of sums given back."""
        everyone = np.ones(len(self), dtype=bool)
        is_back = self.holds == "refund_amount"
        return Column.flags(everyone) if is_back else marks.take(self.rows)

    def months(self, key: RowKeys, ways: Ways, *, otherwise: Column) -> Column:
        """Give the month or day in the heading, or that day of each row's month, or that month."""
        own = otherwise.take(self.rows)
        if not {"month", "day"} & self.says.keys():
            return own
        said = own
        if "month" in self.says:
            said = Column.constant(self.says["month"], len(self))
            said = self.reading.read_texts(said, cells.month, column=None)
            if not self.is_counting:
                said = said.map(cells.of_year)
        dated = said
        if "day" in self.says:
            dated = said.map(partial(_of_day, day=int(self.says["day"])))
            no_day = dated.is_missing() & ~said.is_missing()
            self.doubt("date_unread", no_day, found=self.says["day"])
        semesters = _semesters(self.reading, ways, key).take(self.rows)
        if "school_year" in self.says:
            semesters = Column.constant(f"{self.says['school_year']}-0", len(self))
        settled = dated.with_other(own, keys.in_month)
        settled = settled.or_else(dated.with_other(semesters, keys.month_of))
        lost = settled.is_missing() & ~dated.is_missing()
        self.doubt("month_without_year", lost, found=self.says.get("month", ""))
        return settled

    def need(self, **wanted: Column) -> None:
        """Set rows aside in which something needed is missing."""
        for name, column in wanted.items():
            at = self._at(column.is_missing())
            own = self.reading.found.columns.get(name)
            self.reading.doubt("cell_missing", at, column=own, wanted=name)

    def doubt_unit(self, kind: Column) -> bool:
        """Ask for the unit of figures that may be hours or money; say whether it is all of them."""
        found = self.reading.found
        heading = quotable(found.headings.get(-1 if self.column is None else self.column, ""))
        if self.holds == "hours":
            unsure = ~kind.where("consultation".__eq__)
        elif self.says:
            unsure = kind.where(IN_HOURS.__contains__) & (not self.holds)
            unsure |= not self.holds and self._may_be_counted(heading)
        else:
            unsure = np.full(len(self), not self.holds)
        if "support_kind" not in self.says or not unsure.any():
            self.doubt("hours_or_money", unsure, found=heading)
            return False
        doubt_heading(self.reading, self.column or 0)
        return True

    def _may_be_counted(self, heading: str) -> bool:
        """Whether whole figures below "Braucieni" may be their number."""
        texts = () if self.column is None else self.reading.texts(self.column).distinct
        return bool(_COUNTABLE.search(fold(heading))) and not any(map(CENTS.search, texts))

    def doubt(self, code: str, lines: npt.NDArray[np.bool_], *, found: str = "") -> None:
        """Note a problem for the rows of some lines, with the cell it stands in."""
        at = self._at(lines)
        shown = found or self.reading.quoted(self.column, at)
        self.reading.doubt(code, at, column=self.column, found=shown, is_heading=bool(found))

    def _at(self, lines: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """The rows, not set aside yet, in which some lines stand."""
        rows = lines if isinstance(self.rows, slice) else self.reading.mask(self.rows[lines])
        return rows & ~self.reading.is_out


def doubt_heading(reading: Reading, column: int) -> None:
    """Ask once for the unit of a whole column; its rows may hold other things and stay."""
    found = reading.found
    heading = quotable(found.headings.get(column, ""))
    place = {"file": found.grid.file, "sheet": found.grid.sheet, "column": heading}
    cell = {"column_number": column + 1, "found": heading}
    reading.doubts.add_rows("hours_or_money", [found.header_row or 1], **place, **cell)


def _lines(reading: Reading, measured: str, read: Read) -> Iterator[_Lines]:
    spread = [each for each in reading.found.spread if each.says]
    if not spread:
        column = reading.found.columns.get(measured)
        heading = reading.found.headings.get(-1 if column is None else column, "")
        values = reading.read(measured, cells.hours_below(heading, read))
        if measured == "hours" and reading.has("time_to"):
            values = values.or_else(_clocked(reading))
        if measured == "amount":
            values = values.or_else(reading.read("amount_cents", cells.cents))
        rows: Rows = slice(None)
        if reading.has("refund_amount"):  # where only that is filled in, nothing was paid
            back = holds_any(
                reading.found.grid, reading.found.rows, [reading.found.columns["refund_amount"]]
            )
            rows = np.flatnonzero(~(values.is_missing() & back))
        holds = measured if is_told(reading, column) else ""
        yield _Lines(reading, rows, values.take(rows), column, {}, holds)
    for each in spread:
        holds = each.holds or reading.found.context.get("unit", "")
        of_hours = cells.hours_below(reading.found.headings[each.column], cells.delivered_hours)
        values = reading.read_column(each.column, of_hours if holds == "hours" else read)
        rows = np.flatnonzero(~values.is_missing())
        if len(rows):
            says = {value.field: value.written for value in each.says}
            yield _Lines(reading, rows, values.take(rows), each.column, says, holds)


def _clocked(reading: Reading) -> Column:
    """Hours between the times in two columns."""
    times = [reading.found.columns.get(name) for name in ("time_from", "time_to")]
    start, end = (
        Column.constant("", len(reading)) if at is None else reading.texts(at) for at in times
    )
    spans = start.with_other(end, lambda one, two: f"{one}-{two}" if one and two else "")
    return reading.read_texts(spans, cells.delivered_hours, column=times[1])


def is_told(reading: Reading, column: int | None) -> bool:
    """Whether figures below "Kopā" are sums: its heading, a title or cents tell so."""
    found = reading.found
    heading = found.headings.get(-1 if column is None else column, "")
    if column is None or "row_total" not in fields_of(heading):
        return True
    texts = filter(None, reading.texts(column).distinct)
    is_sum = (
        IS_SUM.search(heading) or "paid" in found.context or found.context.get("unit") == "amount"
    )
    return bool(is_sum or any(map(CENTS.search, texts)))


def _given_back(reading: Reading, read: Read) -> Iterator[_Lines]:
    """Sums given back, each a line of its own beside what was paid."""
    values = reading.read("refund_amount", read).map(lambda cents: cents or None)
    rows = np.flatnonzero(~values.is_missing())
    if len(rows):
        column = reading.found.columns["refund_amount"]
        yield _Lines(reading, rows, values.take(rows), column, {}, "refund_amount")


def _months(reading: Reading, ways: Ways, key: RowKeys) -> Column:
    """The month of each row, by its month or date; a name alone takes the year of its semester."""
    said = reading.read("month", cells.month)
    if reading.has("date"):
        at = reading.found.columns["date"]
        heading = reading.found.headings[at]
        of_day = said.is_missing() & reading.texts(at).where(bool)
        if _PAID_ON.search(fold(heading)) or reading.has("ledger"):
            words: Any = {"column": at, "found": quotable(heading), "is_heading": True}
            reading.doubt("month_of_payment_day", of_day, **words)
        said = said.or_else(days(reading))
    if reading.has("start") and reading.has("end"):
        said = said.or_else(_only_month(reading))
    return _settled(reading, ways, key, said=said).map(_first_day)


def _only_month(reading: Reading) -> Column:
    """The month in which both of two days lie."""
    start, end = (reading.texts(reading.found.columns[name]) for name in ("start", "end"))
    spans = start.with_other(end, lambda one, two: f"{one} – {two}" if one and two else "")
    return reading.read_texts(spans, cells.month, column=reading.found.columns["end"])


def _settled(reading: Reading, ways: Ways, key: RowKeys, *, said: Column) -> Column:
    """Give months and days without a year that of the title's month, or of their semester."""
    of_title = said.with_other(_titled(reading), keys.in_month)
    semesters = _semesters(reading, ways, key)
    settled = of_title.or_else(said.with_other(semesters, keys.month_of))
    _doubt_numbers(reading, said.with_other(semesters, keys.month_number), of_title)
    lost = settled.is_missing() & ~said.is_missing() & ~reading.is_out
    column = reading.found.columns.get("month", reading.found.columns.get("date"))
    found = reading.quoted(column, lost)
    reading.doubt("month_without_year", lost, column=column, found=found)
    return settled


def _doubt_numbers(reading: Reading, months: Column, of_title: Column) -> None:
    """Doubt "1" to "5" beside a semester I: from September or from January; a 10 tells which."""
    bare = {(half, number) for half, number, is_bare in filter(None, months.distinct)}
    for half in ("0", "1"):
        numbers = {number for of, number in bare if of == half}
        is_counted = numbers == {*range(1, len(numbers) + 1)}
        if max(numbers, default=12) < (9 if half == "1" else 11) and (is_counted or half == "1"):
            unsure = months.where(partial(_is_bare, half)) & of_title.is_missing()
            column = reading.found.columns.get("month")
            found = reading.quoted(column, unsure)
            reading.doubt("month_unsure", unsure, column=column, found=found)


def _is_bare(half: str, month: tuple[str, int, bool]) -> bool:
    return month[0] == half and month[2]


def _of_day(month: Any, day: int) -> Any:  # noqa: ANN401  (a date, or a part of one)
    part = cells.Part(month=month.month, day=day)
    return part if isinstance(month, cells.Part) else keys.in_year(part, month.year)


def _titled(reading: Reading) -> Column:
    """The month that a title names, for every row."""
    said = Column.constant(reading.found.context.get("month", ""), len(reading))
    return reading.read_texts(said, cells.month, column=None)


def _first_day(day: Any) -> Any:  # noqa: ANN401  (a date)
    return day.replace(day=1)


def _semesters(reading: Reading, ways: Ways, key: RowKeys) -> Column:
    own = reading.read("year", cells.year) if reading.has("year") else key.semester
    known = own.or_else(key.semester).or_else(key.plan_id.map(ways.plan_semesters.get))
    said = reading.found.context
    year = f"{said['school_year']}-0" if "school_year" in said else said.get("year")
    return known.or_else(Column.constant(year, len(reading)))


def check_row_totals(reading: Reading, totals: npt.NDArray[np.int64]) -> None:
    """Note rows whose sum differs from their cells; both in hundredths, euros or learners."""
    if not reading.has("row_total") or not reading.found.spread:
        return
    stated = reading.read("row_total", cells.money).array("Int64")
    differs = np.asarray((stated != totals).fillna(value=False)) & ~reading.is_out
    column = reading.found.columns["row_total"]
    is_money = "amount" in reading.found.form.takes if reading.found.form else True
    sums = [f"{total / 100:.{2 * is_money}f}".replace(".", ",") for total in totals[differs]]
    words = {"found": reading.quoted(column, differs), "wanted": np.array(sums, dtype=object)}
    reading.doubt("row_total_differs", differs, column=column, **words)
