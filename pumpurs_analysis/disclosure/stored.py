"""A release kept as a file, so that it is made once and opened in milliseconds.

Comes in: Published. Goes out: the same again. Hidden numbers are not in the file: it holds what may
be shown and nothing else, as one ZIP of Parquet frames and their words.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from pumpurs_analysis import storage
from pumpurs_analysis.disclosure.published import DOOR, Published
from pumpurs_analysis.measures.result import Result, Source

_WORDS = "release.json"
_TEXT = ("name", "unit", "one_row_per", "evidence", "value")
_LISTS = ("notes", "dimensions", "counts", "money", "derived", "additive")
_MAPPINGS = ("instead", "choices")


def write(shown: Mapping[str, Published], file: Path) -> None:
    """Keep the figures of a public release by their names; the file appears whole or not at all.

    Raises:
        ValueError: Something in it is of the owner's audience: that is never kept.
    """
    if any(each.audience != "public" for each in shown.values()):
        raise ValueError("only what everybody may see is kept")
    with storage.replacing(file, private=True) as out, zipfile.ZipFile(out, "w") as archive:
        words = {name: _words(each) for name, each in shown.items()}
        archive.writestr(_WORDS, json.dumps(words, ensure_ascii=False))
        for place, each in enumerate(shown.values()):
            archive.writestr(f"{place}.frame", _parquet(each.result.frame))
            archive.writestr(f"{place}.hidden", _parquet(each.hidden))


def read(file: Path) -> dict[str, Published]:
    """Open a release that was kept.

    Raises:
        ValueError: The file is no release, or damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            words = json.loads(archive.read(_WORDS))
            return {
                name: _published(
                    told, _frame(archive, f"{at}.frame"), _frame(archive, f"{at}.hidden")
                )
                for at, (name, told) in enumerate(words.items())
            }
    except (zipfile.BadZipFile, KeyError, EOFError, OSError) as fault:
        raise ValueError(f"{file.name} is no release, or it is damaged") from fault


def _words(shown: Published) -> dict[str, Any]:
    result = shown.result
    told: dict[str, Any] = {name: getattr(result, name) for name in (*_TEXT, *_LISTS)}
    told |= {name: dict(getattr(result, name)) for name in _MAPPINGS}
    told["additive_over"] = sorted(result.additive_over)
    told["is_made_up"] = result.is_made_up
    told["sources"] = [
        [getattr(source, each.name) for each in fields(Source)] for source in result.sources
    ]
    return told | {"hidden_count": shown.hidden_count, "threshold": shown.threshold}


def _published(told: dict[str, Any], frame: pd.DataFrame, hidden: pd.DataFrame) -> Published:
    rest: dict[str, Any] = {name: told[name] for name in _TEXT}
    rest |= {name: tuple(told[name]) for name in _LISTS}
    rest |= {name: MappingProxyType(told[name]) for name in _MAPPINGS}
    result = Result(
        frame=frame,
        additive_over=frozenset(told["additive_over"]),
        is_made_up=told["is_made_up"],
        sources=tuple(Source(*source) for source in told["sources"]),
        **rest,
    )
    return Published(result, told["hidden_count"], told["threshold"], door=DOOR, hidden=hidden)


def _parquet(frame: pd.DataFrame) -> bytes:
    out = BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def _frame(archive: zipfile.ZipFile, name: str) -> pd.DataFrame:
    return pd.read_parquet(BytesIO(archive.read(name)))
