"""Names of places in Latvian order, times one after the other, in every table of a measure.

Comes in: rows with names. Goes out: what they are sorted by, or the rows with their categories in
order: groups follow each other as their categories do.
"""

from typing import Any

import pandas as pd

from pumpurs_analysis.text import sort_key

_NAMES = (
    *("school", "municipality", "municipality_today", "region"),
    *("school_year", "semester"),  # a workspace keeps them as they first came
)


def categories_in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the categories of names and times in order.

    Example:
        >>> towns = pd.DataFrame({"region": ["Vidzeme", "Ārzemes"]}).astype("category")
        >>> categories_in_order(towns)["region"].cat.categories.tolist()
        ['Ārzemes', 'Vidzeme']
    """
    named = [
        name for name in _NAMES
        if name in frame and isinstance(frame[name].dtype, pd.CategoricalDtype)
    ]  # fmt: skip
    orders = {name: sorted(frame[name].cat.categories, key=sort_key) for name in named}
    return frame.assign(**{n: frame[n].cat.reorder_categories(orders[n]) for n in named})


def in_order(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give what a column is sorted by, as ``key`` of ``sort_values``; only names and times change.

    Example:
        >>> towns = pd.DataFrame({"municipality": ["Jelgava", "Jēkabpils", "Ādaži"]})
        >>> towns.sort_values("municipality", key=in_order)["municipality"].tolist()
        ['Ādaži', 'Jēkabpils', 'Jelgava']
    """
    if values.name not in _NAMES:
        return values
    known = sorted(values.dropna().unique(), key=sort_key)
    return values.map({name: place for place, name in enumerate(known)})
