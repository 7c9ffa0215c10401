"""What a deck, a page or a document can be about: which municipalities and schools there are.

Comes in: a Release. Goes out: names, and what figures are narrowed to for one of them.
"""

from pumpurs_analysis.releases import NotInRelease, Release
from pumpurs_analysis.text import sort_key

_SCHOOLS = ["school", "vocational_school"]


def municipalities(release: Release) -> list[str]:
    """Give the municipalities that a release has figures of.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> municipalities(make_release(published()))[0]
        'Ādažu novads'
    """
    if release.data.evidence == "records":
        return release.values("municipality_today")
    stated = release.data.published_figures["municipality_today"].dropna().unique()
    return sorted(map(str, stated), key=sort_key)


def schools(release: Release) -> dict[str, str]:
    """Give the schools that a release has figures of, each with its municipality.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> schools(make_release(published()))["Silenes pamatskola"]
        'Augšdaugavas novads'
    """
    if release.data.evidence == "records":
        try:
            rows = release.get("participation", by=("municipality_today", "school")).frame
        except (NotInRelease, ValueError):
            return {}
        names, places = rows["school"], rows["municipality_today"]
    else:
        stated = release.data.published_figures
        stated = stated[stated["level"].isin(_SCHOOLS)]
        names, places = stated["entity"], stated["municipality_today"]
    pairs = {str(name): str(place) for name, place in zip(names, places, strict=True)
             if isinstance(name, str) and isinstance(place, str)}  # fmt: skip
    return {name: pairs[name] for name in sorted(pairs, key=sort_key)}


def where_of(release: Release, *, municipality: str = "", school: str = "") -> dict[str, str]:
    """Give what figures are narrowed to; a school is told together with its municipality.

    Example:
        >>> from pumpurs_analysis import published
        >>> from pumpurs_analysis.releases import make_release
        >>> where_of(make_release(published()), school="Silenes pamatskola")
        {'municipality_today': 'Augšdaugavas novads', 'school': 'Silenes pamatskola'}
    """
    place = schools(release)[school] if school else municipality
    where = {"municipality_today": place, "school": school}
    return {name: value for name, value in where.items() if value}
