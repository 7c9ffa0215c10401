"""The five founding documents: nothing that they state is lost on the way to a person."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pumpurs_analysis import catalogue
from pumpurs_analysis.founding import documents, founding_facts
from pumpurs_analysis.text import LANGUAGES

Facts = dict[tuple[str, str], dict[Any, Any]]
IN_COLUMNS = {
    "id": "document_id",
    "title": "source_title",
    "publisher": "publisher",
    "address": "address",
}


@pytest.fixture(scope="module")
def facts() -> Facts:
    rows = founding_facts().to_dict("records")
    return {(str(row["document_id"]), str(row["topic"])): row for row in rows}


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every scalar with its topic; a list of scalars shares the topic of the list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for place, inner in enumerate(value, start=1):
            yield from leaves(inner, (*path, str(place)) if isinstance(inner, dict) else path)
    else:
        yield ".".join(path), value


LEAVES = [
    pytest.param(document["id"], topic, value, id=f"{document['id']}:{topic}:{value}")
    for document in documents()
    for topic, value in leaves(document)
    if topic not in IN_COLUMNS
]


@pytest.mark.parametrize(("document_id", "topic", "value"), LEAVES)
def test_every_leaf_is_said_in_both_languages(
    facts: Facts, document_id: str, topic: str, value: object
) -> None:
    row = facts[document_id, topic]

    for language in LANGUAGES:
        assert row[f"label_{language}"]
        assert any(sign in row[f"value_{language}"] for sign in signs_of(value, language)), value


def signs_of(value: object, language: str) -> list[str]:
    """What must be seen of a leaf: its number, its day, its word, its name or its code's name."""
    if value is None:
        return [{"lv": "nav norādīts", "en": "not stated"}[language]]
    if value is True:
        return [{"lv": "jā", "en": "yes"}[language]]
    if isinstance(value, int):
        return [str(value)]
    if isinstance(value, dt.date):
        return [{"lv": f"{value.year}. gada {value.day}. ", "en": f"{value.day} "}[language]]
    word = str(value)
    term = catalogue.entries("founding_terms")["terms"].get(word, {}).get(language)
    kind = catalogue.entries("codes")["specialist_kind"].get(word, {}).get("name", {}).get(language)
    return [sign for sign in (word, term, kind and kind[1:], *re.findall(r"^20\d\d", word)) if sign]


def test_columns_hold_what_is_said_about_the_document() -> None:
    frame = founding_facts().drop_duplicates("document_id").set_index("document_id")
    for document in documents():
        row = frame.loc[document["id"]]
        assert [row["source_title"], row["publisher"]] == [document["title"], document["publisher"]]
        assert row["address"] == document.get("address", "")


def test_no_two_facts_share_a_place() -> None:
    frame = founding_facts()

    assert not frame.duplicated(["document_id", "topic"]).any()
    assert not frame.duplicated(["document_id", "order"]).any()
    assert not frame.duplicated(["document_id", "label_lv"]).any() or set(
        frame.loc[frame.duplicated(["document_id", "label_lv"], keep=False), "label_lv"]
    ) <= {"Periods", "Pieprasītie mācību priekšmeti: periods"}


@pytest.mark.parametrize(
    ("document_id", "topic", "lv", "en"),
    [
        ("founding-tukums-2022", "institutions_stated", "14", "14"),
        ("founding-tukums-2022", "specialists.count", "106", "106"),
        ("founding-tukums-2022", "learners_with_consultations", "284", "284"),
        ("founding-tukums-2022", "school_year", "2022./2023. mācību gads", "2022/23"),
        ("founding-tukums-2022", "case_study.month", "2023. gada maijs", "May 2023"),
        (
            "founding-tukums-2022",
            "case_study.participants",
            "35 dalībnieki 8 grupās",
            "35 people in 8 groups",
        ),
        ("founding-tukums-2022", "support.lodging", *["Kandavas Reģionālā pamatskola"] * 2),
        (
            "founding-jekabpils",
            "funding.total",
            "„39,81 milj. EUR”",
            "“39,81 milj. EUR” (39.81 million EUR)",
        ),
        ("founding-jekabpils", "municipal_contract", "2018. gada 5. oktobris", "5 October 2018"),
        (
            "founding-jekabpils",
            "compensations.learning_materials.cap",
            "nav norādīts",
            "not stated",
        ),
        ("founding-gulbene", "target_group.general_grades", "1.–12. klase", "grades 1–12"),
        ("founding-gulbene", "institutions_target", "vismaz 614", "at least 614"),
        ("founding-jekabpils", "institutions_target", "611", "611"),
        (
            "founding-ikvd-2020-03-31",
            "plans_prepared.value",
            "„vairāk nekā 11 000”",
            "“vairāk nekā 11 000” (more than 11,000)",
        ),
        ("founding-liepaja-6", "periods.1.teachers", "25", "25"),
        ("founding-liepaja-6", "periods.2.learners", "64", "64"),
        ("founding-liepaja-6", "periods.2.learners_with_catering", "30", "30"),
        ("founding-liepaja-6", "periods.2.learners_with_transport", "3", "3"),
        ("founding-liepaja-6", "periods.3.learners_approved", "73", "73"),
        ("founding-liepaja-6", "periods.3.learners_waiting_for_approval", "19", "19"),
        ("founding-liepaja-6", "conference.year", "2019", "2019"),
    ],
)
def test_fact_reads_as_a_person_writes_it(
    facts: Facts, document_id: str, topic: str, lv: str, en: str
) -> None:
    row = facts[document_id, topic]

    assert [row["value_lv"], row["value_en"]] == [lv, en]


def test_five_schools_of_jekabpils_stand_in_the_nominative(facts: Facts) -> None:
    names = facts["founding-jekabpils", "institutions"]["value_lv"].split(", ")

    assert len(names) == 5
    assert all(name.endswith(("skola", "ģimnāzija")) for name in names)


def test_no_word_of_the_terms_is_idle() -> None:
    said = {str(value) for document in documents() for _, value in leaves(document)}

    assert set(catalogue.entries("founding_terms")["terms"]) <= said
