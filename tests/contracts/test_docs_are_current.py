"""The generated pages say what the catalogue says today."""

import pytest

from pumpurs_analysis.docs import FOLDER, pages


@pytest.mark.parametrize("name", ["dictionary.md", "errors.md", "rules.md"])
def test_page_is_what_the_catalogue_would_write(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")

    assert committed == pages()[name], f"docs/{name} is behind the catalogue: run `make docs`"
