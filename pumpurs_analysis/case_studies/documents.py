"""Documents of a case study: HTML and DOCX, and the check whether they still hold."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from pumpurs_analysis.case_studies.claims import Sentence, kept, stale_claims
from pumpurs_analysis.case_studies.evidence import Evidence
from pumpurs_analysis.case_studies.layout import STYLE, head_html, section_html
from pumpurs_analysis.case_studies.notebook import Asked, executed
from pumpurs_analysis.case_studies.story import Story, evidence_of
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.storage import replacing
from pumpurs_analysis.text import Language, fold, say

_CLAIMS = re.compile(r'<script type="application/json" id="claims">(.*?)</script>', re.DOTALL)
_BODY = "<main>"


@dataclass(frozen=True)
class Kept:
    """What a document says of its own sentences."""

    about: dict[str, str]
    sentences: list[Sentence]


def stem(asked: Asked) -> str:
    """Name the files of a case study.

    Raises:
        NotFound: No such municipality or school.

    Example:
        >>> stem(Asked("Rēzeknes novads"))
        'case-study-rezeknes-novads'
    """
    return _stem(evidence_of(None, asked.municipality, school=asked.school))


def stem_of(story: Story) -> str:
    """Name the files of a story.

    Example:
        >>> from pumpurs_analysis.case_studies.story import story
        >>> stem_of(story(None, "Liepāja"))
        'case-study-liepaja'
    """
    return _stem(story.evidence)


def _stem(evidence: Evidence) -> str:
    name = fold(evidence.school or evidence.municipality)
    return "case-study-" + re.sub(r"[^a-z0-9]+", "-", name).strip("-")


def write(asked: Asked, folder: Path) -> list[Path]:
    """Execute the template notebook and write what it shows as HTML, and the same as DOCX.

    Raises:
        NotFound: No such municipality or school.
    """
    from pumpurs_analysis.case_studies.word_document import docx_of  # noqa: PLC0415  (seconds that reading need not wait for)

    story = asked.story()  # a name not known is said before a notebook starts
    page = page_of(story, executed(asked), asked.language)
    files = {".html": page.encode("utf-8"), ".docx": docx_of(story, asked.language)}
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{stem(asked)}{ending}" for ending in files]
    for path, content in zip(paths, files.values(), strict=True):
        with replacing(path) as out:
            out.write(content)
    return paths


def page_of(story: Story, parts: Iterable[str], language: Language) -> str:
    """Make one file of what the notebook's cells show; its sentences' figures go with it."""
    claims = kept(story.sentences, **story.about, language=language).replace("</", "<\\/")
    body = "\n".join(parts)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(story.title(language))}</title><style>{STYLE}</style></head><body>{_BODY}"
        f'{body}</main><script type="application/json" id="claims">{claims}</script></body></html>'
    )


def parts_of(story: Story, language: Language) -> list[str]:
    """Give what the template notebook's cells show of a story, without executing it."""
    sections = [section_html(story, each, language).html for each in story.sections]
    return [head_html(story, language).html, *sections]


def read_kept(document: Path | str) -> Kept:
    """Read the sentences of a document written before.

    Raises:
        ValueError: It is no case study of ours.
    """
    text = document.read_text("utf-8") if isinstance(document, Path) else document
    found = _CLAIMS.search(text)
    if not found:
        raise ValueError("This is no case study that keeps its figures")
    read: dict[str, Any] = json.loads(found[1])
    return Kept(read["about"], [Sentence.of_json(each) for each in read["sentences"]])


def stale(
    document: Story | Path | str, dataset: Dataset | None, *, language: Language = "lv"
) -> pd.DataFrame:
    """List the figures of a document that the data say differently now.

    One row per: figure that changed.

    Columns:
        sentence: Place of the sentence in the document, from 0.
        text: The sentence as it was written.
        figure: Place of the figure in it.
        measure, unit, period: What it is.
        old_value, new_value: As written and as the data have it now: a number, hidden or unknown.
        old, new: The same as people read them.

    Args:
        document: A story, or the path or text of an HTML document.
        dataset: The data as they are now; None for published figures alone.
        language: Of the sentences.
    """
    if isinstance(document, Story):
        about, sentences = document.about, document.sentences
    else:
        read = read_kept(document)
        about, sentences = read.about, read.sentences
    audience = "owner" if about["audience"] == "owner" else "public"
    evidence = evidence_of(
        dataset, about["municipality"], school=about["school"], audience=audience  # type: ignore[arg-type]
    )  # fmt: skip
    return stale_claims(sentences, evidence, language=language)


def check(page: Path, dataset: Dataset | None) -> pd.DataFrame:
    """List what is stale in a document; where anything is, mark it and its DOCX as a draft.

    Raises:
        ValueError: It is no case study of ours.
    """
    from pumpurs_analysis.case_studies.word_document import marked_draft  # noqa: PLC0415  (as above)

    text = page.read_text("utf-8")
    language: Language = "en" if read_kept(text).about["language"] == "en" else "lv"
    found = stale(text, dataset, language=language)
    if found.empty:
        return found
    warning = say("case_study.stale.draft", language, figures=len(found))
    lines = [
        say(
            "case_study.stale.row", language, **{name: row[name] for name in ("text", "old", "new")}
        )
        for row in found.to_dict("records")
    ]
    with replacing(page) as out:
        out.write(_draft(text, [warning, *lines], set(found["sentence"])).encode("utf-8"))
    beside = page.with_suffix(".docx")
    if beside.exists():
        content = marked_draft(beside.read_bytes(), warning, lines)
        with replacing(beside) as out:
            out.write(content)
    return found


def _draft(text: str, lines: list[str], numbers: set[int]) -> str:
    """Put the warning on top and a mark on each stale sentence; an older warning goes."""
    text = re.sub(r'<div class="draft">.*?</div>', "", text, flags=re.DOTALL)
    text = text.replace('<p class="stale" data-sentence', "<p data-sentence")
    for number in numbers:
        text = text.replace(
            f'<p data-sentence="{number}">', f'<p class="stale" data-sentence="{number}">'
        )
    listed = "".join(f"<p>{escape(line)}</p>" for line in lines[1:])
    box = f'<div class="draft"><p><strong>{escape(lines[0])}</strong></p>{listed}</div>'
    return text.replace(_BODY, _BODY + box, 1)
