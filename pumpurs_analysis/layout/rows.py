"""What the rows below the headings are: data, totals, or apart with a reason."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pumpurs_analysis import catalogue
from pumpurs_analysis.layout.cells import (
    Mask,
    Positions,
    any_text,
    filled_counts,
    holds_any,
    is_filled,
    row_texts,
    texts_of,
)
from pumpurs_analysis.layout.forms import Mapped
from pumpurs_analysis.layout.headings import IDENTITY
from pumpurs_analysis.money import MoneyUnreadError, read_cents
from pumpurs_analysis.read import Grid
from pumpurs_analysis.spellings import NO, is_nothing
from pumpurs_analysis.text import fold

_TOTAL = re.compile(
    r"^(kopa|pavisam|kopsumma|starpsumma|summa kopa|parnes[a-z]*|no ieprieksejas lapas"
    r"|total|grand total|sub-?total|sum|carried forward|brought forward)\b(?!-)|.*\bkopa:?$"
)
_LIKE_TOTAL = r"^\W*(kop|pavis|starps|summa|p.rnes|no iepr|total|grand|sub|sum|carr|brou)|kop.:?$"
_LIKE_NUMBER = r"^[0-9]+[.)]?$"
_FEW = 50  # rows of sums without a word that are looked at
_ADDED = 5000  # rows that one of them may sum
_FIGURES = re.compile(r"[\d.]+")
_LIKE_CODE = r"^\S*[0-9]\S*$"
_DATE = re.compile(r"\d\d?\.\d\d?\.(\d{4}\.?)?|20\d\d-\d\d-\d\d")
_SIGNED = re.compile(
    r"^(sagatavo|izpild|paraksts|saskano|apstiprin|datums|talr|piezim"
    r"|(\w+s |projekta )?(direktor|vaditaj|koordinator|gramatved)"
    r"|t\.? ?sk\b|(tai|taja|to) skaita"
    r"|\*|dokuments|sis dokuments|___|avots"
    r"|prepared|signature|signed|approved|note|date\b|source)"
)
# Parts of a total, and rows that show how to fill in the others: they stand in a code's place.
_NOBODY = re.compile(
    r"\W*(t(?:\. ?| )sk\b|(tai|taja|to) skaita|piem(eram|\.)|paraugs|example\b|e\.g\.)"
)
_LIKE_NOBODY = r"^\W*(t\.? ?sk|t.i sk|taj. sk|t. sk|piem|paraug|example|e\.g)"
VALUES = {"amount", "amount_cents", "hours", "planned_hours", "planned_amount", "planned_cents"}
VALUES |= {"refund_amount", "risk", "risk_category", "learner_count", "status", "grade", "course"}
# Columns that a school fills in for a whole sheet ahead of time.
_PREFILLED = frozenset({"line_number", "school", "municipality", "semester", "school_year"})
WHAT_COUNTS = {
    "payments": frozenset({"amount", "amount_cents", "refund_amount"}),
    "consultations": frozenset({"hours", "date"}),
    "enrolment": frozenset({"learner_count"}),
}


def classified(
    grid: Grid,
    below: Positions,
    mapped: Mapped | None,
    *,
    header: tuple[int, ...],
    titles: Iterable[int],
) -> tuple[Positions, Positions, dict[int, str]]:
    """Divide the rows below the headings into data, totals and rows apart."""
    if mapped is None:
        return below[:0], below[:0], {int(row): "note" for row in below}
    rows = _Below(grid, below, filled_counts(grid)[below], mapped)
    reasons = {
        "blank": rows.count == 0,
        "header": rows.repeats(header) | rows.is_numbering(),
        "title": rows.repeats(titles),
        "total": rows.is_total() | rows.is_sum_alone(),
        "note": rows.is_note(),
        "nothing_entered": rows.says_nothing(),
    }
    apart: dict[int, str] = {}
    for reason, at in reversed(reasons.items()):  # the first reason is said last and stays
        apart |= dict.fromkeys(below[at].tolist(), reason)
    is_apart = np.any([*reasons.values()], axis=0)
    totals = below[reasons["total"] & ~reasons["blank"] & ~reasons["header"]]
    return below[~is_apart], totals, dict(sorted(apart.items()))


@dataclass(frozen=True)
class _Below:
    """Rows below headings, with what the headings say."""

    grid: Grid
    rows: Positions
    count: npt.NDArray[np.int16]
    mapped: Mapped

    def columns(self, names: Container[str]) -> list[int]:
        """Columns of some fields."""
        every = (self.mapped.columns, *self.mapped.groups)
        return [column for each in every for name, column in each.items() if name in names]

    def holds(self, columns: list[int]) -> Mask:
        """Say for each row whether any of the columns holds something."""
        return holds_any(self.grid, self.rows, columns)

    @cached_property
    def is_identity(self) -> Mask:
        """Rows in which a plan's or learner's code stands: one word with a figure, no date."""
        columns = self.columns(IDENTITY)
        return any_text(self.grid, self.rows, _LIKE_CODE, columns=columns, is_wanted=_is_no_date)

    def is_total(self) -> Mask:
        """Rows that say “Kopā” in a name's place or name nobody; in a remark, if nothing else."""
        headings, items = catalogue.entries("headings"), self.mapped.columns.items()
        unread = {column for name, column in items if "drops" in headings[name]}
        unread |= set(self.mapped.unused)
        read = [column for column in range(len(self.grid.columns)) if column not in unread]
        names = self.columns(IDENTITY)
        instead = any_text(self.grid, self.rows, _LIKE_TOTAL, columns=names, is_wanted=_is_total)
        says = any_text(self.grid, self.rows, _LIKE_TOTAL, columns=read, is_wanted=_is_total)
        unnamed = ~self.is_identity
        found: Mask = instead | (says & unnamed)
        anywhere = any_text(self.grid, self.rows, _LIKE_TOTAL, is_wanted=_is_total)
        for at in np.flatnonzero(anywhere & unnamed & ~found):
            words = filter(_has_letters, row_texts(self.grid, int(self.rows[at])))
            found[at] = all(map(_is_total, words))
        return found

    def is_sum_alone(self) -> Mask:
        """Rows that hold only what the rows since the total before add up to."""
        columns = [each.column for each in self.mapped.spread]
        columns += self.columns({"amount", "hours", "planned_amount", "row_total"})
        filled = [is_filled(self.grid, column)[self.rows] for column in columns]
        said = np.sum(filled, axis=0) if columns else self.count
        is_asked = (said > 0) & (said == self.count) & bool(columns)
        answer = np.zeros(len(self.rows), dtype=bool)
        start = 0
        for at in np.flatnonzero(is_asked)[:_FEW] if self.columns(IDENTITY) else ():
            part = range(start, int(at))
            here = [column for column, cells in zip(columns, filled, strict=True) if cells[at]]
            answer[at] = 1 < len(part) <= _ADDED and all(
                self._adds_up(column, part, at) for column in here
            )
            start = int(at) + 1 if answer[at] else start
        return answer

    def _adds_up(self, column: int, rows: range, total: int) -> bool:
        cells = self.grid.columns[column]
        texts = [str(cells[self.rows[at]] or "") for at in (*rows, total)]
        try:
            *parts, whole = (0 if is_nothing(text) else read_cents(text) for text in texts)
        except MoneyUnreadError:
            return False
        return sum(parts) == whole

    def repeats(self, above: Iterable[int]) -> Mask:
        """Rows equal to others but for figures: headings and titles of printed pages, "2. lapa"."""
        answer = np.zeros(len(self.rows), dtype=bool)
        for position in above:
            texts = row_texts(self.grid, position)
            longest = max(range(len(texts)), key=lambda column: len(texts[column]))
            if len(texts[longest]) < 4:  # noqa: PLR2004  (a title says more)
                continue
            codes = self.grid.columns[longest].codes
            same = (self.count == sum(map(bool, texts))) & (codes[self.rows] == codes[position])
            for at in np.flatnonzero(same):
                row = row_texts(self.grid, int(self.rows[at]))
                same[at] = all(
                    _FIGURES.sub("", a) == _FIGURES.sub("", b)
                    for a, b in zip(row, texts, strict=True)
                )
            answer |= same
        return answer

    def is_numbering(self) -> Mask:
        """The row below the headings, where it counts them: 1, 2, 3."""
        row = [*filter(None, row_texts(self.grid, int(self.rows[0])))] if len(self.rows) else []
        is_counted = [text.strip("().") for text in row] == [str(at + 1) for at in range(len(row))]
        answer: Mask = np.arange(len(self.rows)) < (is_counted and len(row) > 3)  # noqa: PLR2004  (1, 2, 3 may be data)
        return answer

    def is_note(self) -> Mask:
        """Rows with a cell or two that are no data: a signature, a remark, a heading of a part."""
        width = len(self.mapped.columns) + len(self.mapped.spread)
        few: Mask = (self.count == 1) & (width > 2)  # noqa: PLR2004  (two columns may have half rows)
        signed = (self.count <= 3) & (self.count < width)  # noqa: PLR2004  (name, date, mark)
        alone = few & ~self.holds(self.columns(VALUES)) & ~self.is_identity
        numbers = self.columns({"line_number"})
        is_number = any_text(self.grid, self.rows, _LIKE_NUMBER, columns=numbers)
        names = self.columns(IDENTITY)
        nobody = any_text(self.grid, self.rows, _LIKE_NOBODY, columns=names, is_wanted=is_nobody)
        found: Mask = (alone | nobody | self._first_is_signature(signed)) & ~is_number
        return found

    def _first_is_signature(self, among: Mask) -> Mask:
        """Rows whose first words are a signature's; before them figures that are no learner."""
        answer = np.zeros(len(self.rows), dtype=bool)
        unnamed = ~self.is_identity & bool(self.columns(IDENTITY))
        for column, cells in enumerate(self.grid.columns):
            here = is_filled(self.grid, column)[self.rows] & among
            codes = cells.codes[self.rows[here]]
            known = {code: str(texts_of(self.grid)[column][code]) for code in np.unique(codes)}
            says = {code: bool(_SIGNED.match(fold(text))) for code, text in known.items()}
            answer[here] = [says[code] for code in codes]
            wordless = np.array([not _has_letters(known[code]) for code in codes], dtype=bool)
            among = among.copy()
            among[here] = wordless & unnamed[here]
        return answer

    def says_nothing(self) -> Mask:
        """Rows that only name a learner or a number, made ready to be filled in."""
        form = self.mapped.form.name
        kept = [name for name in self.mapped.columns if name not in _PREFILLED]
        wanted = kept if form in {"plans", "schools"} else list(self.mapped.columns)
        columns = self.columns(WHAT_COUNTS.get(form, frozenset(wanted)))
        columns += [each.column for each in self.mapped.spread]
        totals = self.columns({"row_total"}) if form == "payments" else []
        is_summed = any_text(self.grid, self.rows, "[1-9]", columns=totals)  # of parts that lack
        nothing = ~self.holds(columns) & ~is_summed & bool(columns)
        own = [*self.mapped.own]
        is_own = any_text(self.grid, self.rows, ".", columns=own, is_wanted=_is_said)
        return nothing | (~is_own & bool(own))


def _is_total(text: str) -> bool:
    return bool(_TOTAL.match(fold(text)))


def is_nobody(text: str) -> bool:
    """Whether a cell in a code's place says that its row is a part of a total, or an example."""
    return bool(_NOBODY.match(fold(text)))


def _is_said(text: str) -> bool:
    return not is_nothing(text) and text.casefold() not in NO


def _has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))


def _is_no_date(text: str) -> bool:
    return not _DATE.fullmatch(text)
