"""What every file of a release holds: its figures, headline numbers and recipes.

Comes in: a Release and what it is narrowed to. Goes out: the same figures and numbers for slides,
page, workbook and open data.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.charts.caps import group_name
from pumpurs_analysis.disclosure import NotReleasable, Published, protect
from pumpurs_analysis.export import drawings
from pumpurs_analysis.releases import NotInRelease, Release, recipes
from pumpurs_analysis.text import Language, say, school_year, short_date

Where = Mapping[str, str]


class NotShown(LookupError):  # noqa: N818  (it says what is the case)
    """A figure that cannot be shown.

    Attributes:
        reason: Ending of the text ``slides.left_out...`` that says why.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Headline:
    """One headline number.

    Attributes:
        key: Its name in ``catalogue/decks.yaml``.
        value: As in the figure (money in cents, shares 0 to 1); None where hidden or not known.
        state: ``shown``, ``hidden`` or ``missing``.
        unit: How it is written.
        recipe: Id of the figure's recipe.
    """

    key: str
    value: float | None
    state: str
    unit: drawings.Unit
    recipe: str

    def label(self, language: Language) -> str:
        """Say what is counted."""
        return say(f"headline.{self.key}", language)

    def text(self, language: Language) -> str:
        """Write the number, or why there is none."""
        if self.value is None:
            return say(f"headline.{self.state}", language)
        return drawings.written(self.value, self.unit, language)


def figure(release: Release, measure: str, by: Sequence[str] = (), *, where: Where) -> Published:
    """Get a figure, narrowed as the files are.

    Raises:
        NotShown: The release does not hold it, it has no rows, or the data do not answer it.
    """
    asked = where
    where, choices = _narrowed(release, measure, where)
    try:
        shown = release.get(
            measure, by=[name for name in by if name not in where], where=where, **choices
        )
    except (NotInRelease, NotReleasable):
        raise NotShown("not_in_release") from None
    except (ValueError, KeyError, TypeError):
        raise NotShown("cannot") from None
    if release.data.evidence == "published" and "school" in asked:
        shown = _of_school(shown, asked["school"])
    if shown.frame.empty:
        raise NotShown("no_rows")
    return shown


def _of_school(shown: Published, school: str) -> Published:
    """Keep of stated figures those of one school; they are public already."""
    result = shown.result
    choices = {**result.choices, "only.school": school}
    is_of_it = result.frame["entity"].eq(school).fillna(value=False)
    return protect(replace(result.where(is_of_it), choices=choices))


def _narrowed(release: Release, measure: str, where: Where) -> tuple[Where, dict[str, str]]:
    """Published figures are asked for a place, records are narrowed to it."""
    if release.data.evidence == "records" or not where:
        return where, {}
    if measure == "published_figures":
        return {}, {"municipality": where["municipality_today"]}
    raise NotShown("cannot")


def figures(release: Release, where: Where) -> Iterator[tuple[str, Published]]:
    """Give each figure that the files hold, with a name for its sheet and file."""
    names: set[str] = set()
    for card in catalogue.entries("decks")["page"][release.data.evidence]:
        by = [name for name in card["by"] if name not in where]
        name = "_by_".join([card["measure"], "_".join(by)]) if by else card["measure"]
        if name in names:
            continue
        try:
            shown = figure(release, card["measure"], by, where=where)
        except NotShown:
            continue
        names.add(name)
        yield name, shown


def headlines(release: Release, where: Where) -> list[Headline]:
    """Give the headline numbers of a release; those it does not hold are left out.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> first = headlines(make_release(published()), {})[0]
        >>> first.key, first.value
        ('plans_2017', 6834.0)
    """
    found = []
    for key, entry in catalogue.entries("decks")["headlines"][release.data.evidence].items():
        if entry.get("unless") in where:  # of one school, how many schools is no question
            continue
        try:
            shown = figure(release, entry["measure"], entry["by"], where=where)
        except NotShown:
            continue
        frame = shown.frame
        for column, code in entry.get("rows", {}).items():
            frame = frame[frame[column].eq(code).fillna(value=False)]
        if len(frame) != 1 or entry["column"] not in frame:
            continue
        row = frame.iloc[0]
        is_missing = schema.is_missing(row[entry["column"]])
        state = ("hidden" if row.get("is_hidden", False) else "missing") if is_missing else "shown"
        value = None if is_missing else float(row[entry["column"]])
        found.append(Headline(key, value, state, entry["as"], recipe_id(release, shown)))
    return found


def recipe_of(release: Release, shown: Published) -> dict[str, Any]:
    """Give a figure's recipe as plain values, fit to be published: files without their names."""
    recipe = asdict(release.recipe(shown))
    given = {"by": list(recipe["by"]), "choices": dict(recipe["choices"])}
    versions = [dict(each) for each in recipe["rule_versions"]]
    return {**recipe, **given, "rule_versions": versions, "inputs": inputs(release)}


def inputs(release: Release) -> dict[str, str]:
    """Give the seal of each delivered file by the seal of its name: a name may be a person's."""
    known = recipes.inputs_of(release.data)
    return dict(sorted((sealed, known[name]) for sealed, name in names(release).items()))


def names(release: Release) -> dict[str, str]:
    """Give the name of each delivered file by its seal, for who may know names."""
    return {release.data.seal(name): name for name in recipes.inputs_of(release.data)}


def recipe_id(release: Release, shown: Published) -> str:
    """Name a figure's recipe in eight letters, to stand under the figure.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> release = make_release(published())
        >>> len(recipe_id(release, release.get("risk_mix")))
        8
    """
    text = json.dumps(recipe_of(release, shown), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def period(release: Release, language: Language) -> str:
    """Say which school years the records are about; of published figures what they are."""
    if release.data.evidence == "published":
        return say("slides.about_published", language)
    years = [year for year in release.values("school_year") if year]
    if not years:
        return ""
    first, last = (school_year(year, language) for year in (years[0], years[-1]))
    key = "slides.about_period" if len(years) > 1 else "slides.about_year"
    return say(key, language, first=first, **({"last": last} if len(years) > 1 else {}))


def marks(release: Release, language: Language, *, is_final: bool) -> list[str]:
    """Say what must stand on every output: draft or final, made-up data, internal."""
    words = [say("slides.final" if is_final else "slides.draft", language)]
    if release.data.is_made_up:
        words.append(say("slides.made_up", language))
    return words


def extracted(release: Release, language: Language) -> str:
    """Say when the data were taken from their system; nothing where nobody said."""
    day = recipes.extracted_on(release.data)
    if not day:
        return ""
    return say("slides.extracted", language, day=short_date(date.fromisoformat(day), language))


def about(where: Where, language: Language) -> str:
    """Name what the files are narrowed to; nothing where they show everything."""
    return group_name(dict(where.items()), list(where), language) if where else ""
