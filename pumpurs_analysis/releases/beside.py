"""A release beside the earlier ones: attacked together with them before anybody gets to see it.

Comes in: a Release of a workspace. Goes out: the same, written into the workspace's ledger; or a
refusal that knows the nearest release that would be safe, figure by figure.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from pumpurs_analysis import disclosure
from pumpurs_analysis.dataset import Dataset, StoredTables
from pumpurs_analysis.disclosure import NotReleasable
from pumpurs_analysis.releases import release as releases
from pumpurs_analysis.text import Language, say, short_date


class OfAnExtract(NotReleasable):
    """Something of an extract that was never held against what is released of the whole."""

    def sentence(self, language: Language) -> str:
        """Say it, and who can help; the exception's own text is the municipality."""
        return say("publish.extract.refused", language, municipality=str(self))


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest release that is safe beside the earlier ones.

    Attributes:
        release: It.
        more_hidden: How many more cells each figure hides, by the figure's name; only where more.
        left_out: Figures that cannot be shown at all this time.
    """

    release: releases.Release
    more_hidden: Mapping[str, int]
    left_out: tuple[str, ...]


class NotBesideEarlier(NotReleasable):
    """A release that gives something away together with earlier ones.

    Attributes:
        found: What can be worked out, as ``attack`` tells it.
        earlier: When the last release was made.
    """

    def __init__(self, found: pd.DataFrame, earlier: date, refused: releases.Release) -> None:
        self.found, self.earlier, self._refused = found, earlier, refused
        first = found.iloc[0]
        super().__init__(
            f"Together with what was released until {earlier.isoformat()}, {len(found)} small "
            f"numbers could be worked out, first {first['cell']}."
        )

    def sentence(self, language: Language) -> str:
        """Say what could be worked out."""
        day = short_date(self.earlier, language)
        return say("publish.beside.refused", language, count=len(self.found), date=day)

    @cached_property
    def nearest(self) -> Nearest | None:
        """The nearest safe release, sought when asked for; None where no figure can be safe."""
        return _nearest(self._refused)


def issue(release: releases.Release, *, name: str, on: date) -> releases.Release:
    """Attack a public release together with all former ones of its workspace, then note it down.

    What was released before and has not changed is not noted again. Published figures, records in
    memory and the owner's view have no ledger. Of an extract only what ``entrust`` made may leave.

    Args:
        release: What is about to be shown.
        name: What for.
        on: The day.

    Raises:
        NotBesideEarlier: Small numbers could be worked out; it knows the nearest safe release.
        OfAnExtract: It is of an extract, and the whole knows nothing of it.

    Example:
        >>> from pumpurs_analysis import published
        >>> issue(releases.make_release(published()), name="page", on=date(2022, 10, 1)).left_out
        ()
    """
    tables = release.data.tables
    if release.audience == "owner" or not isinstance(tables, StoredTables):
        return release
    ledger = disclosure.Ledger.of_workspace(tables.folder)
    shown = list(release.figures.values())
    if ledger.holds(*shown):
        return release
    if releases.part_of(release.data):
        raise OfAnExtract(releases.part_of(release.data))
    _remember(release)
    found = ledger.found(*shown)
    if len(found):
        earlier = ledger.releases[-1].on if ledger.releases else on
        raise NotBesideEarlier(found, earlier, release)
    ledger.keep(shown, name=name, on=on)
    return release


def entrust(part: Dataset, whole: Dataset, *, on: date) -> releases.Release:
    """Make the release that an extract may publish, safe beside everything of the whole.

    The whole's own release comes first: it is noted down too, where it is safe. What is entrusted
    stands in both ledgers, so that later releases of the whole reckon with it.

    Raises:
        NotReleasable: Not one figure of the extract can be made safe.
        OfAnExtract: The whole is an extract itself.
    """
    if releases.part_of(whole):
        raise OfAnExtract(releases.part_of(whole))
    name = f"extract: {releases.part_of(part)}"
    with suppress(NotBesideEarlier):
        issue(releases.make_release(whole), name=name, on=on)
    ledgers = [disclosure.Ledger.of_workspace(each.tables.folder) for each in (whole, part)]  # type: ignore[attr-defined]  # both are stored
    release = releases.protected(part, disclosure.DEFAULT_THRESHOLD, ledger=ledgers[0])
    shown = list(release.figures.values())
    if len(ledgers[0].found(*shown)):
        raise NotReleasable("Small numbers could be worked out.")
    for ledger in ledgers:
        ledger.keep(shown, name=name, on=on)
    releases.keep(release)
    return release


def take(nearest: Nearest, *, name: str, on: date) -> releases.Release:
    """Issue the nearest safe release, and keep it so that pages show the same."""
    release = issue(nearest.release, name=name, on=on)
    releases.keep(release)
    return release


def _remember(release: releases.Release) -> None:
    """Measure again what stands behind figures that were read from a file."""
    for key, shown in release.figures.items():
        disclosure.remember(shown, releases.make(release.data, releases.asked()[key]))


def _nearest(release: releases.Release) -> Nearest | None:
    ledger = disclosure.Ledger.of_workspace(release.data.tables.folder)  # type: ignore[attr-defined]  # issue looked
    threshold = max(each.threshold for each in release.figures.values())
    try:
        safe = releases.protected(release.data, threshold, ledger=ledger)
    except NotReleasable:
        return None
    more = {
        key: safe.figures[key].hidden_count - shown.hidden_count
        for key, shown in release.figures.items()
        if key in safe.figures and safe.figures[key].hidden_count > shown.hidden_count
    }
    return Nearest(safe, more, tuple(key for key in release.figures if key not in safe.figures))
