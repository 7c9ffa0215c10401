"""Sentences whose figures know where they come from, and whether they still hold.

Comes in: a figure's name (measure, grouping, filters, column) and Evidence. Goes out: its value as
it may be shown. The same name asked of changed data tells which sentences are stale.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pumpurs_analysis import text
from pumpurs_analysis.case_studies.evidence import Evidence
from pumpurs_analysis.schema import code_names, is_missing
from pumpurs_analysis.text import Language, say

HIDDEN, UNKNOWN = "hidden", "unknown"


@dataclass(frozen=True)
class Figure:
    """One figure in a sentence, bound to the cell it came from.

    Attributes:
        measure: Name of the measure; ``published_figures``, ``schools`` or ``enrolment`` of what is
            public already.
        column: Column of its table.
        by: What the measure was asked by.
        where: Column = code: the row.
        unit: What is counted: learner, plan, money, share...
        period: Semester, school year or words of the page; empty for all of the data.
        everywhere: Of all the records, not of this place.
        choices: What else the measure was asked for.
    """

    measure: str
    column: str
    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    period: str = ""
    everywhere: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    def value(self, evidence: Evidence) -> float | str:
        """Give the figure as it stands in the data: a number, ``hidden`` or ``unknown``."""
        if self.measure == "schools":
            return float(len(evidence.schools))
        if self.measure == "enrolment":
            return _cell(evidence.enrolment(), self.where, self.column)
        if self.measure == "published_figures":
            return _cell(evidence.figures.published_figures, self.where, self.column)
        shown = evidence.ask(self.measure, *self.by, everywhere=self.everywhere, **self.choices)
        return UNKNOWN if shown is None else _cell(shown.frame, self.where, self.column)


def _cell(frame: pd.DataFrame, where: Mapping[str, str], column: str) -> float | str:
    is_wanted = np.ones(len(frame), dtype=bool)
    for name, code in where.items():
        is_wanted &= (frame[name] == code).fillna(value=False).to_numpy(dtype=bool)
    if is_wanted.sum() != 1:
        return UNKNOWN
    value = frame[column].array[int(is_wanted.argmax())]
    if is_missing(value):
        is_hidden = "is_hidden" in frame and bool(frame["is_hidden"].to_numpy()[is_wanted][0])
        return HIDDEN if is_hidden else UNKNOWN
    return float(value)


@dataclass(frozen=True)
class Claim:
    """A figure with the value it had when the sentence was written."""

    figure: Figure
    value: float | str

    def words(self, language: Language) -> str:
        """Write the value as people read it."""
        return written(self.value, self.figure.unit, language)


def written(value: float | str, unit: str, language: Language) -> str:
    r"""Write a value, hidden or not known included.

    Example:
        >>> written(1234.0, "learner", "lv"), written(HIDDEN, "plan", "en")
        ('1\xa0234', 'hidden')
    """
    if isinstance(value, str):
        return say(f"case_study.value.{value}", language)
    if unit == "money":
        return text.money(round(value), language)
    if unit == "share":
        return text.percent(value, language)
    return text.number(value, language, 0 if value.is_integer() else 2)


@dataclass(frozen=True)
class Sentence:
    """A sentence of the catalogue with its figures and other words.

    Attributes:
        key: Entry of the catalogue's texts.
        claims: Figures by their place in the text.
        words: Other words by place: what kind they are and their code.
        source: Publisher of a published figure, and its address.
    """

    key: str
    claims: Mapping[str, Claim] = field(default_factory=dict)
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    source: tuple[str, str] = ("", "")

    def text(self, language: Language) -> str:
        """Write it in one language."""
        figures = {name: claim.words(language) for name, claim in self.claims.items()}
        words = {name: _word(kind, code, language) for name, (kind, code) in self.words.items()}
        said = say(self.key, language, **figures, **words)
        return said[:1].upper() + said[1:]

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values, to be kept with a document."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Sentence":
        """Read what ``as_json`` gave."""
        claims = {
            name: Claim(Figure(**{**each["figure"], "by": tuple(each["figure"]["by"])}),
                        each["value"])
            for name, each in kept["claims"].items()
        }  # fmt: skip
        words = {name: (kind, code) for name, (kind, code) in kept["words"].items()}
        return cls(kept["key"], claims, words, (kept["source"][0], kept["source"][1]))


_WRITERS: Mapping[str, Callable[[str, Language], str]] = {
    "text": lambda code, _: code,
    "quote": lambda code, language: say("case_study.quote", language, words=code),
    "semester": text.semester,
    "school_year": text.school_year,
    "say": say,
    "reasons": lambda code, language: ", ".join(
        say(f"case_study.reason.{each}", language) for each in code.split(";")
    ),
}


def _word(kind: str, code: str, language: Language) -> str:
    if kind in _WRITERS:
        return _WRITERS[kind](code, language)
    name = code_names(kind, language, [code])[code]
    return name[:1].lower() + name[1:] if kind == "published_measure" else name


def sentence(
    evidence: Evidence,
    key: str,
    figures: Mapping[str, Figure],
    *,
    source: tuple[str, str] = ("", ""),
    **words: tuple[str, str],
) -> Sentence:
    """Write a sentence with the values its figures have now."""
    claims = {name: Claim(figure, figure.value(evidence)) for name, figure in figures.items()}
    return Sentence(f"case_study.{key}", claims, words, source)


def stale_claims(
    sentences: Iterable[Sentence], evidence: Evidence, *, language: Language = "lv"
) -> pd.DataFrame:
    """List the figures of sentences that the data say differently now.

    One row per: figure that changed.

    Columns:
        sentence: Place of the sentence in the document, from 0.
        text: The sentence as it was written.
        figure: Place of the figure in it.
        measure, unit, period: What it is.
        old_value, new_value: As written and as the data have it now: a number, hidden or unknown.
        old, new: The same as people read them.
    """
    columns = ["sentence", "text", "figure", "measure", "unit", "period", "old_value", "new_value",
               "old", "new"]  # fmt: skip
    rows = []
    for place, each in enumerate(sentences):
        for name, claim in each.claims.items():
            now = claim.figure.value(evidence)
            if now != claim.value:
                figure = claim.figure
                rows.append((place, each.text(language), name, figure.measure, figure.unit,
                             figure.period, claim.value, now, claim.words(language),
                             written(now, figure.unit, language)))  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def kept(sentences: Iterable[Sentence], **about: str) -> str:
    """Write sentences and what they are about as JSON."""
    return json.dumps(
        {"about": about, "sentences": [each.as_json() for each in sentences]}, ensure_ascii=False
    )
