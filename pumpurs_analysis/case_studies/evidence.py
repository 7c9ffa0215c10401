"""What is known of one municipality or school: records where loaded, and published figures.

Every number of a case study is asked for here by name, so that the same name asked of other data
tells whether a sentence still holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from types import MappingProxyType

import pandas as pd

from pumpurs_analysis import catalogue, measures, municipalities, schools
from pumpurs_analysis.dataset import Dataset, published
from pumpurs_analysis.disclosure import Published, protect
from pumpurs_analysis.disclosure.published import Audience
from pumpurs_analysis.releases import NotInRelease, Release, make_release
from pumpurs_analysis.text import Language, nearest, say, sort_key

REFORM, TODAY = date(2021, 7, 1), date(2025, 7, 1)
_NONE: Mapping[str, str] = MappingProxyType({})


class NotFound(LookupError):  # noqa: N818  (it says what is the case)
    """There is no such municipality or school; the message names the nearest ones."""

    def __init__(self, key: str, **words: str) -> None:
        self.key, self.words = key, words
        super().__init__(self.sentence("en"))

    def sentence(self, language: Language) -> str:
        """Say it in one language."""
        return say(self.key, language, **self.words)


@cache
def units_of_reform() -> pd.DataFrame:
    """The 43 municipalities of July 2021, by name."""
    return municipalities.municipalities(REFORM).set_index("name")


def municipality_named(name: str) -> str:
    """Give the municipality of 2021 that a name, former names included, stands for.

    Raises:
        NotFound: No municipality is called so, or its territory went to several.

    Example:
        >>> municipality_named("Kandavas novads"), municipality_named("tukuma nov.")
        ('Tukuma novads', 'Tukuma novads')
    """
    try:
        found = municipalities.municipality_on(name, REFORM)
    except KeyError:
        known = units_of_reform().index
        near = [each for each in [nearest(name, known)] if each] or list(known[:3])
        names = ", ".join(dict.fromkeys([*near, *_beginning(name, known)]))
        raise NotFound("case_study.unknown", name=name, nearest=names) from None
    if isinstance(found, str):
        return found
    raise NotFound("case_study.split", name=name, nearest=", ".join(found))


def _beginning(name: str, known: pd.Index) -> list[str]:
    """Names that begin alike."""
    start = name[:2].casefold()
    return [each for each in known if each.casefold().startswith(start)][:3]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything a case study may say, by name.

    Attributes:
        municipality: Its name since 2021.
        school: One school of it; empty for all.
        records: The user's own deliveries, where there are any.
        audience: ``public``: as released; ``owner``: for the person who may open the records.
    """

    municipality: str
    school: str = ""
    records: Dataset | None = None
    audience: Audience = "public"
    figures: Dataset = field(default_factory=published)
    _asked: dict[str, Published | None] = field(default_factory=dict, repr=False)

    @cached_property
    def release(self) -> Release | None:
        """What may be shown of the records."""
        return None if self.records is None else make_release(self.records, audience=self.audience)

    @cached_property
    def municipalities(self) -> list[str]:
        """Municipalities that the records are about."""
        return [] if self.release is None else self.release.values("municipality_today")

    @property
    def has_records(self) -> bool:
        """Whether there are records of this municipality."""
        return self.municipality in self.municipalities

    @property
    def is_made_up(self) -> bool:
        """Whether the records are invented."""
        return self.records is not None and self.records.is_made_up

    @property
    def scope(self) -> dict[str, str]:
        """What figures of this place are narrowed to; nothing where the records are of it alone."""
        if self.school:
            return {"school": self.school}
        is_alone = self.municipalities == [self.municipality]
        return {} if is_alone else {"municipality_today": self.municipality}

    def ask(
        self, measure: str, *by: str, everywhere: bool = False, **choices: str
    ) -> Published | None:
        """Give a measure of this place as it may be shown; None where it may not or there is none.

        Args:
            measure: Name of a measure of records.
            *by: What its rows are told apart by.
            everywhere: Of all the records instead.
            **choices: What else it is asked for.
        """
        scope = _NONE if everywhere else self.scope
        key = f"{measure} {by} {scope} {choices}"
        if key not in self._asked:
            self._asked[key] = self._of_release(measure, by, {**scope}, **choices)
        return self._asked[key]

    def _of_release(
        self, measure: str, by: tuple[str, ...], scope: dict[str, str], **choices: str
    ) -> Published | None:
        if self.release is None or not self.has_records:
            return None
        scopes = [scope]
        if self.school and scope:  # the public release tells schools together with their place
            scopes.append({"municipality_today": self.municipality, **scope})
        for where in scopes:
            try:
                found = self.release.get(measure, by=by, where=where, **choices)
            except (NotInRelease, ValueError, KeyError):
                continue
            if len(found.frame):
                return found
        return None

    @cached_property
    def stated(self) -> Published:
        """Everything that public pages state of this place."""
        rows = measures.published_figures(self.figures, municipality=self.municipality)
        if self.school:
            rows = rows.where(rows.frame["entity"] == self.school)
        return protect(rows)

    @cached_property
    def national(self) -> pd.DataFrame:
        """Plans of the whole programme that pages state for a school year."""
        rows = self.figures.published_figures
        is_wanted = (rows["level"] == "national") & (rows["measure"] == "plans")
        is_wanted &= rows["school_year"].notna() & rows["semester"].isna()
        is_wanted &= rows["dimension"].isna() & (rows["qualifier"] == "exact")
        return rows[is_wanted].drop_duplicates(["school_year", "value"]).sort_values("school_year")

    @cached_property
    def schools(self) -> list[str]:
        """Institutions of the municipality in the register; of successors the newest only."""
        rows = schools.register()
        is_here = (rows["municipality_today"] == self.municipality) & (rows["successor_id"] == "")
        return sorted(rows.loc[is_here, "name"], key=sort_key)

    def enrolment(self) -> pd.DataFrame:
        """What sources say of learners enrolled here: unit, school_year, value, source, note."""
        rows = _enrolment()
        is_here = rows["unit"].isin([self.school] if self.school else [self.municipality])
        if not self.school:
            is_here |= rows["unit"].isin(self.schools)
        return rows[is_here]


@cache
def _enrolment() -> pd.DataFrame:
    file = catalogue.DATA / "reference" / "enrolment.csv"
    frame = pd.read_csv(file, dtype={"value": float}, keep_default_na=False, encoding="utf-8")
    names = {unit: schools.match_school(unit).name for unit in frame["unit"].unique()}
    return frame.assign(unit=[names[unit] or unit for unit in frame["unit"]])
