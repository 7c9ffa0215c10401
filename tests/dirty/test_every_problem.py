"""Every problem of a delivery: its smallest example causes it, in its place and nothing else."""

import re
import runpy
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd
import pytest

from pumpurs_analysis import catalogue, loading, schema
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.text import LANGUAGES, Language

BUILDERS = runpy.run_path(str(Path(__file__).with_name("builders.py")))

PROBLEMS = catalogue.entries("problems")
DELIVERIES = [code for code, entry in PROBLEMS.items() if isinstance(entry["example"], Mapping)]
PERSONAL = {
    "personal code": re.compile(r"\d{6}\s?[-–]?\s?\d{5}"),
    "phone": re.compile(r"(?:\+?371)?\s?2\d{7}"),
    "address": re.compile(r"\w@\w"),
    "account": re.compile(r"LV\d\d[A-Z]{4}"),
    "token": re.compile(r"⟪"),
    "name": re.compile(r"Vārds Uzvārds"),
}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pd.DataFrame]:
    """The problems that the example of a code causes."""

    @cache
    def problems_of(code: str) -> pd.DataFrame:
        return loading.check(
            BUILDERS["write"](PROBLEMS[code]["example"], tmp_path_factory.mktemp(code))
        ).problems

    return problems_of


def _plain(value: object) -> object:
    return "" if schema.is_missing(value) else value


@pytest.mark.parametrize("code", DELIVERIES)
def test_smallest_delivery_causes_the_problem_in_its_place(
    given: Callable[[str], pd.DataFrame], code: str
) -> None:
    expected = PROBLEMS[code].get("expect", {})

    problems = given(code)
    found = problems[problems["code"] == code].to_dict("records")

    assert list(problems.columns) == schema.columns("problems")
    assert len(found) == 1, problems.to_string()
    assert found[0]["severity"] == PROBLEMS[code]["severity"]
    assert {name: _plain(found[0][name]) for name in expected} == expected


@pytest.mark.parametrize("code", DELIVERIES)
def test_smallest_delivery_causes_no_other_problem(
    given: Callable[[str], pd.DataFrame], code: str
) -> None:
    assert set(given(code)["code"]) == {code, *PROBLEMS[code].get("also", [])}


@pytest.mark.parametrize("code", DELIVERIES)
def test_sentences_hold_no_personal_data_and_no_gap(
    given: Callable[[str], pd.DataFrame], code: str
) -> None:
    names = [name for name in schema.columns("problems") if name != "severity"]
    for row in given(code)[names].to_dict("records"):
        known = {name: value for name, value in row.items() if not schema.is_missing(value)}
        problem = Problem(**{str(name): value for name, value in known.items()})
        for language in LANGUAGES:
            said = problem.sentence(language)
            assert [kind for kind, sign in PERSONAL.items() if sign.search(said)] == [], said
            assert not re.search(r"„”|“”|\{|: \.|  ", said), said


def test_no_personal_data_stand_in_the_catalogue() -> None:
    for path in sorted((catalogue.FOLDER / "problems").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        signs = {kind: sign.search(text) for kind, sign in PERSONAL.items() if kind != "name"}
        assert not any(signs.values()), (path.name, signs)


def test_examples_say_what_their_sentence_needs() -> None:
    for code in DELIVERIES:
        entry: Any = PROBLEMS[code]
        for part in ("found", "wanted", "to_do"):
            needed = {name for _, name, _, _ in Formatter().parse(entry[part]["lv"]) if name}
            expected = entry.get("expect", {})
            assert part in entry.get("if_empty", {}) or needed <= set(expected), (code, needed)


def test_english_sentences_hold_latvian_words_in_quotes_alone() -> None:
    latvian = re.compile(
        r"[āčēģīķļņšūž]|\b(klase|kurss|pedagogs|semestris|sieviete|projekts|tehnikums|m\. g)\b"
        r"|\d,\d\d\b",
        re.IGNORECASE,
    )
    for code in PROBLEMS:
        said = " ".join(PROBLEMS[code][part]["en"] for part in ("found", "wanted", "to_do"))
        assert not latvian.search(re.sub(r"“[^”]*”", "", said)), (code, said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_wording_blames_nobody(language: Language) -> None:
    unkind = {
        "lv": r"\b(nederīg\w*|nepareiz\w*|aizmirs\w*|vain\w*|nekorekt\w*|kļūdain\w*)\b",
        "en": r"\b(invalid|illegal|wrong\w*|bad|fail\w*|forgot\w*|mistake\w*|please)\b",
    }[language]
    for code, entry in PROBLEMS.items():
        said = " ".join(entry[part][language] for part in ("found", "wanted", "to_do"))
        assert not re.search(unkind, said, re.IGNORECASE), (code, said)


SENTENCES = {
    "money_unread": (
        Problem("money_unread", "izmaksas.xlsx", "Transports", 14, "Summa", "30,- + 5"),
        (
            "izmaksas.xlsx, lapa „Transports”, 14. rinda, kolonna „Summa”: „30,- + 5” nav "
            "nolasāms kā summa. Jābūt: summa eiro, piemēram, 30,00. Ierakstiet summu ar "
            "cipariem."
        ),
        (
            "izmaksas.xlsx, sheet “Transports”, row 14, column “Summa”: “30,- + 5” was not "
            "read as an amount. Wanted: an amount in euros, such as 30.00. Write the amount "
            "in figures."
        ),
    ),
    "school_to_review": (
        Problem(
            "school_to_review",
            "plani.csv",
            row=2,
            column="Skola",
            found="Tukuma 22. vidusskola",
            wanted="Tukuma 2. vidusskola",
        ),
        (
            "plani.csv, 2. rinda, kolonna „Skola”: Iestādi „Tukuma 22. vidusskola” nevar "
            "droši atpazīt: līdzīgai reģistra iestādei ir cits numurs, veids vai vieta. "
            "Jābūt: viena no reģistra iestādēm, piemēram, Tukuma 2. vidusskola. Ierakstiet "
            "iestādes pilno nosaukumu, kāds tas bija tajā gadā."
        ),
        (
            "plani.csv, row 2, column “Skola”: “Tukuma 22. vidusskola” was not recognised "
            "beyond doubt: a school like it has another number, kind or place in the "
            "register. Wanted: a school of the register, such as Tukuma 2. vidusskola. Write "
            "the school's full name as it was in that year."
        ),
    ),
    "personal_code_in_cell": (
        Problem("personal_code_in_cell", "plani.ods", "Plāni", 5, "Piezīmes"),
        (
            "plani.ods, lapa „Plāni”, 5. rinda, kolonna „Piezīmes”: Šūnā, kur tam nav vietas,"
            " bija personas kods; tas nav saglabāts. Jābūt: šūna bez personas koda. Izdzēsiet"
            " to arī savā datnē."
        ),
        (
            "plani.ods, sheet “Plāni”, row 5, column “Piezīmes”: A personal code stood in a "
            "cell where none belongs; it was not kept. Wanted: a cell without a personal "
            "code. Delete it in your own file, too."
        ),
    ),
    "column_missing": (
        Problem("column_missing", "izmaksas.csv", row=1, found="Mēnešos", wanted="month"),
        (
            "izmaksas.csv, 1. rinda: Kolonnas ar vajadzīgo virsrakstu nav; līdzīgākais virsraksts "
            "ir „Mēnešos”. Jābūt: kolonna, piemēram, ar virsrakstu „mēnesis”. Pārdēvējiet vai "
            "pievienojiet kolonnu; iestādi, semestri, mēnesi un atbalsta veidu, kas visām rindām "
            "ir viens, var uzrakstīt arī virs tabulas."
        ),
        (
            "izmaksas.csv, row 1: No column has the heading that is needed; the nearest is "
            "“Mēnešos”. Wanted: a column headed, for example, month (“mēnesis”). Rename the column "
            "or add it; a school, semester, month or kind of support that is the same for all rows "
            "may also stand above the table."
        ),
    ),
    "support_kind_unknown": (
        Problem(
            "support_kind_unknown", "a.csv", row=2, found="Autobuss", wanted="transport, lodging"
        ),
        (
            "a.csv, 2. rinda: Atbalsta veids „Autobuss” nav pazīstams. Jābūt: atbalsta veids no "
            "projekta saraksta, piemēram, Sabiedriskais transports, Naktsmītne. Ierakstiet "
            "atbalsta veidu no saraksta."
        ),
        (
            "a.csv, row 2: The kind of support “Autobuss” is not known. Wanted: a kind of support "
            "on the programme's list, such as Public transport, Lodging. Write a kind of support "
            "that is on the list."
        ),
    ),
    "total_differs": (
        Problem("total_differs", "a.csv", "", 40, "Summa", "1 234,50", "1 204,50"),
        (
            "a.csv, 40. rinda, kolonna „Summa”: Kopsummas rindā ir „1 234,50”, bet rindas "
            "virs tās kopā dod citu skaitli. Jābūt: rindu kopsumma 1 204,50. Pārbaudiet, vai "
            "visas rindas ir klāt un neviena nav lieka."
        ),
        (
            "a.csv, row 40, column “Summa”: The total says “1 234,50”, but the rows above it "
            "add up to something else. Wanted: the sum of the rows, 1 204,50. Check that no "
            "row is missing and none is there twice."
        ),
    ),
}


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_is_this_word_for_word(code: str) -> None:
    problem, latvian, english = SENTENCES[code]

    assert problem.sentence("lv") == latvian
    assert problem.sentence("en") == english


def test_a_gap_is_said_in_other_words() -> None:
    missing = Problem("column_missing", column="month").sentence("en")
    closed = Problem("school_closed", found="31.07.2020.").sentence("lv")

    assert missing.endswith(
        "No column has the heading that is needed. Wanted: column “month”. Rename the column or "
        "add it; a school, semester, month or kind of support that is the same for all rows may "
        "also stand above the table."
    )
    assert closed == (
        "Pēc reģistra ziņām iestādes pēdējā diena bija 31.07.2020. Jābūt: iestāde, kas tajā laikā "
        "pastāvēja. Pārbaudiet iestādi un laiku."
    )
