"""The facts and the measures at the size of the whole programme, beside polars and duckdb by hand.

``python tests/benchmarks/bench_facts.py [payment lines]``: makes 100 000 plans with their payment
lines, reduces the lines to learner-months and to plan-supports, and asks every measure with a
filter. The peers do the same grouping and join, written out by hand, over the same columns held in
memory by each in its own way, duckdb up to a pandas frame as ours. Prints wall seconds (every
engine uses all cores) and ratios.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import duckdb
import pandas as pd
import polars as pl
import psutil
import pyarrow as pa

from pumpurs_analysis import example, facts, measures, schema, workspace
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.facts.learner_month import learner_month
from pumpurs_analysis.periods import semester_on

KEYS = ["learner_id", "school_id", "support_kind", "month"]
BY_HAND = """
    select * from (
        select learner_id, school_id, support_kind, month, sum(amount_cents)::bigint paid_cents,
               count(amount_cents) payment_count,
               -sum(least(amount_cents, 0))::bigint refund_cents
        from payments group by all) left join months using (month)
"""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def best(run: Callable[[], object], rounds: int = 3) -> float:
    """The fastest of several rounds, in wall seconds."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return min(took)


def made(lines: int, plans: int) -> Dataset:
    """A made-up programme without a delivery: each payment comes in many lines, shuffled."""
    tables = example.tables(plans=plans)
    payments = tables["payments"].sample(lines, replace=True, random_state=1, ignore_index=True)
    tables["payments"] = payments.assign(amount_cents=payments["amount_cents"] // 10)
    whole = {name: schema.conform(name, frame) for name, frame in tables.items()}
    for name in ("inputs", "schools", "problems"):
        whole.setdefault(name, schema.conform(name, pd.DataFrame()))
    return Dataset(MappingProxyType(whole), evidence="records", is_made_up=True)


def semesters(months: pd.Series) -> pd.DataFrame:
    known = pd.Series(months.dropna().unique()).sort_values()
    return pd.DataFrame({"month": known, "semester": [semester_on(day.date()) for day in known]})


def polars_by_hand(payments: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    amount = pl.col("amount_cents")
    return (
        payments.lazy()
        .group_by(KEYS)
        .agg(
            paid_cents=amount.sum(),
            payment_count=amount.count(),
            refund_cents=-amount.clip(upper_bound=0).sum(),
        )
        .join(months.lazy(), on="month", how="left")
        .collect()
    )


def reduced(data: Dataset) -> tuple[float, float, float]:
    """Seconds of ours, duckdb's and polars' learner-months over the same lines."""
    payments = data.select("payments", *KEYS, "amount_cents")
    months = semesters(payments["month"])
    here = duckdb.connect()
    here.execute("create table payments as select * from payments")
    here.execute("create table months as select * from months")
    relation = here.table("payments")
    arrow = pa.Table.from_pandas(payments, preserve_index=False)
    held, held_months = pl.from_arrow(arrow), pl.from_pandas(months)
    held_months = held_months.with_columns(pl.col("month").cast(held.schema["month"]))
    ours = learner_month(relation)
    theirs = here.sql(BY_HAND)
    checks = ["paid_cents", "payment_count", "refund_cents"]
    sums = theirs.aggregate(", ".join(f"sum({name})" for name in checks)).fetchall()[0]
    assert [int(ours[name].sum()) for name in checks] == [int(value) for value in sums]
    also = polars_by_hand(held, held_months)
    assert [int(also[name].sum()) for name in checks] == [int(value) for value in sums]
    assert len(ours) == len(also)
    return (
        best(lambda: learner_month(relation)),
        best(lambda: here.sql(BY_HAND).df()),
        best(lambda: polars_by_hand(held, held_months)),
    )


def asked(data: Dataset) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every measure of records, by a dimension or more."""
    yield "participation by school", lambda: measures.participation(data, by="school")
    yield "risk_mix by municipality", lambda: measures.risk_mix(data, by="municipality")
    yield "risk_overlap", lambda: measures.risk_overlap(data)
    yield "risk_transitions", lambda: measures.risk_transitions(data)
    yield "support_uptake by school", lambda: measures.support_uptake(data, by="school")
    yield "planned_and_delivered", lambda: measures.planned_and_delivered(data)
    yield "hours_and_load by school", lambda: measures.hours_and_load(data)
    yield "support_gaps by municipality", lambda: measures.support_gaps(data, by="municipality")
    yield "school_funnel", lambda: measures.school_funnel(data)
    yield "cost_against_cap", lambda: measures.cost_against_cap(data)
    yield "cost_against_cap by school", lambda: measures.cost_against_cap(data, by="school")
    yield "cost_per_unit by municipality", lambda: measures.cost_per_unit(data, by="municipality")
    yield "budget_use", lambda: measures.budget_use(data)


def main(most: int = 10_000_000) -> None:
    """Print the reductions at three sizes, then the measures at the largest."""
    sizes = [size for size in (most // 100, most // 10, most) if size]
    before = 0.0
    for size in sizes:
        data = made(size, max(size // 100, 1000))
        rss = psutil.Process().memory_info().rss / 1e6
        ours, hand, columns = reduced(data)
        peak = psutil.Process().memory_info().rss / 1e6 - rss
        growth = f", {ours / before:.1f} x the tenth" if before else ""
        say(
            f"learner-months of {len(data.payments):>10,} lines: {ours:6.2f} s{growth}"
            f" | duckdb {hand:6.2f} ({ours / hand:.2f} x) polars {columns:6.2f}"
            f" ({ours / columns:.2f} x) | {peak:.0f} MB more held by all three"
        )
        before = ours
    fastest = min(hand, columns)
    with TemporaryDirectory() as name:
        workspace.save(data, Path(name) / "workspace")
        stored = workspace.open_workspace(Path(name) / "workspace")
        del data
        for label, first in (
            ("learner_month", facts.learner_month),
            ("plan_support", facts.plan_support),
        ):
            start = time.perf_counter()
            rows = len(first(stored))
            say(f"{label}: {rows:,} rows read in {time.perf_counter() - start:.2f} s")
        say(f"measures on the facts, seconds (the bare query on the raw lines: {fastest:.2f} s)")
        for label, ask in asked(stored):
            start = time.perf_counter()
            ask()
            cold = time.perf_counter() - start
            warm = best(ask)
            say(f"  {label:32}{cold:8.3f} first {warm:8.3f} again ({fastest / warm:6.1f} x faster)")


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]])
