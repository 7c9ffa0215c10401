"""Examples with known answers, from the papers and packages of others; read where they lie."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pumpurs_analysis.disclosure import NotReleasable
from pumpurs_analysis.disclosure.primary import Rules, count_ranges, missing_uncertainty
from tests.plain_tables import Cube, attack_table, suppress

FOLDER = Path(__file__).parents[2] / "shared" / "known_tables"
known = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the known tables are not beside the project"
)
EU = {"Iceland": "nonEU", "Portugal": "EU", "Spain": "EU"}
SECTOR = {
    "Agriculture": "private", "Entertainment": "private", "Industry": "private",
    "Governmental": "public",
}  # fmt: skip
BY_AGE = Cube(("age", "geo"), "count")
BY_AGE_EU = Cube(("age", "geo"), "count", trees={"geo": (EU,)})
BY_SECTOR = Cube(("sector4", "geo"), "value", is_whole=False)
BY_SECTOR_EU = Cube(
    ("sector4", "geo"), "value", trees={"geo": (EU,), "sector4": (SECTOR,)}, is_whole=False
)


def read(name):
    return pd.read_csv(FOLDER / name, keep_default_na=False, na_values=[""])


@known
@pytest.mark.parametrize(
    ("name", "cube", "wanted"),
    [
        ("kt05_gauss_z1", Cube(("region", "hovedint"), "count"), lambda n: (n > 0) & (n <= 3)),
        ("kt06_gauss_t1_a_maxN1", BY_AGE, lambda n: n <= 1),
        ("kt06_gauss_t2_a_hier_maxN2", BY_AGE_EU, lambda n: n <= 2),
        ("kt06_gauss_t4_a_hier_maxN4_zerosshown", BY_AGE_EU, lambda n: (n > 0) & (n <= 4)),
        ("kt06_gauss_t5_a_hier_maxN3_seczeros", BY_AGE_EU, lambda n: (n > 0) & (n <= 3)),
        ("kt06_gauss_t7_b_hier_maxN2", BY_AGE_EU, lambda n: n <= 2),
        (
            "kt06_gauss_t8_linked_formula_maxN1",
            Cube(("age", "geo", "year"), "count", trees={"geo": ({}, EU)}),
            lambda n: n == 1,
        ),
        ("kt06_gauss_t9_intervals_maxN3_range5", BY_AGE, lambda n: n <= 3),
    ],
)
def test_no_more_cells_are_hidden_than_by_the_reference(name, cube, wanted):
    frame = read(f"{name}.csv")
    primary = wanted(frame["count"]).to_numpy()
    width = 5 if "range5" in name else 1

    hidden = suppress(frame, cube, primary=primary, width=width)

    assert primary.tolist() == (frame["expected_primary"] == 1).tolist()
    assert hidden.sum() <= frame["reference_suppressed"].sum()
    told = attack_table(frame, cube, hidden=hidden)
    assert not (
        told[told["cell"].isin(_names(frame[primary], cube))]["status"] == "recovered"
    ).any()


def _names(frame, cube):
    return [
        "/".join(map(str, key)) for key in zip(*(frame[d] for d in cube.dimensions), strict=True)
    ]


@known
@pytest.mark.parametrize("name", ["kt05_gauss_z1", "kt06_gauss_t9_intervals_maxN3_range5"])
def test_our_own_rule_leaves_every_small_count_between_0_and_5(name):
    frame = read(f"{name}.csv")
    cube = BY_AGE if "age" in frame else Cube(("region", "hovedint"), "count")
    primary = frame["count"].between(1, 4).to_numpy()

    hidden = suppress(frame, cube, primary=primary)

    told = attack_table(frame, cube, hidden=hidden, small=primary)
    assert set(told["status"]) == {"ok"}
    small = told[told["cell"].isin(_names(frame[primary], cube))]
    assert (small["low"] <= 0).all()
    assert (small["high"] >= 5).all()


def contributions(frame):
    raw = pd.read_csv(FOLDER / "raw" / "gauss_magnitude1.csv")
    groups = {"geo": ("geo", "eu"), "sector4": ("sector4", "sector2")}
    tops = []
    for key in zip(frame["sector4"], frame["geo"], strict=True):
        rows = raw
        for name, code in zip(("sector4", "geo"), key, strict=True):
            if code != "Total":
                rows = rows[(rows[list(groups[name])] == code).any(axis=1)]
        top = [*rows["value"].nlargest(2), 0.0, 0.0]
        tops.append(top[:2])
    return np.array(tops)


@known
@pytest.mark.parametrize(
    ("name", "rules", "cube"),
    [
        ("dom_n1_k80", Rules(dominance=((1, 80.0),)), BY_SECTOR),
        ("dom_n12_k80_99_hier", Rules(dominance=((1, 80.0), (2, 99.0))), BY_SECTOR_EU),
        ("p10", Rules(p_percent=10), BY_SECTOR),
    ],
)
def test_dominated_money_is_found_and_protected(name, rules, cube):
    frame = read(f"kt07_gauss_magnitude_{name}.csv")
    tops = contributions(frame)
    value = frame["value"].to_numpy()
    primary = missing_uncertainty(value, tops[:, 0], tops[:, 1], rules=rules) > 0

    hidden = suppress(frame, cube, primary=primary, width=0.1)

    assert primary.tolist() == (frame["expected_primary"] == 1).tolist()
    assert hidden.sum() <= frame["reference_suppressed"].sum()


def companies(frame):
    """How many companies stand behind each cell."""
    raw = pd.read_csv(FOLDER / "raw" / "gauss_magnitude1.csv")
    groups = {"geo": ("geo", "eu"), "sector4": ("sector4", "sector2")}
    found = []
    for key in zip(frame["sector4"], frame["geo"], strict=True):
        rows = raw
        for name, code in zip(("sector4", "geo"), key, strict=True):
            if code != "Total":
                rows = rows[(rows[list(groups[name])] == code).any(axis=1)]
        found.append((len(rows), rows["company"].nunique()))
    return np.array(found)


@known
@pytest.mark.parametrize(
    ("name", "cube", "wanted"),
    [
        ("few_maxN1", BY_SECTOR, lambda behind: behind[:, 0] == 1),
        (
            "few_maxN2_company_hier",
            BY_SECTOR_EU,
            lambda behind: (behind[:, 1] > 0) & (behind[:, 1] <= 2),
        ),
    ],
)
def test_money_of_few_is_found_and_protected(name, cube, wanted):
    frame = read(f"kt07_gauss_magnitude_{name}.csv")
    primary = wanted(companies(frame))

    hidden = suppress(frame, cube, primary=primary, width=0.1)

    assert primary.tolist() == (frame["expected_primary"] == 1).tolist()
    assert hidden.sum() <= frame["reference_suppressed"].sum()
    told = attack_table(frame, cube, hidden=hidden)
    few = told[told["cell"].isin(_names(frame[primary], cube))]
    assert (few["high"] - few["low"] >= 0.1 - 1e-6).all()


@known
def test_money_known_too_well_is_kept_within_wide_ranges():
    frame = read("kt07_gauss_magnitude_p30_range_hier.csv")
    cube = Cube(("geo", "sector4"), "value", trees={"sector4": (SECTOR,)}, is_whole=False)
    tops, value = contributions(frame), frame["value"].to_numpy()
    primary = missing_uncertainty(value, tops[:, 0], tops[:, 1], rules=Rules(p_percent=30)) > 0
    width = np.where(primary, np.maximum(80, 0.7 * value), 0)

    hidden = suppress(frame, cube, primary=primary, width=width)

    assert primary.tolist() == (frame["expected_primary"] == 1).tolist()
    assert width[primary] == pytest.approx(frame.loc[primary, "rlim_value"])
    assert hidden.sum() <= frame["reference_suppressed"].sum()
    told = attack_table(frame, cube, hidden=hidden).set_index("cell")
    found = told.loc[_names(frame[primary], cube)]
    assert (found["high"] - found["low"] >= width[primary] - 1e-6).all()


@known
@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("nk_2_75", Rules(dominance=((2, 75.0),))),
        ("p_70", Rules(p_percent=70)),
        ("pq_60_80", Rules(p_percent=60 / 80 * 100)),
    ],
)
def test_the_primary_cells_are_those_of_another_program(name, rules):
    frame = read(f"kt08_sdctable_primary_{name}.csv")
    raw = pd.read_csv(FOLDER / "raw" / "sdctable_microdata1.csv")
    tops = []
    for region, gender in zip(frame["region_o"], frame["gender_o"], strict=True):
        rows = raw[raw["region"].isin([region]) | (region == "total")]
        rows = rows[rows["gender"].isin([gender]) | (gender == "total")]
        assert len(rows) == frame["freq"][len(tops)]
        tops.append(rows["val"].nlargest(2).to_list())
    first, second = np.array(tops, dtype=float).T
    value = frame["val"].to_numpy(float)

    primary = missing_uncertainty(value, first, second, rules=rules) > 0

    assert primary.tolist() == (frame["expected_primary"] == 1).tolist()


@known
def test_the_primary_counts_are_those_of_another_program():
    frame = read("kt08_sdctable_primary_freq.csv")

    low, _ = count_ranges(frame["freq"].to_numpy(float), 3)

    assert (~np.isnan(low)).tolist() == (frame["expected_primary"] == 1).tolist()


@known
def test_the_primary_cells_of_a_table_from_a_statistical_office():
    frame = read("kt13_tauargus_pp.csv")
    value, first, second = (frame[name].to_numpy(float) for name in ("Shadow", "Top1", "Top2"))

    asked = missing_uncertainty(value, first, second, rules=Rules(p_percent=15))

    given = (frame["Status"] == "U").to_numpy()
    adds_up = (frame["Var2"] == frame["Shadow"]).to_numpy()
    assert set(np.flatnonzero(asked > 0)) <= set(np.flatnonzero(given))
    assert (asked > 0).sum() == 6
    assert asked[given & (asked > 0)] == pytest.approx(
        frame.loc[given & (asked > 0), "UPL"], abs=0.01
    )
    assert not adds_up[given & (asked == 0)].any()


@known
def test_one_small_cell_takes_three_others():
    frame = read("kt08_sdctable_protect_opt.csv")
    cube = Cube(("region", "gender"), "Freq", total="total")

    hidden = suppress(frame, cube, primary=(frame["sdcStatus"] == "u").to_numpy())

    assert hidden.tolist() == frame["sdcStatus"].isin(["u", "x"]).tolist()


@known
def test_the_trap_is_seen_and_repaired():
    frame = read("kt09_sdctable_trap.csv")
    cube = Cube(("v1", "v2"), "count", total="tot")
    given = (frame["given_suppressed"] == 1).to_numpy()
    hidden_values = frame.assign(count=frame["count"].where(~given))

    told = attack_table(hidden_values, cube, hidden=given).set_index("cell")

    expected = frame[given]
    assert told["low"].to_list() == expected["attacker_low"].to_list()
    assert told["high"].to_list() == expected["attacker_high"].to_list()
    assert told.index[told["status"] == "recovered"].tolist() == ["w/b"]
    assert any("w/b" in words for words in told.loc["w/b", "equations"])
    repaired = suppress(frame, cube, primary=given, width=1)
    assert repaired.sum() == given.sum() + 1


@known
def test_two_tables_that_are_safe_alone_are_not_together():
    regions = read("kt10_sdctable_linked.csv")
    counties = regions.groupby("county")["n"].sum().rename_axis("region").reset_index()
    sizes = regions.groupby("group")["n"].sum().rename_axis("region").reset_index()
    frame = pd.concat([regions[["region", "n"]], counties, sizes], ignore_index=True)
    trees = [
        dict(zip(regions["region"], regions[name], strict=True)) for name in ("county", "group")
    ]
    small = frame["n"].le(3).to_numpy()

    both = Cube(("region",), "n", trees={"region": trees})
    told = attack_table(frame, both, hidden=small).set_index("cell")
    alone = [
        attack_table(frame[frame["region"].isin([*tree, *tree.values()])].reset_index(drop=True),
                     Cube(("region",), "n", trees={"region": (tree,)}),
                     hidden=small[frame["region"].isin([*tree, *tree.values()])])
        for tree in trees
    ]  # fmt: skip
    repaired = suppress(frame, both, primary=small, width=1)

    assert not any((each["status"] == "recovered").any() for each in alone)
    assert told.loc["K", ["low", "high", "status"]].tolist() == [3, 3, "recovered"]
    assert frame.loc[repaired & ~small, "region"].tolist() == ["N"]


@known
def test_a_table_that_does_not_add_up_is_refused():
    frame = read("kt13_tauargus_pp.csv").astype({"Size": str, "Region": str})
    region = {
        str(n): part
        for part, ns in {
            "Nr": (1, 2, 3),
            "Os": (4, 5, 6, 7),
            "Ws": (8, 9, 10),
            "Zd": (11, 12),
        }.items()
        for n in ns
    }
    cube = Cube(("Size", "Region"), "Var2", trees={"Region": (region,)}, is_whole=False)

    with pytest.raises(NotReleasable, match="does not add up in 3 places"):
        suppress(frame, cube, primary=np.zeros(len(frame), dtype=bool))


@known
def test_a_single_contributor_is_an_insider():
    wide = read("kt14_tauargus_singleton.csv")
    wide.loc[0, "X1"] = wide.loc[1:, "X1"].sum()  # the manual prints 73, which does not add up
    frame = wide.melt(id_vars="row", var_name="column", value_name="value")
    frame["who"] = np.where(
        (frame["row"] == "A") & (frame["column"] == "X2"), "contributor", "Total"
    )
    cube = Cube(("row", "column"), "value", is_whole=False, insiders="who")
    hidden = frame["row"].isin(["A", "B"]) & frame["column"].isin(["X2", "X4"])
    small = hidden & (frame["row"] == "A")

    told = attack_table(frame, cube, hidden=hidden.to_numpy(), small=small.to_numpy())

    seen = told.set_index(["cell", "who"])
    assert seen.loc[("A/X4", "insider: contributor"), ["low", "high", "status"]].tolist() == [
        17, 17, "recovered",
    ]  # fmt: skip
    assert set(told[told["who"] == "outsider"]["status"]) <= {"ok", "narrowed"}
