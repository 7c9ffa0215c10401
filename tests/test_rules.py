"""Rules by date: the cases of tests/rules, and what every day must hold."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis import catalogue
from pumpurs_analysis.errors import NotVerified
from pumpurs_analysis.rules import (
    also_stated,
    breaks,
    change_days,
    not_verified,
    rule_table,
    rules_on,
)

FIRST, LAST = dt.date(2017, 3, 1), dt.date(2023, 12, 31)
KINDS = list(catalogue.entries("codes")["support_kind"])


def cases(name: str) -> list[Any]:
    text = (Path(__file__).parent / "rules" / f"{name}.yaml").read_text(encoding="utf-8")
    return [pytest.param(case, id=case["sentence"]) for case in yaml.safe_load(text)]


@pytest.mark.parametrize("case", cases("caps"))
def test_cap_is_as_the_sentence_says(case: dict[str, Any]) -> None:
    rules = rules_on(case["date"])
    expect = case["expect"]
    if expect.get("not_verified"):
        with pytest.raises(NotVerified, match="What would verify it"):
            rules[case["given"]["support_kind"]]
        return
    found = {name: getattr(rules[case["given"]["support_kind"]], name) for name in expect}
    if isinstance(expect.get("value_eur"), str):
        expect = expect | {"value_eur": Decimal(expect["value_eur"])}
    assert found == expect


@pytest.mark.parametrize("case", cases("eligibility"))
def test_eligibility_is_as_the_sentence_says(case: dict[str, Any]) -> None:
    if case["expect"].get("not_verified"):
        with pytest.raises(NotVerified):
            rules_on(case["date"]).eligibility(**case["given"])
        return
    answer = rules_on(case["date"]).eligibility(**case["given"])
    found = {
        "is_allowed": answer.is_allowed,
        "against": [rule.rule_id for rule in answer.against],
        "undecided": [rule.rule_id for rule in answer.undecided],
        "missing_facts": list(answer.missing_facts),
    }
    assert {name: found[name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("day", [day for day in change_days() if FIRST <= day <= LAST], ids=str)
def test_every_change_day_has_a_whole_set(day: dt.date) -> None:
    for date in {day, max(FIRST, day - dt.timedelta(days=1))}:
        rules = rules_on(date)

        assert list(rules) == KINDS
        for rule in rules.values():
            assert rule.valid_from <= date <= rule.valid_to
            assert rule.source in catalogue.entries("sources")
            assert rule.value_text("lv")
            assert rule.value_text("en")


@given(st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2100, 1, 1)))
def test_every_day_is_either_within_the_sources_or_not_verified(day: dt.date) -> None:
    if FIRST <= day <= LAST:
        assert rules_on(day)["catering"].value_eur == Decimal(70)
    else:
        with pytest.raises(NotVerified):
            rules_on(day)["catering"]


def test_unknown_kind_lists_choices_and_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"Choose from: consultation, .*nearest is 'catering'"):
        rules_on(FIRST)["caterin"]


def test_unknown_fact_lists_choices_and_the_nearest() -> None:
    with pytest.raises(ValueError, match="nearest is 'is_low_income'"):
        rules_on(FIRST).eligibility("personal_items", low_income=True)


def test_mapping_knows_its_kinds_outside_the_term_too() -> None:
    rules = rules_on(dt.date(2042, 1, 1))

    assert "catering" in rules
    assert "weather" not in rules
    assert len(rules) == len(KINDS)


def test_a_timestamp_is_read_as_its_day() -> None:
    assert rules_on(dt.datetime(2019, 10, 1, 23, 59, tzinfo=dt.UTC)).day == dt.date(2019, 10, 1)


def test_funding_adds_up_on_the_first_day() -> None:
    in_force = rules_on(FIRST).in_force
    total, esf, state = (
        in_force[f"funding_{part}_eur"].value for part in ("total", "esf", "state")
    )

    assert total == 39_812_376
    assert esf + state == total


def test_the_end_of_the_programme_moves_by_a_year() -> None:
    before, after = (
        rules_on(dt.date(year, 12, 1)).in_force["programme_end"] for year in (2020, 2021)
    )

    assert before.value == dt.date(2022, 12, 31)
    assert after.value == dt.date(2023, 12, 31)


def test_up_to_wording_of_the_youth_grant_is_kept_beside_the_calls() -> None:
    said = also_stated()
    grant = said[said["rule"] == "ngo_project_grant_eur"]

    assert grant["source"].tolist() == ["S01", "S08"]
    assert grant["says_lv"].str.contains("līdz 4600|ne vairāk un ne mazāk", regex=True).all()


FACTS = {
    "programme_kind": st.sampled_from(["general", "special", "vocational"]),
    "grade": st.integers(1, 12),
    "municipality_pays": st.booleans(),
    "is_low_income": st.booleans(),
    "is_in_practice": st.booleans(),
    "is_remote": st.booleans(),
    "is_planned_before": st.booleans(),
}


@given(
    day=st.dates(FIRST, LAST),
    kind=st.sampled_from(KINDS),
    facts=st.fixed_dictionaries(FACTS),
    known=st.sets(st.sampled_from(sorted(FACTS))),
)
def test_learning_more_never_turns_an_answer_round(
    day: dt.date, kind: str, facts: dict[str, Any], known: set[str]
) -> None:
    rules = rules_on(day)

    early = rules.eligibility(kind, **{name: facts[name] for name in known})
    late = rules.eligibility(kind, **facts)

    assert early.is_allowed in {None, late.is_allowed}
    assert late.missing_facts == ()
    assert not set(early.missing_facts) & known


def test_table_of_a_day_has_one_row_per_rule() -> None:
    table = rule_table(dt.date(2019, 10, 1))

    assert table["rule"].tolist() == list(catalogue.entries("rules"))
    assert str(table.set_index("rule").loc["catering_cap_eur", "value_lv"]).startswith(
        "ne vairāk kā 70,00"
    )


def test_table_outside_the_term_shows_no_value() -> None:
    table = rule_table(dt.date(2042, 1, 1))

    assert table["value"].isna().all()
    assert set(table["status"]) == {"not_verified"}
    assert table["note_en"].str.contains("What would verify it").all()


def test_whole_table_has_one_row_per_value() -> None:
    values = [v for rule in catalogue.entries("rules").values() for v in rule["values"].values()]

    assert len(rule_table()) == sum("value" in value for value in values)


def test_not_verified_says_so_in_latvian() -> None:
    sentence = not_verified("lodging_cap_eur", dt.date(2016, 1, 1), "lv")

    assert sentence.startswith("„Naktsmītnes griesti”, 2016. gada 1. janvāris: nav pārbaudīts.")
    assert "Kur pārbaudīt: Ministru kabineta noteikumu Nr. 460" in sentence


def test_breaks_stand_in_order_of_time() -> None:
    days = [each.date for each in breaks()]

    assert days == sorted(days)
    assert dt.date(2021, 7, 1) in days
