"""What tests look for in pages and files, and what nothing they are made of may be asked."""

import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pandas as pd

import pumpurs_analysis as pa
from pumpurs_analysis.disclosure.published import BEHIND
from pumpurs_analysis.export import contents

PEOPLE = r"[^\"]{0,40}(?<![\d.,–])(?<!\d\s)\b[1-4]\s(?:izglītojam|plān|learner|plan)\w*[^\"]{0,9}"
PLANTED = ("Zvaigznīte Izdomātā", "000000-00000", "+371 00000000")


class Closed(Mapping):
    """Records that cannot be read: whatever is written without them holds shown numbers only."""

    def __getitem__(self, name):
        if name != "inputs":  # hashes of delivered files, for the recipes
            raise AssertionError(f"an output reads the records: {name}")
        files = [f"{words}.xlsx" for words in PLANTED]
        return pd.DataFrame({"file": files, "sha256": ["0" * 64] * len(files)})

    def __iter__(self):
        return iter(["inputs"])

    def __len__(self):
        return 1


class Sealed:
    """What protect hid: whatever is asked of it, somebody asks who must not."""

    def __getattr__(self, name):
        raise AssertionError(f"an output asks for what was hidden: {name}")


def closed(release):
    """Give a release that knows what it shows and nothing else.

    Neither the records nor what protect hid can be read: what is made of it holds shown numbers
    only, in whatever form, and what is computed from them.
    """
    figures = {key: replace(shown) for key, shown in release.figures.items()}
    BEHIND.update((shown, Sealed()) for shown in figures.values())
    return replace(release, data=replace(release.data, tables=Closed()), figures=figures)


def insides(content):
    """Everything in a file, also in the files inside it: slides, notes, embedded workbooks."""
    if not content.startswith(b"PK"):
        yield content
        return
    with ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            yield from insides(package.read(name))


def hidden_sums(release, records):
    """Every hidden sum, in cents and in whole euros, that is not shown elsewhere: as digits."""
    owner = pa.make_release(records, audience="owner")
    hidden, shown = set(), set()
    for _, figure in contents.figures(release, {}):
        result = figure.result
        choices = {k: v for k, v in result.choices.items() if k in {"details", "level"} and v}
        by = [part for part in result.choices.get("by", "").split(", ") if part]
        whole = owner.get(result.name, by=by, **choices).frame
        for column in set(result.money) & set(figure.hidden):
            hidden |= {int(cents) for cents in whole[column][figure.hidden[column]].dropna()}
            shown |= {int(cents) for cents in figure.frame[column].dropna()}
    left = hidden - shown
    written = {str(cents) for cents in left} | {str(round(cents / 100)) for cents in left}
    return {each for each in written if len(each) >= 5}  # so many digits stand nowhere by chance


def numbers_in(text):
    """Every number, without the marks between its digits, in whatever language it is written."""
    return set(
        re.findall(r"\d+", re.sub(r"(?<=\d)(?:[\s,.]|&nbsp;|\\u[0-9a-f]{4})(?=\d)", "", text))
    )
