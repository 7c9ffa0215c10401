"""Which form a table is laid out in: the one that explains most of its headings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Any

from pumpurs_analysis import catalogue
from pumpurs_analysis.hours import unit_of
from pumpurs_analysis.layout.context import PAID
from pumpurs_analysis.layout.headings import (
    TAUGHT,
    Value,
    fields_of,
    is_long,
    is_measured,
    member_of,
    values_of,
)
from pumpurs_analysis.periods import read_period, semester_on
from pumpurs_analysis.text import fold

_GRANTED = re.compile(r"(?!.*maksat|.*paid).*\b(pieskir|apstiprin|grant|approv)")
_PLANNED = re.compile(r"\b(planot|plans\b|paredz|planned)")
_OF_ONE = re.compile(r"\b(cena|cenas|likme|tarifs|maksa par vienu|price|rate|unit cost)\b")
_PIECES = re.compile(
    r"\b(skaits|bile(tes|su)|daudzums|gab|reizes|reizu|dienas|dienu|naktis)\b"
    r"|\b(count|quantity|number of)\b"
)
IS_SUM = re.compile(r"(?i)summ?a\b|\bsum\b|\beur|eiro|€")
_DAYS = 5  # columns of days: a week's
_LONGER = frozenset({"long_period", "school_year"})
_KINDS = frozenset({"support_kind", "specialist_kind", "subject"})
OF_DAYS = (("day",),)  # is missing: what the marks of days are
OF_RISKS = frozenset({"risk", "risk_category"})


@dataclass(frozen=True)
class Spread:
    """A column whose heading is a value: the amounts of a month, the marks of a risk."""

    column: int
    says: tuple[Value, ...]
    holds: str = ""  # the field or unit named beside it: amount, hours, planned_hours

    @property
    def fields(self) -> set[str]:
        """What the heading says."""
        return {value.field for value in self.says}

    @property
    def is_long(self) -> bool:
        """Whether it holds figures of a quarter, half-year or year."""
        return bool(self.fields & _LONGER) and self.fields.isdisjoint({"month", "grade_band"})


@dataclass(frozen=True)
class Form:
    """One entry of ``catalogue/forms``, ready for comparing."""

    name: str
    table: str
    takes: tuple[str, ...]
    own: tuple[str, ...]  # of these, the ones its template has
    needs: tuple[tuple[str, ...], ...]
    edition: str
    from_title: tuple[str, ...]
    is_told_by: tuple[str, ...]
    spread: tuple[str, ...]


@cache
def forms() -> tuple[Form, ...]:
    """Give the forms of a user's own deliveries, newest edition, in the catalogue's order."""
    entries = catalogue.entries("forms").items()
    return tuple(_form(name, entry) for name, entry in entries if "needs" in entry)


def _form(name: str, entry: Mapping[str, Any]) -> Form:
    edition, layout = max(entry["editions"].items())
    takes, needs = (*layout["header"], *layout["absent"]), tuple(map(tuple, entry["needs"]))
    listed = {part: tuple(entry[part]) for part in ("from_title", "is_told_by", "spread")}
    return Form(name, entry["table"], takes, tuple(layout["header"]), needs, edition, **listed)


@dataclass
class Mapped:
    """Headings held against one form."""

    form: Form
    context: Mapping[str, str]  # what titles tell
    columns: dict[str, int] = field(default_factory=dict)
    groups: list[dict[str, int]] = field(default_factory=list)  # these columns, further times
    every: dict[str, list[int]] = field(default_factory=dict)  # all columns of each field
    spread: list[Spread] = field(default_factory=list)
    unused: list[int] = field(default_factory=list)
    foreign: int = 0  # of the unused, those whose heading belongs to another form
    twice: list[int] = field(default_factory=list)
    strangers: set[int] = field(default_factory=set)  # sums of funds that are not understood
    missing: tuple[tuple[str, ...], ...] = ()
    own: frozenset[int] = frozenset()  # columns of the half of a year it is read for

    @property
    def is_told(self) -> bool:
        """Whether the headings hold what tells this form from others."""
        said, of_hours = self.context, self.form.name == "consultations"
        has = self.columns.keys() | self.spread_fields - {"support_kind"}  # may be planned, or paid
        has |= said.keys() & {"planned"} | ({"learner_count"} if "enrolled" in said else set())
        has |= {each.holds or said.get("unit", "") for each in self.spread} & {"hours"}
        counted = {"source"} | ({"grade_band"} if said.get("supported") == "maybe" else set())
        if "supported" in said and self.form.name == "enrolment" and not counted & has:
            return False  # who had support is not all who learn there
        has |= (
            {"hours"}
            if of_hours and "taught" in said and "subject" in self.spread_fields
            else set()
        )
        is_other = "planned" in said and (of_hours or self.form.name == "payments")
        if "month" in said and "planned" not in said and self.spread_fields & _KINDS:
            of_learner = {"grade", "course", "is_low_income"}  # who was paid, or taught
            has -= of_learner if self.form.name == "plans" else set()
        is_of_kind = "support_kind" in said and bool(self.unused)  # who had what is not understood
        if self.form.name == "plans" and is_of_kind and "plan_id" not in self.columns:
            has -= {"grade", "course"}
        is_said = (
            bool(self.strangers)
            or self.missing == OF_DAYS
            or not has.isdisjoint(self.form.is_told_by)
        )
        return is_said and not is_other

    @property
    def spread_fields(self) -> set[str]:
        """Fields that stand as columns; and ``spread`` where any does."""
        fields = {name for each in self.spread for name in each.fields}
        return fields | {"spread"} if fields else fields

    @property
    def score(self) -> float:
        """How well the form explains the headings."""
        known = 2 * len(self.columns) + 0.5 * len(self.columns.keys() & self.form.own)
        # a month above is said of payments, not of plans
        known += min(len(self.spread), 4) + 0.1 * len(self.context.keys() & self.form.from_title)
        return known - len(self.unused) - 2 * self.foreign - 5 * len(self.missing)


def _map(form: Form, parts: list[tuple[str, ...]], context: Mapping[str, str]) -> Mapped:
    mapped = Mapped(form, context)
    over = {text for texts in parts for text in texts if is_long(text)}
    over = over if len(over) == 1 else set()  # one above others is a title
    for column, texts in enumerate(parts):
        if texts:
            _map_column(mapped, column, tuple(t for t in texts if t not in over or t == texts[-1]))
    if form.name == "payments":
        _only_paid(mapped, parts)
    _only_counted(mapped, parts)
    _numbered(mapped, parts)
    _named_beside(mapped, parts)
    _with_unit(mapped, parts)
    _group(mapped, parts)
    _by_specialist(mapped, parts)
    has = set(mapped.columns) | mapped.spread_fields | context.keys() & form.from_title
    has |= {"month"} if has & _LONGER and "month" in form.spread else set()  # asked for by column
    is_year = "school_year" in has and form.name == "specialists"
    has |= {"semester"} if "start" in has or is_year else set()
    has |= {"month"} if {"start", "end"} <= has else set()
    # "Kopā" below a month sums what stands beside it
    mapped.spread = [each for each in mapped.spread if each.holds != "row_total"] or mapped.spread
    if "month" in mapped.spread_fields:
        mapped.unused += [each.column for each in mapped.spread if each.is_long]
        mapped.spread = [each for each in mapped.spread if not each.is_long]
    if form.name == "plans" and "support_kind" not in mapped.columns:  # planned for what?
        planned = [name for name in mapped.columns if name.startswith("planned_")]
        mapped.unused += [mapped.columns.pop(name) for name in planned]
    if not mapped.spread and {*filter(is_measured, mapped.columns)} == {"row_total"}:  # of what?
        mapped.unused.append(mapped.columns.pop("row_total"))
    mapped.missing = tuple(group for group in form.needs if not has & set(group))
    _ask_of_days(mapped, parts)
    return mapped


def _map_column(mapped: Mapped, column: int, texts: tuple[str, ...]) -> None:
    field_name = _field(mapped.form, texts, is_planned="planned" in mapped.context)
    values = tuple(value for text in texts for value in values_of(text))
    if mapped.form.name == "enrolment":  # counted on a day of it
        values = tuple(_of_year(value, mapped.context) for value in values)
    if "month" in {value.field for value in values}:
        values = tuple(value for value in values if value.field != "long_period")
    is_spread = bool(values) and all(value.field in mapped.form.spread for value in values)
    holds = field_name or unit_of(" ".join(texts))
    if is_spread and not (values_of(texts[-1]) or holds):
        mapped.unused.append(column)  # "reizes" below "Transports": not its money
    elif is_spread and (field_name is None or (len(texts) > 1 and not _is_unread(field_name))):
        mapped.spread.append(Spread(column, values, holds))
    elif field_name is None:
        mapped.unused.append(column)
        mapped.foreign += bool(values or any(fields_of(text) for text in texts))
    else:
        mapped.every.setdefault(field_name, []).append(column)
        first = mapped.columns.setdefault(field_name, column)
        if first != column and not _is_unread(field_name):
            mapped.twice.append(column)


def _of_year(value: Value, context: Mapping[str, str]) -> Value:
    """The school year of a day or month, or of a year where a title says that it is 1 September."""
    read = read_period(value.written)
    is_day = value.field == "month" and read.start is not None
    is_september = "september" in context and value.field == "long_period"
    if is_september and read.start and read.end and read.start.month == 1 and read.end.month > 9:  # noqa: PLR2004  (a whole year)
        return Value("school_year", f"{read.start.year}/{read.start.year + 1}")
    return Value("school_year", semester_on(read.start)[:-2]) if is_day and read.start else value


def _is_unread(field_name: str) -> bool:
    return bool(catalogue.entries("headings")[field_name]["reads"] == "nothing")


def _ask_of_days(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Take marks of days for no hours where nothing was taught, and for no table without a sum."""
    if TAUGHT.isdisjoint(mapped.columns) and "taught" not in mapped.context:  # days of meals
        taken = [each for each in mapped.spread if "day" in each.fields]
        mapped.spread = [each for each in mapped.spread if each not in taken]
        mapped.unused += [each.column for each in taken]
        mapped.foreign += len(taken)
    days = [at for at in mapped.unused if any(v.field == "day" for v in values_of(parts[at][-1]))]
    if len(days) >= _DAYS:
        is_paid = mapped.form.name == "payments" and not mapped.missing
        mapped.foreign -= len(days)
        mapped.unused = [at for at in mapped.unused if not is_paid or at not in days[1:]]
        mapped.missing = mapped.missing if is_paid else OF_DAYS


def _only_paid(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Leave out what was granted or bought, tell what was given back, find the total."""
    spread = {each.column for each in mapped.spread if each.holds == "amount"}
    amounts = spread.union(mapped.every.get("amount", ()))
    said = {at: fold(" ".join(parts[at])) for at in amounts}
    granted = {at for at in amounts if _GRANTED.match(said[at])}
    _set_apart(mapped, granted if granted < {*amounts, *_columns(mapped.spread)} else {*()})
    words = [fold(" ".join(texts)) for texts in parts]
    _set_apart(
        mapped, {each.column for each in mapped.spread if _PLANNED.search(words[each.column])}
    )
    of_one = {at for at in {*amounts, *_columns(mapped.spread)} if _OF_ONE.search(words[at])}
    is_counted = (
        any(_PIECES.search(text) and not _OF_ONE.search(text) for text in words)
        or "row_total" in mapped.columns
    )
    if is_counted or {*amounts} - of_one - granted:  # else each row is one ticket
        _set_apart(mapped, of_one)
    back = {at for at in amounts if "refund_amount" in fields_of(parts[at][-1])} - spread
    paid = {at for at in amounts - back - spread if PAID.search(said[at])}
    ours = {at for at in amounts - back - spread if "pumpurs" in fold(parts[at][-1])}
    paid = ours if len(ours) == 1 and not paid else paid
    if len(paid) == 1:  # beside it "Summa" is what was bought, or what all funds paid
        _set_apart(mapped, {*mapped.every.get("amount", ())} - paid - back)
    if any(PAID.search(said[at]) for at in amounts - back):  # alone it may be paid for tickets
        _set_apart(mapped, back)
        mapped.unused = [at for at in mapped.unused if at not in back]
        mapped.columns |= dict.fromkeys(["refund_amount"] * bool(back), min(back, default=0))
    at = mapped.columns.get("is_refund", -1)
    is_alone = all(_PIECES.search(words[each.column]) for each in mapped.spread)
    is_alone &= {"amount", "amount_cents"}.isdisjoint(mapped.columns)
    if is_alone and at >= 0 and words[at].startswith("atmaksat"):  # for what a learner had paid
        mapped.columns["amount"] = mapped.columns.pop("is_refund")
    _take_total(mapped, parts)


def _take_total(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Take "Kopā" that stands alone for what was paid, and a sum beside others for their total."""
    kept = (texts for at, texts in enumerate(parts) if at not in mapped.unused)
    measured = {name for texts in kept for text in texts for name in fields_of(text)}
    is_alone = not mapped.spread and {*filter(is_measured, measured)} == {"row_total"}
    total = " ".join(parts[mapped.columns["row_total"]]) if "row_total" in mapped.columns else ""
    has_month = {"month", "date"} & {*mapped.columns, *mapped.context}  # its figures tell the unit
    has_days = any(value.field == "day" for texts in parts for value in values_of(" ".join(texts)))
    is_taught = "taught" in mapped.context  # then it is hours
    is_likely = has_month and not (has_days or is_taught or mapped.unused)
    if is_alone and (IS_SUM.search(total) or is_likely):
        mapped.columns["amount"] = mapped.columns.pop("row_total")
    if len(mapped.spread) == 1 and "amount" in mapped.columns:
        _set_apart(mapped, _columns(mapped.spread))  # "Braucieni" beside their sum
    elif mapped.spread and "amount" in mapped.columns and "row_total" not in mapped.columns:
        mapped.columns["row_total"] = mapped.columns.pop("amount")  # of what stands beside it


def _columns(spread: list[Spread]) -> set[int]:
    return {each.column for each in spread}


def _only_counted(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Take "Kopā" that stands alone for hours taught, learners of a class, or what is planned."""
    is_taught = mapped.form.name == "consultations" and "taught" in mapped.context
    is_enrolment = mapped.form.name == "enrolment"
    is_enrolment &= not mapped.foreign or "enrolled" in mapped.context
    is_planned = mapped.form.name == "supports" and "planned" in mapped.context
    field_name = "hours" if is_taught else "learner_count"
    at = mapped.columns.get("row_total", -1)
    if at >= 0 and is_taught:  # by their total, whatever the subjects
        _set_apart(mapped, {each.column for each in mapped.spread if "subject" in each.fields})
    if at < 0 or mapped.spread:
        return
    unit = unit_of(" ".join(parts[at]))
    if is_planned:
        field_name = "planned_hours" if unit == "hours" else "planned_amount"
    is_meant = is_planned or (unit != "amount" and (is_taught or is_enrolment))
    if is_meant and field_name not in mapped.columns:
        mapped.columns[field_name] = mapped.columns.pop("row_total")


def _set_apart(mapped: Mapped, columns: set[int]) -> None:
    """Take columns for no amounts."""
    mapped.unused += columns
    mapped.twice = [at for at in mapped.twice if at not in columns]
    mapped.spread = [each for each in mapped.spread if each.column not in columns]
    mapped.columns = {name: at for name, at in mapped.columns.items() if at not in columns}
    if paid := [at for at in mapped.every.pop("amount", ()) if at not in columns]:
        mapped.every["amount"], mapped.columns["amount"] = paid, paid[0]
        mapped.twice = [at for at in mapped.twice if at != paid[0]]


def _with_unit(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Take the unit of "Kopā st." for that of the columns it sums."""
    total = [
        " ".join(parts[mapped.columns[name]]) for name in mapped.columns if name == "row_total"
    ]
    unit = unit_of("".join(total))
    mapped.spread = [replace(each, holds=each.holds or unit) for each in mapped.spread]


def _numbered(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Take "No" beside "Līdz" for a day, not for a number."""
    told, at = mapped.columns.keys(), mapped.columns.get("line_number", -1)
    is_span = "end" in told and "start" in mapped.form.takes and "start" not in told
    if is_span and at >= 0 and "start" in fields_of(" ".join(parts[at])):
        mapped.columns["start"] = mapped.columns.pop("line_number")


def _named_beside(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Take "Speciālists" for the kind where "Vārds, uzvārds" stands beside it."""
    every = mapped.every.get("specialist", ())
    of_name = [at for at in every if "learner_name" in fields_of(parts[at][-1])]
    if len(every) == 2 and len(of_name) == 1 and "specialist_kind" not in mapped.columns:  # noqa: PLR2004  (kind and name)
        (kind,) = {*every} - {*of_name}
        mapped.columns |= {"specialist": of_name[0], "specialist_kind": kind}
        mapped.twice = [at for at in mapped.twice if at not in every]
        mapped.every.pop("specialist")


def _by_specialist(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Tell columns of hours by kind of specialist from marks beside hours, and from names."""
    kinds = [each for each in mapped.spread if "specialist_kind" in each.fields]
    if mapped.columns.keys() & {"hours", "planned_hours"} or "amount" in {k.holds for k in kinds}:
        mapped.spread = [each for each in mapped.spread if each not in kinds]
        mapped.unused += [each.column for each in kinds]
    elif kinds and "specialist" in mapped.columns:
        at = mapped.columns["specialist"]
        if says := values_of(parts[at][-1]):
            mapped.spread.append(Spread(mapped.columns.pop("specialist"), says))


def _group(mapped: Mapped, parts: list[tuple[str, ...]]) -> None:
    """Divide columns that stand there once for each of several: numbered, or in order anew.

    One figure beside several kinds or persons is nobody's: their columns are not read then.
    """
    again = {name: at for name, at in mapped.every.items() if {*at} & {*mapped.twice}}
    number = {at: max(member_of(text)[1] for text in parts[at]) for at in chain(*again.values())}
    is_numbered, lengths = any(number.values()), {len(columns) for columns in again.values()}
    for columns in again.values() if len(lengths) == 1 else ():  # "Summa", "Summa3": 1 and 2
        ranked = sorted(columns, key=lambda at: (number[at], at))
        number |= {at: place for place, at in enumerate(ranked, 1)}
    headed = {name for texts in parts for name in fields_of(" ".join(texts[-1:]))}
    is_shared = any(map(is_measured, headed - again.keys() - {"row_total"}))
    is_sure = not all(map(is_measured, again)) and (not is_shared or again.keys() <= OF_RISKS)
    is_in_order = sorted(number, key=lambda at: (number[at], at)) == sorted(number)
    is_in_order &= len(lengths) == 1 and all(len(parts[at]) == 1 for at in number)
    is_in_order &= len(again) > 1 or again.keys() <= OF_RISKS
    if not is_numbered and not (is_sure and is_in_order):
        mapped.strangers = _of_strangers(again, parts)
        _set_apart(mapped, mapped.strangers)
        return
    groups: dict[int, dict[str, int]] = {each: {} for each in sorted({*number.values()})}
    for name, columns in again.items():
        mapped.columns.pop(name)
        for at in columns:
            groups[number[at]][name] = at
    mapped.twice = [at for at in mapped.twice if at not in number]
    if is_sure and sum(map(len, groups.values())) == len(number):
        first, *mapped.groups = groups.values()
        mapped.columns |= first
    else:
        mapped.unused += number


def _of_strangers(again: dict[str, list[int]], parts: list[tuple[str, ...]]) -> set[int]:
    """Figures of one name below several headings that are not understood: which count is open."""
    figures = [columns for name, columns in again.items() if is_measured(name)]
    return {
        at
        for columns in figures
        for at in columns
        if len({parts[each][:-1] for each in columns}) == len(columns)
    }


def _field(form: Form, texts: tuple[str, ...], *, is_planned: bool) -> str | None:
    """The form's field that headings name: both together, else the lower, else the upper."""
    tried = [*([" ".join(texts)] if len(texts) > 1 else []), *reversed(texts)]
    for text in tried:
        if is_long(text):
            continue
        names = fields_of(text) or member_of(text)[0]
        if unit_of(text) == "amount":  # "1. semestris, EUR" is no semester
            names = tuple(filter(is_measured, names))
        is_mark = len(texts) > 1 and text == tried[0] and not any(map(is_measured, names))
        if is_mark and any(map(is_measured, fields_of(texts[-1]))):
            continue  # "Stundas" below "Attālināti"
        if is_planned:  # "Stundas", "Summa" of what is planned
            names += tuple(f"planned_{name}" for name in names if name in {"hours", "amount"})
        if found := [name for name in names if name in form.takes]:  # a "periods" of payments
            return max(found, key=form.own.__contains__)  # is their month, not their semester
        if any(map(is_measured, names)):  # "Summa" below "Atbalsts" is not the kind of support
            return None
    return None


def best_form(parts: list[tuple[str, ...]], contexts: Mapping[str, str]) -> Mapped | None:
    """Give the form that explains the headings best, or None."""
    mappings = [_map(form, parts, contexts) for form in forms()]
    told = [mapped for mapped in mappings if mapped.is_told]
    return max(told, key=lambda mapped: mapped.score, default=None)
