"""What was paid for a learner in a month: millions of payment lines become one row each.

Comes in: the payments of a Dataset, as any table Narwhals speaks to. Goes out: pandas. Knows no
cap: what was allowed is asked later, of far fewer rows.
"""

from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from pumpurs_analysis.periods import semester_on

KEYS = ("learner_id", "school_id", "support_kind", "month")
_SUMS = ("paid_cents", "payment_count", "refund_cents")


def learner_month(payments: Any) -> pd.DataFrame:  # noqa: ANN401  (any backend's own table)
    """Add payment lines up by learner, school, kind of support and month.

    One row per: learner, school, kind of support and month. Whoever or whatever is not known is a
    row of its own: a missing month or learner is never guessed.

    Columns:
        learner_id, school_id, support_kind, month: What the row is about.
        paid_cents: Paid, less what was paid back.
        payment_count: Payment lines, refunds too.
        refund_cents: Of these paid back, as a positive sum.
        semester: The semester the month lies in.

    Leaves out:
        Lines without an amount. The order of rows is not promised.

    Args:
        payments: Table ``payments`` as a duckdb relation, or lazy in polars or PySpark.

    Example:
        >>> import duckdb
        >>> lines = pd.DataFrame(
        ...     {"learner_id": "L1", "school_id": "A", "support_kind": "transport"}
        ...     | {"month": pd.Timestamp("2019-10-01"), "amount_cents": [3000, -500]},
        ... )
        >>> summed = learner_month(duckdb.connect().from_df(lines))
        >>> summed[["paid_cents", "refund_cents", "semester"]].to_numpy().tolist()
        [[2500, 500, '2019/2020-1']]
    """
    amount = nw.col("amount_cents")
    sums = {
        "paid_cents": amount.sum(),
        "payment_count": amount.count(),
        "refund_cents": -amount.clip(upper_bound=0).sum(),
    }
    # a database adds whole numbers up in a wider type that pandas would read as a float
    whole = {name: column.cast(nw.Int64) for name, column in sums.items()}
    grouped = nw.from_native(payments).lazy().group_by(*KEYS).agg(**whole)
    summed: pd.DataFrame = grouped.collect("pandas").to_native()
    if not (summed["payment_count"] > 0).all():  # millions of rows are not copied for nothing
        summed = summed[summed["payment_count"] > 0].reset_index(drop=True)
    return summed.astype(dict.fromkeys(_SUMS, "Int64")).assign(semester=semesters(summed["month"]))


def semesters(months: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give the semester of each month; a missing month has none.

    Example:
        >>> semesters(pd.Series(pd.to_datetime(["2020-01-01", None]))).tolist()
        ['2019/2020-2', nan]
    """
    codes, known = pd.factorize(months)
    names = [semester_on(date(day.year, day.month, 1)) for day in pd.DatetimeIndex(known)]
    kinds = pd.CategoricalDtype(sorted(set(names)))
    by_month = np.append(pd.Categorical(names, dtype=kinds).codes, -1)  # a missing month is code -1
    return pd.Series(pd.Categorical.from_codes(by_month[codes], dtype=kinds), index=months.index)
