"""One English word per Latvian term, both ways."""

from collections.abc import Iterator

from pumpurs_analysis import catalogue

GLOSSARY = catalogue.DATA.parent / "docs" / "GLOSSARY.md"


def rows() -> list[list[str]]:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    table = [line.strip("| ").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in table[2:]]


def names_of_codes() -> Iterator[tuple[str, str]]:
    for name, codes in catalogue.entries("codes").items():
        if name in {"support_kind", "specialist_kind", "plan_status", "programme_kind"}:
            for entry in codes.values():
                yield entry["name"]["lv"].casefold(), entry["name"]["en"].casefold()


def test_glossary_is_one_to_one() -> None:
    latvian = [row[0] for row in rows()]
    english = [row[1] for row in rows()]

    assert len(set(latvian)) == len(latvian) > 50
    assert len(set(english)) == len(english)
    assert all(all(row[:2]) and len(row) == 4 for row in rows())


def test_no_other_spelling_is_a_term_of_its_own() -> None:
    latvian = {row[0] for row in rows()}
    others = [word.strip() for row in rows() for word in row[2].split(",") if word.strip()]

    assert len(set(others)) == len(others)
    assert not latvian & set(others)


def test_codes_are_named_as_the_glossary_says() -> None:
    words = {row[0].casefold(): row[1].casefold() for row in rows()}

    for latvian, english in names_of_codes():
        assert words.get(latvian) == english, latvian
