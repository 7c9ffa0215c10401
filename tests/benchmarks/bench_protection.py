"""How much protection hides beside other programs, and how long it takes, in one run.

``python tests/benchmarks/bench_protection.py``. First the examples of others: cells hidden by us
and, as recorded, by them; the tables are read where they lie beside the project and are only named
elsewhere. Then tables of the programme's size with all their totals, by the same door as a release:
search, insiders of every municipality and the audit included. Prints computing seconds.
"""

import sys
import time
from datetime import date
from itertools import chain, combinations
from pathlib import Path

import numpy as np
import pandas as pd

from pumpurs_analysis import protect
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.municipalities import municipalities
from tests.plain_tables import Cube, suppress

KNOWN = Path(__file__).parents[3] / "shared" / "known_tables"
GEO = {"geo": ({"Iceland": "nonEU", "Portugal": "EU", "Spain": "EU"},)}
AGE = ("age", "geo")
GAUSS, SDC = "GaussSuppression 1.2.3 (run in R 4.2.2)", "sdcTable 0.34.0, OPT"
# Table, how it is laid out, what is primary, hidden in all by the other program, which one.
# G-Confid has no recorded run of a table that we have.
EXAMPLES = [
    ("kt05_gauss_z1", Cube(("region", "hovedint"), "count"), (1, 3), 6, GAUSS),
    ("kt06_gauss_t1_a_maxN1", Cube(AGE, "count"), (0, 1), 4, GAUSS),
    ("kt06_gauss_t2_a_hier_maxN2", Cube(AGE, "count", trees=GEO), (0, 2), 8, GAUSS),
    ("kt06_gauss_t4_a_hier_maxN4_zerosshown", Cube(AGE, "count", trees=GEO), (1, 4), 10, GAUSS),
    ("kt06_gauss_t5_a_hier_maxN3_seczeros", Cube(AGE, "count", trees=GEO), (1, 3), 8, GAUSS),
    ("kt06_gauss_t7_b_hier_maxN2", Cube(AGE, "count", trees=GEO), (0, 2), 10, GAUSS),
    ("kt06_gauss_t8_linked_formula_maxN1",
     Cube((*AGE, "year"), "count", trees={"geo": ({}, *GEO["geo"])}), (1, 1), 14, GAUSS),
    ("kt08_sdctable_protect_opt", Cube(("region", "gender"), "Freq", total="total"), None, 4, SDC),
]  # fmt: skip
TOWN, SCHOOL, KIND, SEX = "municipality_today", "school", "support_kind", "sex"
# Rows, columns and, where there is one, a third dimension; how long it may take.
SIZES = [((43, 4), 1), ((43, 4, 2), 5), ((43, 10, 2), 60), ((614, 10), 90)]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def beside_others() -> None:
    for name, cube, ends, theirs, program in EXAMPLES:
        file = KNOWN / f"{name}.csv"
        if not file.exists():
            say(f"{name:40} {theirs:3} hidden by {program}; the table is not here")
            continue
        frame = pd.read_csv(file, keep_default_na=False, na_values=[""])
        primary = frame[cube.value].between(*ends) if ends else frame["sdcStatus"] == "u"
        width = 1 if ends else None
        ours = int(suppress(frame, cube, primary=primary.to_numpy(), width=width).sum())
        say(f"{name:40} {theirs:3} hidden by {program}, {ours:3} by us")


def tables(shape: tuple[int, ...], *, seed: int = 1, towns: int = 43) -> list[Result]:
    """Give supports by place, kind and sex with every total; places are towns, or schools of 43."""
    chance = np.random.default_rng(seed)
    town = sorted(municipalities(date(2022, 9, 1))["name"])[:towns]
    is_of_schools = shape[0] > len(town)
    numbers = chance.negative_binomial(1, 1 / 16, size=shape) * (chance.random(shape) > 0.2)
    place = np.array(list(np.ndindex(shape)))
    cells = pd.DataFrame({TOWN: [town[each % len(town)] for each in place[:, 0]]})
    if is_of_schools:
        cells[SCHOOL] = [f"Skola {each}" for each in place[:, 0]]
    for axis, name in enumerate((KIND, SEX)[: len(shape) - 1], 1):
        cells[name] = place[:, axis].astype(str)
    cells["support_count"] = numbers.ravel()
    places = [(), (TOWN,), *([(TOWN, SCHOOL)] if is_of_schools else [])]
    others = [name for name in (KIND, SEX) if name in cells]
    groupings = [
        (*where, *by)
        for where in places
        for by in chain.from_iterable(combinations(others, n) for n in range(len(others) + 1))
    ]
    return [
        Result(
            "support_uptake",
            cells.groupby(list(dims))["support_count"].sum().reset_index()
            if dims
            else cells[["support_count"]].sum().to_frame().T,
            "support", "group", "records", dimensions=dims, counts=("support_count",),
        )
        for dims in groupings
    ]  # fmt: skip


def main() -> None:
    beside_others()
    protect(*tables((43, 2)))  # whatever is loaded on first use
    for shape, goal in SIZES:
        results = tables(shape)
        small = sum(int(each.frame["support_count"].between(1, 4).sum()) for each in results)
        cells = sum(len(each.frame) for each in results)
        start = time.process_time()
        shown = protect(*results)
        took = time.process_time() - start
        hidden = sum(each.hidden_count for each in shown)
        size = " x ".join(map(str, shape))
        say(
            f"{size:12} {took:6.2f} s (goal {goal} s), {hidden} of {cells} cells hidden, "
            f"{small} of them small"
        )


if __name__ == "__main__":
    main()
