"""Totals that a table states, held against the rows they total.

Comes in: a ``Reading``. Goes out: a doubt for every total that does not add up. A total may sum the
rows since a total before it, or all rows above.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pumpurs_analysis.normalise import cells
from pumpurs_analysis.normalise.reading import Read, Reading, quotable
from pumpurs_analysis.spellings import is_nothing
from pumpurs_analysis.text import tidy_spaces

_READS: dict[str, Read] = {
    "amount": cells.money,
    "planned_amount": cells.money,
    "row_total": cells.money,
    "hours": cells.hours,
    "planned_hours": cells.hours,
    "learner_count": cells.count,
}
_NESTED = 50  # totals before this one that its rows may begin after
_NEAR = 0.005  # of an hour: hours are written with two decimals


def check_totals(reading: Reading) -> None:
    """Note every total row whose figure differs from the rows it totals."""
    if not len(reading.found.totals) or not len(reading):
        return
    for column, read in _columns(reading):
        values = _values(reading, column, read)
        for position in reading.found.totals:
            _check(reading, int(position), column=column, values=values, read=read)


def _columns(reading: Reading) -> Iterator[tuple[int, Read]]:
    for name, column in reading.found.columns.items():
        if name in _READS:
            read, heading = _READS[name], reading.found.headings.get(column, "")
            yield column, cells.hours_below(heading, read) if read is cells.hours else read
    holds_hours = reading.found.form is not None and reading.found.form.name == "consultations"
    for each in reading.found.spread:
        fields = {value.field for value in each.says}
        if fields & {"month", "day", "grade_band"} or each.holds:
            is_hours = holds_hours or each.holds == "hours" or "grade_band" in fields
            yield each.column, cells.hours if is_hours else cells.money


def _values(reading: Reading, column: int, read: Read) -> npt.NDArray[np.float64]:
    """Figures of a column; empty cells are nothing, unread ones are not a number."""

    def quiet(text: str) -> float:
        if not text or is_nothing(text):
            return 0.0
        try:
            return float(read(text))
        except cells.Unread:
            return float("nan")

    texts = reading.texts(column)
    figures = np.array([quiet(text) for text in texts.distinct])
    found: npt.NDArray[np.float64] = figures[texts.places]
    return found


def _check(
    reading: Reading,
    position: int,
    *,
    column: int,
    values: npt.NDArray[np.float64],
    read: Read,
) -> None:
    grid = reading.found.grid
    text = tidy_spaces(grid.cell(position + grid.first_row, column + 1))
    try:
        stated = float(read(text))
    except cells.Unread:
        return
    rows, totals = reading.found.rows, reading.found.totals
    earlier = totals[totals < position]
    is_first = not (rows < position).any()  # a total above all rows
    above = rows > position if is_first else rows < position
    starts = [*reversed(earlier[-_NESTED:]), -1]  # of its class, of its school, of all
    sums = [float(values[above & (rows > start)].sum()) for start in starts]
    if any(np.isnan(total) or abs(total - stated) < _NEAR for total in sums):
        return
    wanted = sums[0] if (above & (rows > starts[0])).any() else sums[-1]
    shown = f"{wanted / 100:.2f}" if read is cells.money else f"{wanted:g}"
    reading.doubts.add_rows(
        "total_differs",
        [reading.found.row_number(position)],
        file=grid.file,
        sheet=grid.sheet,
        column=tidy_spaces(reading.found.headings.get(column, "")),
        column_number=column + 1,
        found=quotable(text),
        wanted=shown.replace(".", ","),
    )
