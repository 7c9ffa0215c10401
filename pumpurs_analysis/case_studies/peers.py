"""Municipalities that one may fairly be held beside, and why."""

from collections.abc import Collection

from pumpurs_analysis import schools
from pumpurs_analysis.case_studies.evidence import units_of_reform

_NEAR, _WIDER = 2.0, 4.0  # how many times more or fewer institutions the register may hold
_ENOUGH, _MOST = 3, 6


def municipality_peers(name: str, *, among: Collection[str] = ()) -> tuple[list[str], str]:
    """Give municipalities of the same kind, of like size and near by, and what makes them peers.

    The size known of every municipality is how many institutions our register holds. Where fewer
    than three are alike in all, the region may differ, then the size; the reasons say what is left.

    Args:
        name: The municipality.
        among: Only these, such as those of which there are records; all where left out.

    Returns:
        Names in Latvian order, six at most (nearest in size), and codes of the reasons joined by
        ``;``: same_kind, like_size, wider_size, same_region.

    Example:
        >>> names, reasons = municipality_peers("Tukuma novads")
        >>> reasons, "Rīga" in names
        ('same_kind;wider_size', False)
    """
    units = units_of_reform()
    sizes = schools.register()["municipality_today"].value_counts()
    own = max(1, int(sizes.get(name, 0)))
    ratios = {each: max(1, int(sizes.get(each, 0))) / own for each in units.index
              if each != name and each in (among or units.index)}  # fmt: skip
    alike = {each for each in ratios if units.loc[each, "kind"] == units.loc[name, "kind"]}
    region = units.loc[name, "planning_region"]
    near = {each for each, ratio in ratios.items() if 1 / _NEAR <= ratio <= _NEAR}
    wide = {each for each, ratio in ratios.items() if 1 / _WIDER <= ratio <= _WIDER}
    here = {each for each in ratios if units.loc[each, "planning_region"] == region}
    steps = {
        "same_kind;like_size;same_region": alike & near & here,
        "same_kind;like_size": alike & near,
        "same_kind;wider_size": alike & wide,
        "same_kind": alike,
    }
    for reasons, found in steps.items():
        if len(found) >= _ENOUGH or reasons == "same_kind":
            closest = sorted(found, key=lambda each: (abs(ratios[each] - 1), each))[:_MOST]
            return [each for each in units.index if each in closest], reasons
    raise AssertionError  # the last step always gives its own
