"""Facts: the heavy reductions, made once per Dataset and kept while it lives.

Comes in: a Dataset of records. Goes out: pandas frames that measures work on in milliseconds. Each
reduction stands in a module of its own and is written once, for every engine.
"""

import weakref
from collections.abc import Callable

import pandas as pd

from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.facts.learner_month import learner_month as _learner_month
from pumpurs_analysis.facts.plan_support import grade_bands, is_counted
from pumpurs_analysis.facts.plan_support import plan_support as _plan_support

_KEPT: dict[int, dict[str, pd.DataFrame]] = {}


def kept(data: Dataset, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Give a frame made once for a Dataset; it is dropped together with the Dataset.

    Changing what is returned changes nothing that is kept.
    """
    if id(data) not in _KEPT:
        _KEPT[id(data)] = {}
        weakref.finalize(data, _KEPT.pop, id(data), None)
    frames = _KEPT[id(data)]
    if name not in frames:
        stored = data.reduction(name)  # made when the workspace was saved
        frames[name] = make() if stored is None else stored
    return frames[name].copy(deep=False)


def learner_month(data: Dataset) -> pd.DataFrame:
    """Give what was paid for each learner, school, kind of support and month.

    See ``facts.learner_month.learner_month`` for the columns.
    """
    return kept(data, "learner_month", lambda: _learner_month(data.native("payments")))


def plan_support(data: Dataset) -> pd.DataFrame:
    """Give what was planned, delivered and paid for each plan and kind of support.

    See ``facts.plan_support.plan_support`` for the columns.
    """
    names = ("plans", "supports", "consultations", "payments")
    return kept(
        data,
        "plan_support",
        lambda: _plan_support(**{name: data.native(name) for name in names}),
    )


def reductions(data: Dataset) -> dict[str, pd.DataFrame]:
    """Give the reductions that a workspace keeps beside the tables, by name."""
    return {"learner_month": learner_month(data), "plan_support": plan_support(data)}


def counted_plans(data: Dataset) -> pd.DataFrame:
    """Give the plans that count: deleted ones left out, a resumed one once with its last status.

    The columns of table ``plans``, and ``grade_band``.
    """

    def make() -> pd.DataFrame:
        plans = data.plans.drop_duplicates("plan_id", keep="last")
        plans = plans[is_counted(plans["status"])].reset_index(drop=True)
        return plans.assign(grade_band=grade_bands(plans))

    return kept(data, "counted_plans", make)
