"""What was decided, as data: fields, codes, forms, rules, sources and words, in YAML files here.

Nothing here is computed. Whoever can edit a spreadsheet can mend the catalogue; JSON schemas in
``schemas/`` and the tests in ``tests/contracts`` say when it is whole.
"""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
DATA = FOLDER.parents[1] / "data"

# The C loader reads the catalogue about ten times faster; the pure one serves where it is missing.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_Loader) or {}  # noqa: S506  (a safe loader, see above)


@cache
def entries(name: str) -> "Mapping[str, Any]":
    """Give the entries of one catalogue file, or of a folder of files merged.

    Args:
        name: File name without ending (``"rules"``) or a folder (``"texts"``).

    Returns:
        A read-only mapping; parsed once per process.

    Raises:
        KeyError: The same entry stands in two files of a folder.

    Example:
        >>> entries("rules")["transport_cap_eur"]["unit"]
        'EUR'
    """
    folder = FOLDER / name
    if not folder.is_dir():
        return MappingProxyType(_read(folder.with_suffix(".yaml")))
    merged: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        for key, entry in _read(path).items():
            if key in merged:
                raise KeyError(f"{key} stands twice in {name}/, the second time in {path.name}")
            merged[key] = entry
    return MappingProxyType(merged)
