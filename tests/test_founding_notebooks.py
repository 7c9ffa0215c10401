"""The five founding documents as case studies: each figure is shown and held against another."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from pumpurs_analysis import catalogue, measures
from pumpurs_analysis.founding import documents, stated
from pumpurs_analysis.text import LANGUAGES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
OF = {
    "founding-tukums-2022": "case_study_tukums",
    "founding-jekabpils": "case_study_jekabpils",
    "founding-gulbene": "case_study_gulbene",
    "founding-ikvd-2020-03-31": "case_study_ikvd_2020",
    "founding-liepaja-6": "case_study_liepaja",
}


def figures_of(value, place=""):
    """Every number, date and quotation with a digit, however deep, with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(key, dt.date):
                yield place, key
            yield from figures_of(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from figures_of(inner, place)
    elif not isinstance(value, bool) and re.search(r"\d", str(value)):
        yield place, value


def cells(name, kind):
    held = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in held if cell["cell_type"] == kind]


def outputs(name, language):
    """What the cells show, run in order in this process."""
    space, shown = {}, []
    for source in cells(name, "code"):
        lines = source.replace('language = "lv"', f'language = "{language}"').splitlines()
        exec("\n".join(lines[:-1]), space)  # noqa: S102  (our own notebook)
        last = eval(lines[-1], space)  # noqa: S307  (as above)
        if hasattr(last, "rows"):
            shown += [cell.text for row in last.rows for cell in row]
        else:
            shown.append(str(last.to_dict()) if hasattr(last, "to_dict") else "")
    return "\n".join(shown).replace("\xa0", " ")


def written(value, language):
    """Ways a figure may stand in a table."""
    if isinstance(value, dt.date):
        return [{"lv": f"{value.year}. gada {value.day}. ", "en": f"{value.day} "}[language]]
    text = str(value)
    month = re.fullmatch(r"(20\d\d)-\d\d", text)
    years = re.fullmatch(r"(20\d\d)/20(\d\d)", text)
    if years:
        return [{"lv": f"{years[1]}./20{years[2]}.", "en": f"{years[1]}/{years[2]}"}[language]]
    term = catalogue.entries("founding_terms")["terms"].get(text, {}).get(language)
    return [each.replace("\xa0", " ") for each in (text, term, month and month[1]) if each]


def test_each_document_has_its_notebook():
    assert {document["id"] for document in documents()} == set(OF)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", OF)
def test_no_figure_of_a_document_is_missing_from_its_notebook(document, language):
    of_document = next(each for each in documents() if each["id"] == document)
    facts = {key: of_document[key] for key in of_document if key not in {"id", "title", "address"}}
    said = outputs(OF[document], language)

    looked_for = list(figures_of(facts))
    missing = [
        (place, value)
        for place, value in looked_for
        if not any(
            re.search(rf"(?<!\d){re.escape(way)}(?!\d)", said) for way in written(value, language)
        )
    ]
    assert len(looked_for) >= 7
    assert missing == []


@pytest.mark.parametrize("document", OF)
def test_each_notebook_ends_with_what_stays_open(document):
    last = cells(OF[document], "markdown")[-1]

    assert last.count("\n- ") >= 8
    assert "## Kas paliek atklāts" in last
    assert "## What stays open" in last


@pytest.mark.parametrize("document", OF)
def test_every_figure_is_compared_or_says_why_it_cannot_be(figures, document):
    frame = measures.founding_facts(figures, document=document).frame.set_index("topic")
    with_figure = [topic for topic, value in stated(document).items()
                   if topic in frame.index and list(figures_of(value))]  # fmt: skip

    rows = frame.loc[with_figure]
    assert not rows["relation"].eq("words").any()
    unexplained = (
        rows["relation"].isin(["stated_only", "differs", "loaded"]) & rows["why_lv"].isna()
    )
    assert list(rows.index[unexplained]) == []
    checked = set(catalogue.entries("founding_checks")["checks"][document])
    assert checked <= set(frame.index)


@pytest.mark.parametrize(
    ("document", "topic", "relation", "found"),
    [
        ("founding-tukums-2022", "institutions_stated", "agrees", "14 named"),
        ("founding-tukums-2022", "learners_with_consultations", "loaded", "284"),
        ("founding-tukums-2022", "case_study.participants", "agrees", "= 35"),
        ("founding-jekabpils", "funding.total", "consistent", "€39,812,376"),
        ("founding-jekabpils", "institutions_target", "differs", "at least 614"),
        ("founding-jekabpils", "compensations.catering.cap", "loaded", "€70.00"),
        ("founding-jekabpils", "ngo_projects.cap", "agrees", "exactly €4,600"),
        ("founding-gulbene", "target_group.general_grades", "agrees", "grades 1–12"),
        ("founding-gulbene", "term", "differs", "12/2022"),
        ("founding-ikvd-2020-03-31", "plans_by_end_2019", "consistent", "= 32,695"),
        ("founding-ikvd-2020-03-31", "plans_prepared.value", "consistent", "= 13,695"),
        ("founding-ikvd-2020-03-31", "institutions_by_end_2019", "consistent", "507"),
        ("founding-liepaja-6", "periods.1.learners", "agrees", "28"),
        ("founding-liepaja-6", "periods.2.learners_with_catering", "loaded", "30"),
    ],
)
def test_a_fact_is_held_against_what_is_known(figures, document, topic, relation, found):
    frame = measures.founding_facts(figures, document=document).frame.set_index("topic")

    assert frame.loc[topic, "relation"] == relation
    assert found in frame.loc[topic, "found_en"]


def test_a_changed_figure_no_longer_agrees(figures):
    frame = figures.published_figures
    frame["value"] = frame["value"].mask(frame["figure_id"] == "OBS0002", 107)
    tables = dict(figures.tables) | {"published_figures": frame}
    changed = type(figures)(tables, evidence="published")

    after = measures.founding_facts(changed, document="founding-tukums-2022").frame

    assert list(after.loc[after["relation"] == "differs", "topic"]) == ["specialists.count"]
