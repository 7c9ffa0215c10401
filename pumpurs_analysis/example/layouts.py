"""How six kinds of school lay out the same data: wide, long, stacked, marked with X, in English.

Comes in: the forms of one school as frames. Goes out: sheets of cells, with the place of every
planted row. Layouts and words are as seen in real deliveries; none of the content is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.example import forms
from pumpurs_analysis.example.dirt import CODE
from pumpurs_analysis.example.forms import Style, semester_title
from pumpurs_analysis.schools import match_school
from pumpurs_analysis.text import NBSP, Language, say

School = Mapping[str, pd.DataFrame]
_LV: Language = "lv"
MARK = say("example.mark", _LV)
STYLES = (
    Style(
        heading=0,
        code=0,
        month="name",
        days=("%d.%m.%Y.",),
        money="number",
        semester="{0}./{1}. m. g. {half}. semestris",
    ),
    Style(
        heading=1,
        code=1,
        yes_no=("ir", "nav"),
        month="%m.%Y",
        days=("%d.%m.%Y",),
        money="number",
        semester="{0}./{short}. m.g. {roman} pusgads",
    ),
    Style(
        heading=2,
        code=None,
        month="%m.%Y",
        days=("%d.%m.%Y.",),
        money="{comma}",
        code_hyphen=False,
        school=(("vidusskola", "vsk."), ("pamatskola", "psk."), ("Valsts", "valsts")),
        semester="{half}. semestris {0}./{1}. m. g.",
    ),
    Style(
        heading=0,
        code=2,
        month="date",
        days=("date", "%d.%m.%Y.", "%Y-%m-%d", "serial"),
        money="{grouped}" + NBSP + "EUR",
        school=(
            ("vidusskola", "vidusskolā"),
            ("pamatskola", "pamatskolā"),
            ("sākumskola", "sākumskolā"),
        ),
        semester="{0}/{1}-{half}",
    ),
    Style(
        heading=forms.ENGLISH,
        code=-1,
        yes_no=("yes", "no"),
        month="%Y-%m",
        days=("%Y-%m-%d",),
        money="{point}",
        remote=("remote", "on site"),
        semester="{0}/{1}-{half}",
    ),
    Style(
        heading=1,
        code=None,
        month="%m.%Y",
        days=("date", "%d.%m.%Y."),
        money="number",
        school=(("Valsts ģimnāzija", "VĢ"), ("vidusskola", "vid.sk."), ("tehnikums", "tehnikumā")),
        semester="{0}./{1}. {roman}",
    ),
)
_SHEETS = {"plans": "Plāni", "supports": "Atbalsts", "risks": "Riski", "payments": "Izmaksas",
           "consultations": "Konsultācijas", "specialists": "Speciālisti",
           "ngo_projects": "Projekti", "enrolment": "Skaits iestādē"}  # fmt: skip
_TITLES = {"plans": "Individuālie atbalsta plāni", "supports": "Plānotais atbalsts",
           "risks": "Riski", "payments": "Izmaksātās kompensācijas",
           "consultations": "Notikušās konsultācijas", "specialists": "Speciālisti"}  # fmt: skip
_TOTAL = "Kopā"


@dataclass
class Block:
    """One table of a sheet: what stands above it, its headings, rows and total.

    Attributes:
        titles: Rows above the headings.
        head: One or two rows of headings.
        merges: Merged cells of the headings: row, column, last row, last column, from 0.
        rows: Cells.
        codes: Of each row, the defect and its field; empty where there is none.
        total: Row below, where the school adds up.
        total_code: Defect of the total and its field.
    """

    titles: list[list[Any]]
    head: list[list[Any]]
    rows: list[list[Any]]
    codes: list[str]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    total: list[Any] | None = None
    total_code: str = ""


@dataclass
class Sheet:
    """Cells of one sheet, with merged places and planted rows as the user's program counts them."""

    name: str
    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    planted: list[tuple[int, str]] = field(default_factory=list)


def stacked(name: str, blocks: Iterable[Block], *, signed: bool = False) -> Sheet:
    """Put tables below each other, with a blank row between and a signature at the end."""
    sheet = Sheet(name, [[MARK]])
    for block in blocks:
        sheet.rows += block.titles
        top = len(sheet.rows) + 1
        sheet.merges += [(top + a, b + 1, top + c, d + 1) for a, b, c, d in block.merges]
        sheet.rows += block.head
        first = len(sheet.rows) + 1
        sheet.planted += [(first + place, code) for place, code in enumerate(block.codes) if code]
        sheet.rows += block.rows
        if block.total:
            sheet.rows.append(block.total)
            sheet.planted += [(len(sheet.rows), block.total_code)] if block.total_code else []
        sheet.rows.append([])
    if signed:
        sheet.rows += [[], ["Sagatavoja: ____________________"], ["Datums: ____________________"]]
    return sheet


def sheets(
    style_number: int, school: School, *, name: str, place: str, totals: str = ""
) -> list[Sheet]:
    """Lay out a school's forms in one of the six ways.

    Args:
        style_number: Which way.
        school: Form -> frame with ``_code``.
        name: The school's name in the register.
        place: Its municipality of today.
        totals: Defect that its first total is to have.
    """
    style = replace(_fitted(STYLES[style_number], name, place), totals=totals)
    makers = (_marked, _stacked_by_semester, _plain, _grouped, _plain, _plain)
    return list(makers[style_number](school, style, name))


def _fitted(style: Style, name: str, place: str) -> Style:
    """Keep only changes of the school's name after which it is still surely the same school."""
    changed = name
    for old, new in style.school:
        changed = changed.replace(old, new)
    is_same = all(match_school(changed, municipality=where).name == name for where in (place, None))
    return style if is_same else replace(style, school=())


def _plain(school: School, style: Style, _: str) -> Iterator[Sheet]:
    """One sheet per form, headings right below the mark."""
    for form, frame in school.items():
        yield stacked(_SHEETS[form], [long_block(form, frame, style)])


def _marked(school: School, style: Style, name: str) -> Iterator[Sheet]:
    """Plans by semester with an X per risk, payments by school year with a column per month."""
    for code, plans in school["plans"].groupby("semester", sort=True, observed=True):
        titles = [
            ["Projekts „PuMPuRS”, Nr. 8.3.4.0/16/I/001"],
            [name],
            [semester_title(str(code))],
            [],
        ]
        yield stacked(f"Plāni {_short(str(code))}", [_x_block(plans, style, titles)], signed=True)
    yield stacked(
        "Atbalsts",
        [
            long_block(
                "supports", school["supports"], style, titles=[["Plānā paredzētais atbalsts"], []]
            )
        ],
    )
    payments = school.get("payments", pd.DataFrame())
    years = payments["month"].map(_school_year) if len(payments) else pd.Series(dtype=object)
    for year, part in [(str(a), b) for a, b in payments.groupby(years)] if len(payments) else []:
        titles = [[name], [f"Izmaksas pa mēnešiem, {year}. mācību gads"], []]
        yield stacked(
            f"Izmaksas {year[2:4]}-{year[7:9]}", [_months_block(part, style, titles)], signed=True
        )
    for form in ("consultations", "specialists"):
        if form in school:
            frame = school[form].drop(columns=["school", "municipality"], errors="ignore")
            yield stacked(
                _SHEETS[form],
                [long_block(form, frame, style, titles=[[name], [_TITLES[form]], []])],
            )


def _school_year(month: pd.Timestamp) -> str:
    first = month.year if month.month >= 9 else month.year - 1  # noqa: PLR2004  (September)
    return f"{first}./{first + 1}"


def _short(code: str) -> str:
    return f"{code[2:4]}-{code[7:9]} {'I' if code.endswith('1') else 'II'}"


def _stacked_by_semester(school: School, style: Style, name: str) -> Iterator[Sheet]:
    """A sheet per semester that holds every table, one below the other, numbered and totalled."""
    semester = school["plans"].drop_duplicates("plan_id").set_index("plan_id")["semester"]
    known = list(dict.fromkeys(sorted(semester)))
    wrong = style.totals
    for code in known:
        blocks = []
        for form, whole in school.items():
            at = whole["semester"] if "semester" in whole else whole["plan_id"].map(semester)
            part = whole.loc[at.fillna(known[0]).eq(code)]
            part = part.drop(
                columns=[c for c in ("semester", "school", "municipality") if c in part]
            )
            if len(part):
                titles = [[f"{_TITLES[form]}: {name}, {semester_title(code)}"]]
                block = long_block(form, part, style, titles=titles, numbered=True)
                blocks.append(_with_total(block, wrong))
                wrong = "" if block.total else wrong
        yield stacked(_short(code), blocks, signed=True)


def _grouped(school: School, style: Style, name: str) -> Iterator[Sheet]:
    """Two rows of headings over plans, payments with a column per kind of support, mixed dates."""
    for form, frame in school.items():
        if form == "payments":
            yield stacked("Izmaksas", [_kinds_block(frame, style, [[name], []])])
            continue
        block = long_block(form, frame, style, titles=[[_TITLES[form]], []])
        if form == "plans":
            width = len(block.head[0])
            block.head.insert(0, ["Plāns", *[None] * 2, "Izglītojamais", *[None] * (width - 4)])
            block.merges = [(0, 0, 0, 2), (0, 3, 0, width - 1)]
        yield stacked(_SHEETS[form], [block])


# --- blocks --------------------------------------------------------------------------------------


def _cells(frame: pd.DataFrame, style: Style) -> pd.DataFrame:
    written = forms.spelled(frame.drop(columns=["school_id", CODE], errors="ignore"), style)
    return written.astype(object).where(written.notna(), None).dropna(axis="columns", how="all")


def _codes(frame: pd.DataFrame) -> list[str]:
    return frame[CODE].fillna("").astype(str).tolist()


def long_block(
    form: str,
    frame: pd.DataFrame,
    style: Style,
    *,
    titles: list[list[Any]] | None = None,
    numbered: bool = False,
) -> Block:
    """Lay out one record per row; columns nobody filled are left out."""
    written = _cells(frame, style)
    head = forms.headings(written.columns, style, form)
    rows = written.to_numpy(dtype=object).tolist()
    if numbered:
        head = ["Nr. p. k.", *head]
        rows = [[place, *row] for place, row in enumerate(rows, 1)]
    return Block(titles or [], [head], rows, _codes(frame))


def _with_total(block: Block, wrong: str) -> Block:
    """Add up the amounts below the payments, one euro too high if it is to be wrong."""
    places = [n for n, heading in enumerate(block.head[0]) if str(heading).startswith("Summa")]
    if places and all(isinstance(row[places[0]], float) for row in block.rows):
        total: list[Any] = [None] * len(block.head[0])
        total[1], total[places[0]] = _TOTAL, round(sum(row[places[0]] for row in block.rows), 2)
        block.total = total
        if wrong:
            total[places[0]] += 1
            block.total_code = f"{wrong}:amount"
    return block


def _x_block(plans: pd.DataFrame, style: Style, titles: list[list[Any]]) -> Block:
    """Give each risk a column with X, below a merged heading."""
    drop = ["semester", "school", "municipality", "risk"]
    base = _cells(plans.drop(columns=drop), style)
    mentioned = plans["risk"].map(lambda text: text.split(";") if isinstance(text, str) else [])
    risks = sorted({risk for each in mentioned for risk in each})
    names = catalogue.entries("codes")["risk"]
    left = forms.headings(base.columns, style, "plans")
    rows = [
        [*row, *("X" if risk in has else None for risk in risks)]
        for row, has in zip(base.to_numpy(dtype=object).tolist(), mentioned, strict=True)
    ]
    if not risks:
        return Block(titles, [left], rows, _codes(plans))
    top = [*left, "Riski", *[None] * (len(risks) - 1)]
    below = [*[None] * len(left), *(names[risk]["name"]["lv"] for risk in risks)]
    merges = [(0, place, 1, place) for place in range(len(left))]
    merges += [(0, len(left), 0, len(top) - 1)] if len(risks) > 1 else []
    return Block(titles, [top, below], rows, _codes(plans), merges)


def _months_block(payments: pd.DataFrame, style: Style, titles: list[list[Any]]) -> Block:
    """Give each month a column, with a total per row and per month."""
    keys = ["plan_id", "learner_code", "learner_local_code", "support_kind", "is_refund", CODE]
    keyed = payments[keys].astype(object).where(payments[keys].notna(), "")
    wide = keyed.assign(month=payments["month"], amount=payments["amount"] / 100)
    table = wide.pivot_table(index=keys, columns="month", values="amount", aggfunc="sum", sort=True)
    base = table.index.to_frame(index=False)
    base = base.where(base != "", None)
    left = _cells(base, style)
    head = forms.headings(left.columns, style, "payments")
    months = pd.DatetimeIndex(table.columns)
    names = [forms.MONTHS[month - 1].capitalize() for month in months.month]
    amounts = table.to_numpy(dtype=object).tolist()
    rows = []
    for one, values in zip(left.to_numpy(dtype=object).tolist(), amounts, strict=True):
        paid = [None if value != value else round(value, 2) for value in values]  # noqa: PLR0124  (NaN)
        rows.append([*one, *paid, round(sum(value or 0 for value in paid), 2)])
    total: list[Any] = [_TOTAL, *[None] * (len(head) - 1)]
    total += [round(sum(row[len(head) + n] or 0 for row in rows), 2) for n in range(len(names) + 1)]
    top = [*head, "Izmaksātā summa, EUR", *[None] * (len(names) - 1), _TOTAL]
    below = [*[None] * len(head), *names, None]
    merges = [(0, place, 1, place) for place in [*range(len(head)), len(top) - 1]]
    merges += [(0, len(head), 0, len(head) + len(names) - 1)] if len(names) > 1 else []
    return Block(
        titles, [top, below], rows, _codes(base.assign(**{CODE: base[CODE]})), merges, total
    )


def _kinds_block(payments: pd.DataFrame, style: Style, titles: list[list[Any]]) -> Block:
    """Give each kind of support a column, with a sum below: a bare formula if so chosen."""
    keys = ["learner_code", "learner_local_code", "plan_id", "month", "is_refund", CODE]
    keyed = payments[keys].astype(object).where(payments[keys].notna(), "")
    kinds = list(dict.fromkeys(payments["support_kind"].astype(object)))
    wide = keyed.assign(kind=payments["support_kind"].astype(object), amount=payments["amount"])
    table = wide.pivot_table(index=keys, columns="kind", values="amount", aggfunc="sum", sort=True)[
        kinds
    ]
    base = table.index.to_frame(index=False)
    base = base.where(base != "", None)
    left = _cells(base, style)
    money = replace(style, money="number")
    amounts = [
        [None if value != value else forms.cell("amount", value, money) for value in row]  # noqa: PLR0124  (NaN)
        for row in table.to_numpy(dtype=object).tolist()
    ]
    rows = [
        [*one, *paid]
        for one, paid in zip(left.to_numpy(dtype=object).tolist(), amounts, strict=True)
    ]
    names = [forms.cell("support_kind", kind, style) for kind in kinds]
    head = [*forms.headings(left.columns, style, "payments"), *names]
    first, width = len(titles) + 3, len(left.columns)
    sums: list[Any] = [
        round(sum(row[width + n] or 0 for row in rows), 2) for n in range(len(kinds))
    ]
    if style.totals:
        letters = [chr(ord("A") + width + place) for place in range(len(kinds))]
        sums = [f"=SUM({letter}{first}:{letter}{first + len(rows) - 1})" for letter in letters]
    total = [_TOTAL, *[None] * (width - 1), *sums]
    code = f"{style.totals}:amount" if style.totals else ""
    return Block(titles, [head], rows, _codes(base), total=total, total_code=code)


def of_municipality(form: str, frame: pd.DataFrame) -> Sheet:
    """Lay out what a municipality delivers itself."""
    return stacked(_SHEETS[form], [long_block(form, frame, forms.SHEET)])
