"""How many cells are hidden, for which reason, and which coarser figure hides fewer.

Everything here is read off what is shown. Which hidden cells are small themselves and which are
hidden for a neighbour is not told: whoever knew would know more of the small ones than they may.
"""

from collections.abc import Iterable, Mapping

from pumpurs_analysis import catalogue
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.text import Language, say


def hidden_of(shown: Iterable[Published], language: Language) -> str:
    r"""Say how many of all cells with a number are hidden, zero too.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> hidden_of([protect(measures.risk_mix(published()))], "en")
        '0 of 52 cells hidden'
    """
    several = list(shown)
    of = say("disclosure.of_cells", language, count=sum(each.cell_count for each in several))
    return say("disclosure.hidden_of", language, count=sum(x.hidden_count for x in several), of=of)


def reasons(shown: Published) -> dict[str, int]:
    """Count hidden cells by reason, as far as it may be told.

    Returns:
        ``count``: counts, small ones and those beside them; ``with_count``: sums of a row that
        hides a count; ``sum``: other sums, of few learners or beside such; ``computed``: what is
        computed from hidden ones. Only reasons there are.
    """
    result, hidden = shown.result, shown.hidden
    counts, money = (hidden[list(names)] for names in (result.counts, result.money))
    is_beside = counts.any(axis=1)
    found = {"count": counts, "with_count": money[is_beside], "sum": money[~is_beside]}
    found["computed"] = hidden.drop(columns=[*result.counts, *result.money])
    return {why: count for why, each in found.items() if (count := int(each.to_numpy().sum()))}


def split_by(result: Result) -> tuple[str, ...]:
    """Give what a figure was asked by."""
    return tuple(filter(None, result.choices.get("by", "").split(", ")))


def coarser(shown: Published, figures: Mapping[str, Published]) -> Published | None:
    """Give of a release the finest figure with rows of this one merged and fewer cells hidden."""
    by = set(split_by(shown.result))
    fits = [
        each
        for each in figures.values()
        if _asked(each.result) == _asked(shown.result)
        and set(split_by(each.result)) != by
        and set(split_by(each.result)) <= _above(by)
        and each.hidden_count < shown.hidden_count
    ]
    return max(fits, key=lambda each: each.cell_count, default=None)


def _asked(result: Result) -> dict[str, str]:
    return {"": result.name, **result.choices, "by": ""}


def _above(by: set[str]) -> set[str]:
    """Give dimensions with what their values belong to: of schools, municipalities and regions."""
    belongs = catalogue.entries("disclosure")["belongs_to"]
    more = by.union(*(belongs.get(name, ()) for name in by))
    return by if more == by else _above(more)
