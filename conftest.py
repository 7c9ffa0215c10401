"""What tests and examples in docstrings have in common."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys and the last workspace of the person who runs the tests are left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUMPURS_CONFIG", str(tmp_path_factory.mktemp("config")))
        yield
