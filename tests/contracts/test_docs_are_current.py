"""The generated pages say what the catalogue says today."""

import re
from pathlib import Path

import pytest

from pumpurs_analysis.docs import FOLDER, pages


@pytest.mark.parametrize("name", ["dictionary.md", "errors.md", "rules.md"])
def test_page_is_what_the_catalogue_would_write(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")

    assert committed == pages()[name], f"docs/{name} is behind the catalogue: run `make docs`"


def test_tests_that_the_record_of_protection_names_exist() -> None:
    record = (FOLDER / "decisions" / "0008-linked-protection.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", record))
    files = Path(__file__).parents[1].rglob("test_*.py")
    there = {
        name for file in files for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    }

    assert len(named) > 20
    assert named <= there
