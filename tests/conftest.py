"""What tests are given."""

import pytest

from pumpurs_analysis.dataset import Dataset, published


@pytest.fixture(scope="session")
def figures() -> Dataset:
    return published()
