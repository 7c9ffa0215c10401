import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis import catalogue
from pumpurs_analysis.text import (
    LANGUAGES,
    NBSP,
    fold,
    money,
    nearest,
    number,
    percent,
    plural_class,
    say,
    sort_key,
)


def test_names_sort_by_the_latvian_alphabet():
    wanted = ["Ādaži", "Aknīste", "Cēsis", "Česla", "Gulbene", "Ģikši", "Inčukalns", "Kārsava",
              "Ķekava", "Limbaži", "Ļaudona", "Saldus", "Šķaune", "Ziemupe", "Žīguri"]  # fmt: skip
    shuffled = random.Random(7).sample(wanted, len(wanted))

    assert sorted(shuffled, key=sort_key) == wanted


def test_school_numbers_sort_as_numbers():
    names = ["Rīgas 10. vidusskola", "Rīgas 2. vidusskola", "Rīgas 1. vidusskola"]

    assert [name.split()[1] for name in sorted(names, key=sort_key)] == ["1.", "2.", "10."]


def test_search_finds_words_typed_without_diacritics():
    assert fold("kekavas") in fold(f"Ķekavas{NBSP}VIDUSSKOLA")


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "zero"), (1, "one"), (2, "other"), (9, "other"), (10, "zero"), (11, "zero"), (19, "zero"),
     (20, "zero"), (21, "one"), (22, "other"), (101, "one"), (111, "zero")],
)  # fmt: skip
def test_latvian_plurals_follow_three_classes(count, expected):
    assert plural_class(count, "lv") == expected


def test_money_is_written_with_the_euro_after_the_amount_in_latvian():
    assert money(123456, "lv") == f"1{NBSP}234,56{NBSP}€"
    assert money(-500, "en") == "-€5.00"


def test_percent_has_a_hard_space():
    assert percent(0.15, "lv") == f"15{NBSP}%"


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_numbers_read_back(value):
    assert int(number(value, "lv").replace(NBSP, "")) == value


def test_nothing_near_gives_nothing():
    assert nearest("xyz", ["Tukuma novads"]) is None


def test_a_plural_entry_without_its_count_fails():
    with pytest.raises(KeyError):
        say("count.plans", "lv")


def test_every_text_fills_in_both_languages():
    for key, entry in catalogue.entries("texts").items():
        assert set(entry) == set(LANGUAGES), key
