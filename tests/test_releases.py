"""A release: what the public may ask of it, what it keeps, and what travels in the kept file."""

import dataclasses
import zipfile
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import cli, facts, releases, workspace
from pumpurs_analysis.app import places
from pumpurs_analysis.disclosure import Ledger, stored
from pumpurs_analysis.releases import beside, recipes


@pytest.fixture(scope="module")
def saved(tmp_path_factory, example_records) -> Path:
    folder = tmp_path_factory.mktemp("release") / "records"
    workspace.save(example_records, folder, reductions=facts.reductions(example_records))
    return folder


@pytest.fixture(scope="module")
def release(saved) -> releases.Release:
    return pa.make_release(pa.open_workspace(saved))


def test_a_part_is_the_whole_narrowed(release):
    whole = release.get("risk_mix", by=("municipality_today",))
    place = whole.frame["municipality_today"].iloc[0]

    part = release.get("risk_mix", where={"municipality_today": place})

    rows = whole.frame[whole.frame["municipality_today"] == place]
    pd.testing.assert_frame_equal(
        part.frame, rows.drop(columns="municipality_today").reset_index(drop=True)
    )
    assert part.result.choices["only.municipality_today"] == place
    assert part.hidden_count == int(whole.hidden[rows.index[0] : rows.index[-1] + 1].sum().sum())


def test_no_count_below_the_threshold_is_in_any_figure(release):
    for name, shown in release.figures.items():
        for column in shown.result.counts:
            values = shown.frame[column].dropna()
            assert not values.between(1, 4).any(), (name, column)


def test_the_public_gets_no_finer_split_than_the_release_lists(release):
    with pytest.raises(releases.NotInRelease, match="risk_mix by school"):
        release.get("risk_mix", by=("school",))
    assert not release.crosses_filters


def test_the_owner_gets_whole_counts_in_any_split(saved):
    owner = pa.make_release(pa.open_workspace(saved), audience="owner")

    shown = owner.get("participation", by=("school",), where={"school_year": "2021/2022"})

    assert shown.audience == "owner"
    assert shown.frame["plan_count"].between(1, 4).any()


def test_a_kept_release_is_read_and_not_made_again(saved, release, monkeypatch):
    def refuse(*_results, **_more):
        raise AssertionError("protected again")

    monkeypatch.setattr("pumpurs_analysis.disclosure.protect", refuse, raising=False)
    again = pa.make_release(pa.open_workspace(saved))

    assert list(again.figures) == list(release.figures)
    for name, shown in release.figures.items():
        pd.testing.assert_frame_equal(again.figures[name].frame, shown.frame, check_dtype=False)
        assert again.figures[name].hidden_count == shown.hidden_count
        assert again.figures[name].result.notes == shown.result.notes


@pytest.mark.usefixtures("release")
def test_the_kept_file_holds_no_hidden_number(saved):
    (file,) = saved.glob(".pumpurs-release-*.zip")
    with zipfile.ZipFile(file) as archive:
        assert all(not name.endswith("contributors") for name in archive.namelist())
    for shown in stored.read(file).values():
        frame = shown.frame
        for column in shown.hidden:
            assert frame.loc[shown.hidden[column].astype(bool), column].isna().all()
        assert shown.result.contributors is None


def test_a_damaged_kept_file_is_made_again(tmp_path, example_records):
    folder = tmp_path / "records"
    workspace.save(example_records, folder)
    first = pa.make_release(pa.open_workspace(folder))
    (file,) = folder.glob(".pumpurs-release-*.zip")
    file.write_bytes(file.read_bytes()[:1000])

    again = pa.make_release(pa.open_workspace(folder))

    assert list(again.figures) == list(first.figures)


def test_forgetting_a_workspace_takes_the_kept_release_along(tmp_path, example_records):
    folder = tmp_path / "records"
    workspace.save(example_records, folder)
    pa.make_release(pa.open_workspace(folder))

    workspace.forget(folder)

    assert not folder.exists()


def test_what_the_owner_sees_is_never_kept(tmp_path, saved):
    owner = pa.make_release(pa.open_workspace(saved), audience="owner")

    with pytest.raises(ValueError, match="everybody may see"):
        stored.write({"participation": owner.get("participation")}, tmp_path / "x.zip")


def test_a_recipe_names_what_went_in(release):
    recipe = release.recipe(release.get("risk_mix", by=("school_year",)))

    assert recipe.by == ("school_year",)
    assert recipe.threshold == 5
    assert recipe.content == recipes.content_version(release.data) != ""
    assert len(recipe.rules) == len(recipe.code) == 16


def test_published_figures_are_asked_as_they_are():
    figures = pa.make_release(pa.published())

    assert figures.get("published_checks").hidden_count == 0
    assert figures.recipe(figures.get("risk_mix")).threshold == 0


@pytest.fixture
def two_workspaces(tmp_path, example_records, monkeypatch):
    """The same records without one learner and with; a release of plans by municipality."""
    steps = [[("participation", (), {}), ("participation", ("municipality_today",), {})]]
    monkeypatch.setattr("pumpurs_analysis.releases.release._steps", lambda: steps)
    tables = {name: example_records.tables[name] for name in example_records.tables}
    learner = tables["plans"]["learner_id"].iloc[0]
    fewer = {
        name: frame[frame["learner_id"] != learner].reset_index(drop=True)
        if "learner_id" in frame
        else frame
        for name, frame in tables.items()
    }
    without = dataclasses.replace(example_records, tables=MappingProxyType(fewer))
    folder = tmp_path / "records"

    def saved(data) -> pa.Dataset:
        workspace.save(data, folder, acknowledged=True)
        return pa.open_workspace(folder)

    return lambda: saved(without), lambda: saved(example_records)


def test_a_release_after_one_newcomer_is_refused_and_the_nearest_safe_one_named(two_workspaces):
    october, november = two_workspaces
    first = beside.issue(pa.make_release(october()), name="publish", on=date(2022, 10, 1))
    beside.issue(pa.make_release(first.data), name="publish", on=date(2022, 10, 2))  # unchanged
    second = pa.make_release(november())

    with pytest.raises(beside.NotBesideEarlier, match="until 2022-10-01") as refused:
        beside.issue(second, name="publish", on=date(2022, 11, 1))

    nearest = refused.value.nearest
    assert nearest.more_hidden["participation"] > 0
    assert nearest.more_hidden["participation by municipality_today"] > 0
    assert nearest.left_out == ()
    taken = beside.take(nearest, name="publish", on=date(2022, 11, 1))
    kept = pa.make_release(taken.data)  # what pages show from now on
    assert kept.get("participation").frame["plan_count"].isna().all()
    ledger = Ledger.of_workspace(taken.data.tables.folder)
    assert [each.on.month for each in ledger.releases] == [10, 11]
    assert ledger.holds(*kept.figures.values())


@pytest.mark.parametrize("words", [["publish"], ["slides"], ["case-study", "Tukuma novads"]])
def test_nothing_leaves_by_another_door(words, two_workspaces, tmp_path, capsys):
    october, november = two_workspaces
    beside.issue(pa.make_release(october()), name="publish", on=date(2022, 10, 1))
    second = november()
    out = tmp_path / "out"
    asked = [*words, "--workspace", str(second.tables.folder), "--out", str(out)]

    with pytest.raises(SystemExit) as stopped:
        cli.main([*asked, "--language", "en"])

    assert stopped.value.code == 2
    assert "Nothing was published. Together with" in capsys.readouterr().err
    assert not out.exists()
    assert "--nearest-safe" in places.refusal(pa.make_release(second), "slides", "en")
