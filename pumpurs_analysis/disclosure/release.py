"""Making a release: protect what will be shown together, prove it, and only then hand it out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, overload

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.disclosure.audit import Moves, check_finished
from pumpurs_analysis.disclosure.columns import (
    Source,
    columns_of,
    is_small,
    last_shown,
    tells_of,
)
from pumpurs_analysis.disclosure.frames import check, check_public, hides_with_row
from pumpurs_analysis.disclosure.linking import Column, Linked, Linker
from pumpurs_analysis.disclosure.pairs import CannotLink
from pumpurs_analysis.disclosure.places import path
from pumpurs_analysis.disclosure.primary import Rules, rules_of_release
from pumpurs_analysis.disclosure.published import (
    BEHIND,
    DEFAULT_THRESHOLD,
    DOOR,
    Audience,
    NotReleasable,
    Published,
)
from pumpurs_analysis.disclosure.suppress import Question, cheapest
from pumpurs_analysis.disclosure.system import Bools, Places, Proof, System
from pumpurs_analysis.measures.result import Result

_NAMED = 5  # rows named in a refusal


class Former(Protocol):
    """Whatever knows the former releases: a Ledger."""

    def columns(self, beside: Sequence[Column] = ...) -> list[Column]:
        """Give everything shown before, told apart where it has changed since."""


@overload
def protect(
    result: Result, *, threshold: int = ..., audience: Audience = ..., ledger: Former | None = ...
) -> Published: ...
@overload
def protect(
    result: Result,
    *more: Result,
    threshold: int = ...,
    audience: Audience = ...,
    ledger: Former | None = ...,
) -> tuple[Published, ...] | Published: ...
def protect(
    result: Result,
    *more: Result,
    threshold: int = DEFAULT_THRESHOLD,
    audience: Audience = "public",
    ledger: Former | None = None,
) -> tuple[Published, ...] | Published:
    """Make Results fit to be shown, together.

    Small counts are hidden, and as many further cells as it takes that nobody can work a small one
    out: by subtracting totals, by comparing filters, semesters or the times before and after a
    reform, by the money beside a count, or by knowing everything of one municipality.

    Args:
        result: What a measure gave. Rows that are totals of others ("Kopā", "Total", or whatever
            always comes to all others) are protected as totals.
        *more: Further Results that will be shown beside it.
        threshold: Counts from 1 to below this are hidden (5 hides 1-4).
        audience: ``public``, without the columns that the catalogue calls ``never_public``; or
            ``owner`` for the person who may open the records: nothing is hidden and every output
            says internal.
        ledger: What was released before: the new release is made safe beside it.

    Returns:
        One Published, or a tuple of them in the same order.

    Raises:
        NotReleasable: It cannot be made safe, and the message names the rows to merge; or a number
            is none, or parts come to more than their total, and it names these.
        ValueError: The threshold is no whole number of 2 or more, or there is no such audience.

    Example:
        >>> from pumpurs_analysis import measures, published
        >>> protect(measures.risk_mix(published())).hidden_count
        0
    """
    results = (result, *more)
    rules = rules_of_release(threshold)
    for each in results:
        check(each)
    if audience not in {"public", "owner"}:
        raise ValueError(f"audience is public or owner, not {audience}")
    if audience == "owner":
        shown = tuple(_owners(each, threshold) for each in results)
    else:
        shown = _public(tuple(map(_without_never_public, results)), rules, ledger)
    return shown if more else shown[0]


def _owners(result: Result, threshold: int) -> Published:
    frame = result.frame
    if result.evidence == "records":
        frame = frame.assign(is_hidden=False)
    return Published(replace(result, frame=frame), 0, threshold, door=DOOR, audience="owner")


def _without_never_public(result: Result) -> Result:
    """Leave out sums that give few away beside other tables, even beside those not given here."""
    names = set(catalogue.entries("disclosure")["never_public"].get(result.name, ()))
    if result.evidence != "records" or not names & {*result.frame}:
        return result
    money, derived = (
        tuple(name for name in each if name not in names) for each in (result.money, result.derived)
    )
    frame = result.frame.drop(columns=[name for name in result.frame if name in names])
    return replace(result, frame=frame, money=money, derived=derived)


def _public(
    results: tuple[Result, ...], rules: Rules, ledger: Former | None
) -> tuple[Published, ...]:
    records = [each for each in results if each.evidence == "records"]
    if not records:
        return tuple(Published(each, 0, rules.threshold, door=DOOR) for each in results)
    for each in records:
        check_public(each)
    columns, sources = columns_of(records, rules)
    former = [] if ledger is None else ledger.columns(columns)
    linked = link([*columns, *former], rules)
    _check_rings(linked, sources, rules)
    search = cheapest(linked.system)
    linked = replace(linked, system=search.system)
    if search.unsafe:
        near = [_near(linked.system, question.cell) for question in search.unsafe]
        last = last_shown(near, sources, linked.places)
        raise NotReleasable(_refusal(linked.system, search.unsafe), last)
    masks = _masks(records, linked, sources, rules=rules)
    finished = [_masked(result, mask, rules) for result, mask in zip(records, masks, strict=True)]
    told = ([*columns, *former], sources)
    check_finished(finished, records, told, moves=_moves(search.proof, linked), rules=rules)
    made = iter(finished)
    return tuple(
        next(made)
        if each.evidence == "records"
        else Published(each, hidden_count=0, threshold=rules.threshold, door=DOOR)
        for each in results
    )


def link(columns: Sequence[Column], rules: Rules) -> Linked:
    """Put Columns into one system, or say why they cannot be released together."""
    try:
        return Linker(list(columns), rules).linked()
    except CannotLink as cannot:
        raise NotReleasable(str(cannot)) from cannot


def _check_rings(linked: Linked, sources: Sequence[Source], rules: Rules) -> None:
    """Refuse rings of tables of which who knows a place has a part by everything at once."""
    system = linked.system
    for column, places in zip(linked.columns, linked.places, strict=True):
        dims = [str(name) for name in column.about]
        if column.is_any and any(path(name, rules.insiders) for name in dims):
            tied = np.unique(system.matrix[system.by_cell[:, places].indices].indices)
            if (~np.isnan(system.need_low[tied])).any():
                every = ", ".join(dims)
                raise NotReleasable(
                    f"{column.quantity} stands in tables that can only be judged by {every} at "
                    f"once: who knows everything of one {rules.insiders} can reckon with that. Ask "
                    f"by ({every}) as well and protect it with them, or leave one of them out.",
                    last_shown([tied], sources, linked.places),
                )


def _masks(
    records: Sequence[Result], linked: Linked, sources: Sequence[Source], *, rules: Rules
) -> list[pd.DataFrame]:
    """Say for every cell of every Result whether it is hidden."""
    masks = [
        pd.DataFrame(
            {name: is_small(each, name, rules) for name in (*each.counts, *each.money)},
            index=each.frame.index,
        )
        for each in records
    ]
    for source, places in zip(sources, linked.places, strict=False):
        mask = masks[source.result]
        if source.name not in mask:  # it stands in no table
            continue
        there = places >= 0
        hidden = np.zeros(len(places), dtype=bool)
        hidden[there] = linked.system.is_hidden[places[there]]
        whole = mask[source.name].to_numpy(copy=True)
        whole[source.rows] |= hidden
        mask[source.name] = whole
    for each, mask in zip(records, masks, strict=True):
        for name in hides_with_row(each):
            mask[name] = mask[list(tells_of(each, name))].any(axis=1)
    return masks


def _masked(result: Result, mask: pd.DataFrame, rules: Rules) -> Published:
    frame = result.frame.copy()
    for name in mask:
        frame[name] = frame[name].mask(mask[name])
    frame["is_hidden"] = mask.any(axis=1)
    shown = Published(
        replace(result, frame=frame, contributors=None),
        hidden_count=int(mask.to_numpy().sum()),
        threshold=rules.threshold,
        door=DOOR,
        hidden=mask,
    )
    BEHIND[shown] = result
    return shown


def _moves(proof: Proof, linked: Linked) -> Moves:
    """Write the search's other tables as movements of the numbers in the Columns."""
    column = np.full(len(linked.system.value), -1, dtype=np.int64)
    row = column.copy()
    for number, places in enumerate(linked.places):
        at = np.flatnonzero(places >= 0)
        column[places[at]], row[places[at]] = number, at
    kept = [each for each in proof.directions if each is not None]
    cells = np.concatenate([np.zeros(0, np.int64), *(each.cells for each in kept)])
    table = np.repeat(np.arange(len(kept)), [len(each.cells) for each in kept])
    step = np.concatenate([np.zeros(0), *(each.step for each in kept)])
    stands = column[cells] >= 0  # what rows leave out of a total stands nowhere
    return Moves(column[cells][stands], row[cells][stands], table[stands], step[stands])


def _refusal(system: System, questions: Sequence[Question]) -> str:
    cells = list(dict.fromkeys(question.cell for question in questions))
    named = "; ".join(_row_to_merge(system, cell) for cell in cells[:_NAMED])
    more = f"; and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
    return (
        "This cannot be released: even with all else hidden that may be, small numbers could be "
        f"worked out. Merge these rows with others, or leave a table out: {named}{more}."
    )


def _near(system: System, cell: int) -> Places:
    """Give a cell; for one that stands in no table those that it lies between."""
    rows = system.by_cell[:, [cell]].indices if system.is_unlisted[cell] else []
    tied: Places = np.append(system.matrix[rows].indices, cell).astype(np.int64)
    return tied


def _row_to_merge(system: System, cell: int) -> str:
    """Name a row, and the smallest one that it could be merged with."""
    rows = system.by_cell[:, [cell]].indices
    near = np.unique(system.matrix[rows].indices)
    near = near[(near != cell) & _alike(system, cell, near)]
    if not len(near):
        return system.names[cell]
    other = near[np.argmin(np.where(system.value[near] > 0, system.value[near], np.inf))]
    return f"{system.names[cell]} (with {system.names[other]})"


def _alike(system: System, cell: int, near: np.ndarray) -> Bools:
    """Cells of the same kind: they differ in one value only."""
    words = system.names[cell].split(", ")
    alike = [
        len(other := system.names[each].split(", ")) == len(words)
        and sum(a != b for a, b in zip(words, other, strict=True)) == 1
        for each in near
    ]
    return np.array(alike, dtype=bool)
