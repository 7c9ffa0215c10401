"""The story of a municipality or school, section by section, from one function.

Notebook, HTML and DOCX only lay it out: every number stands here, bound to the cell it came from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pumpurs_analysis.case_studies import sections
from pumpurs_analysis.case_studies.claims import Sentence
from pumpurs_analysis.case_studies.evidence import Evidence, NotFound, municipality_named
from pumpurs_analysis.case_studies.joint import Display
from pumpurs_analysis.case_studies.sections import Exhibit, Item
from pumpurs_analysis.dataset import Dataset, published
from pumpurs_analysis.disclosure.published import Audience
from pumpurs_analysis.interviews import Interviews
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.schools import match_school
from pumpurs_analysis.text import Language, nearest, say

Basis = Literal["published", "records", "register", "interviews", "both"]


@dataclass(frozen=True)
class Section:
    """One part of a case study.

    Attributes:
        name: Its key.
        basis: Which evidence it rests on.
        items: Sentences, exhibits and joint displays in order.
    """

    name: str
    basis: Basis
    items: tuple[Item, ...]

    def title(self, language: Language) -> str:
        """Give its heading."""
        return say(f"case_study.section.{self.name}", language)


@dataclass(frozen=True)
class Story:
    """A case study: sections whose sentences know where their figures are from.

    Attributes:
        evidence: What it was written from.
        sections: Its parts in order.
    """

    evidence: Evidence
    sections: tuple[Section, ...]

    def section(self, name: str) -> Section:
        """Give one part.

        Raises:
            KeyError: There is no such part.
        """
        for each in self.sections:
            if each.name == name:
                return each
        raise KeyError(f"No section {name}; there are {[each.name for each in self.sections]}")

    @property
    def sentences(self) -> list[Sentence]:
        """All sentences in order."""
        return [item for each in self.sections for item in each.items if isinstance(item, Sentence)]

    @property
    def about(self) -> dict[str, str]:
        """What it is about, to ask the same again."""
        return {
            "municipality": self.evidence.municipality,
            "school": self.evidence.school,
            "audience": self.evidence.audience,
        }

    def title(self, language: Language) -> str:
        """Name it."""
        place = self.evidence.school or self.evidence.municipality
        return say("case_study.title", language, place=place)

    def marks(self, language: Language) -> list[str]:
        """What must stand above it: which evidence, made up, internal; and how much is hidden."""
        evidence = self.evidence
        lead = "records" if evidence.has_records else "published"
        marks = [say(f"case_study.lead.{lead}", language)]
        if evidence.is_made_up and evidence.has_records:
            marks.insert(0, say("made_up", language))
        if evidence.audience == "owner":
            marks.insert(0, say("disclosure.internal", language))
        items = (item for each in self.sections for item in each.items)
        shown = [item.shown for item in items if isinstance(item, Exhibit)]
        return [*marks, f"{hidden_of(shown, language)}."]


_BASIS: dict[str, Basis] = {
    "setting": "register",
    "stated": "published",
    "participation": "records",
    "risks": "records",
    "support": "records",
    "costs": "records",
    "gaps": "records",
    "comparison": "both",
    "readings": "both",
    "interviews": "interviews",
    "unknown": "both",
}
_OF_RECORDS = ("participation", "risks", "support", "costs", "gaps", "readings")


def story(
    dataset: Dataset | None,
    municipality: str,
    *,
    school: str = "",
    interviews: Interviews | None = None,
    audience: Audience = "public",
) -> Story:
    """Tell what is known of a municipality or school.

    Args:
        dataset: Records; published figures, or None, where there are no records.
        municipality: Any spelling, former names included.
        school: One school of it.
        interviews: What ``read_interviews`` gave.
        audience: ``public``, or ``owner`` for the person who may open the records.

    Returns:
        Its sections: setting, stated, comparison and unknown; where there are records also
        participation, risks, support, costs, gaps and readings; interviews where given.

    Raises:
        NotFound: No such municipality or school; the message names the nearest ones.

    Example:
        >>> told = story(None, "Tukuma novads")
        >>> [each.name for each in told.sections][:3], len(told.sentences) > 10
        (['setting', 'stated', 'comparison'], True)
    """
    evidence = evidence_of(dataset, municipality, school=school, audience=audience)
    left_out = {"interviews", *(() if evidence.has_records else _OF_RECORDS)}
    names = [name for name in _BASIS if name not in left_out]
    made = {name: tuple(getattr(sections, name)(evidence)) for name in names}
    if interviews is not None:
        made["interviews"] = tuple(_spoken(evidence, interviews))
    return Story(
        evidence,
        tuple(
            Section(name, _basis(evidence, basis), made[name])
            for name, basis in _BASIS.items()
            if name in made
        ),
    )


def _basis(evidence: Evidence, basis: Basis) -> Basis:
    return "published" if basis == "both" and not evidence.has_records else basis


def evidence_of(
    dataset: Dataset | None, municipality: str, *, school: str = "", audience: Audience = "public"
) -> Evidence:
    """Gather what is known of a place; nothing is computed yet.

    Raises:
        NotFound: No such municipality or school; the message names the nearest ones.
    """
    name = municipality_named(municipality)
    is_records = dataset is not None and dataset.evidence == "records"
    figures = dataset if dataset is not None and not is_records else published()
    whole = Evidence(name, records=dataset if is_records else None, figures=figures)
    if not school:
        return Evidence(name, records=whole.records, audience=audience, figures=figures)
    known = whole.schools
    found = match_school(school, municipality=name)
    if found.name not in known:
        near = nearest(school, known) or ", ".join(known[:3])
        raise NotFound("case_study.unknown_school", name=school, place=name, nearest=near)
    return Evidence(name, found.name or "", whole.records, audience, figures)


def _spoken(evidence: Evidence, interviews: Interviews) -> Iterator[Item]:
    yield Display(
        interviews,
        evidence.ask("risk_mix"),
        evidence.ask("support_uptake"),
    )


__all__ = ["Exhibit", "Section", "Story", "evidence_of", "story"]
