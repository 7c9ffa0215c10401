"""The release of one Dataset: its figures, made and protected together, asked for one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pumpurs_analysis import catalogue, disclosure, measures, workspace
from pumpurs_analysis.dataset import Dataset, StoredTables
from pumpurs_analysis.disclosure import (
    DEFAULT_THRESHOLD,
    NotReleasable,
    Published,
    stored,
)
from pumpurs_analysis.disclosure.published import Audience
from pumpurs_analysis.marks import read_marks
from pumpurs_analysis.measures.result import Result
from pumpurs_analysis.releases import recipes
from pumpurs_analysis.text import sort_key

if TYPE_CHECKING:
    from pumpurs_analysis.disclosure import Ledger

Figure = tuple[str, tuple[str, ...], dict[str, Any]]
"""A measure, what it is asked by, and its other choices."""

_PREFIX = ".pumpurs-release-"


class NotInRelease(LookupError):  # noqa: N818  (a public name: it says what is the case)
    """The release holds no such figure; the message says which part of it there is."""


@dataclass(frozen=True, eq=False)
class Release:
    """Every figure that may be shown of one Dataset.

    Attributes:
        data: Where the figures come from.
        audience: ``public``: everything was protected together, once. ``owner``: the person who may
            open the records; counts are whole, and every output says internal.
        figures: What was made so far; the public release is complete from the start.
        left_out: Figures that could not be made safe beside the others.
    """

    data: Dataset
    audience: Audience
    figures: dict[str, Published] = field(repr=False)
    left_out: tuple[str, ...] = ()

    @property
    def filters(self) -> tuple[str, ...]:
        """Dimensions that a view may be narrowed to."""
        names: Sequence[str] = catalogue.entries("release")[f"{self.audience}_filters"]
        return tuple(names)

    @property
    def crosses_filters(self) -> bool:
        """Whether several filters may be set at once."""
        return self.audience == "owner"

    def values(self, dimension: str) -> list[str]:
        """Give the values a filter can take, in Latvian order.

        Example:
            >>> from pumpurs_analysis import published
            >>> make_release(published()).values("municipality_today")
            []
        """
        try:
            shown = self.get("participation", by=(dimension,))
        except (NotInRelease, ValueError):
            return []
        return sorted(shown.frame[dimension].dropna().astype(str).unique(), key=sort_key)

    def get(
        self,
        measure: str,
        *,
        by: Sequence[str] = (),
        where: Mapping[str, str] | None = None,
        **choices: str,
    ) -> Published:
        """Give one figure, or the part of it that is about some values.

        Args:
            measure: Name of a measure.
            by: Dimensions its rows are told apart by.
            where: Dimension = value: only this part; the dimension then leaves the frame.
            **choices: What else the measure is asked for.

        Raises:
            NotInRelease: The public release does not hold it.
            ValueError: The Dataset cannot answer this measure.
        """
        where = where or {}
        dims = tuple(dict.fromkeys((*where, *by)))
        asked: dict[str, Any] = dict(choices)
        if self.audience == "public" and self.data.evidence == "records":
            asked = _always(measure) | asked
        key = key_of(measure, dims, asked)
        if key not in self.figures:
            if self.audience == "public" and self.data.evidence == "records":
                split = ", ".join(dims) or "everything together"
                raise NotInRelease(f"The public release holds no {measure} by {split}.")
            if measure == "support_gaps" and self.audience == "owner" and self.data.folder:
                asked["marks"] = read_marks(self.data.folder)
            result = make(self.data, (measure, dims, asked))
            self.figures[key] = disclosure.protect(result, audience=self.audience)
        whole = self.figures[key]
        return whole.where(**where) if where else whole

    def recipe(self, shown: Published) -> recipes.Recipe:
        """Say how a figure came about."""
        result = shown.result
        asked = result.choices.get("by", "")
        is_hiding = self.data.evidence == "records" and self.audience == "public"
        return recipes.Recipe(
            measure=result.name,
            by=tuple(filter(None, asked.split(", "))),
            choices={name: value for name, value in result.choices.items() if name != "by"},
            audience=self.audience,
            threshold=shown.threshold if is_hiding else 0,
            content=recipes.content_version(self.data),
            inputs=recipes.inputs_of(self.data),
            extracted=recipes.extracted_on(self.data),
            rules=recipes.rules_version(),
            rule_versions=recipes.rule_versions(result.name),
            code=recipes.code_version(),
        )


def _always(measure: str) -> dict[str, Any]:
    """What the public release asks a measure with, whatever else is asked."""
    return dict(catalogue.entries("release")["public_choices"].get(measure, {}))


def key_of(measure: str, by: Sequence[str], choices: Mapping[str, Any]) -> str:
    """Name a figure of a release; the order in which it is asked for does not matter.

    Example:
        >>> key_of("risk_mix", ("school_year", "region"), {"level": "risk"})
        'risk_mix by region, school_year; level=risk'
    """
    asked = f" by {', '.join(sorted(by))}" if by else ""
    return f"{measure}{asked}" + "".join(f"; {name}={choices[name]}" for name in sorted(choices))


def make(data: Dataset, figure: Figure) -> Result:
    """Ask a measure, in the way each of them is asked; of an extract it says whose it is.

    Raises:
        ValueError: The Dataset cannot answer this measure.
        KeyError: It cannot be asked by this.
    """
    result, place = _answer(data, figure), part_of(data)
    if not place or "municipality_today" in result.dimensions:
        return result
    told = {**result.choices, "only.municipality_today": place}
    return replace(result, choices=MappingProxyType(told))


def part_of(data: Dataset) -> str:
    """Name the municipality whose extract a workspace is; empty for anything else."""
    told = workspace.manifest(data.folder) if data.folder else {}
    return str(told.get("municipality", ""))


def _answer(data: Dataset, figure: Figure) -> Result:
    measure, by, choices = figure
    ask = getattr(measures, measure)
    given: dict[str, Any] = dict(choices)
    if measure == "school_funnel":  # compares one kind of place, of what the others leave
        return _funnel(data, by, given)
    if measure == "peer_group":
        return ask(data, **given)  # type: ignore[no-any-return]
    if by or data.evidence == "records":
        given["by"] = tuple(by)
    return ask(data, **given)  # type: ignore[no-any-return]


def _funnel(data: Dataset, by: Sequence[str], choices: dict[str, Any]) -> Result:
    places = [name for name in ("school", "municipality_today", "municipality") if name in by]
    return measures.school_funnel(data, by=places[0], **choices)  # type: ignore[arg-type]


def make_release(
    data: Dataset, *, audience: Audience = "public", threshold: int = DEFAULT_THRESHOLD
) -> Release:
    """Make everything that may be shown of a Dataset.

    A public release of a workspace is kept beside it, so that it is made once for its content and
    this code. Published figures are public already and are made when they are asked for.

    Args:
        data: A workspace, records in memory, or the published figures.
        audience: ``public``, or ``owner`` for the person who may open the records anyway.
        threshold: Counts from 1 to below this are hidden (5 hides 1-4).

    Raises:
        NotReleasable: Not one figure of ``catalogue/release.yaml`` can be made safe.

    Example:
        >>> from pumpurs_analysis import published
        >>> make_release(published()).get("risk_mix").hidden_count
        0
    """
    if audience == "owner" or data.evidence == "published":
        return Release(data, audience, {})
    file = _file(data, threshold)
    if file is not None and file.exists():
        try:
            return _release(data, stored.read(file))
        except ValueError:  # damaged: it is made again
            file.unlink(missing_ok=True)
    ledger = disclosure.Ledger.of_workspace(data.folder) if data.folder and part_of(data) else None
    made = protected(data, threshold, ledger=ledger)
    keep(made)
    return made


def keep(made: Release) -> None:
    """Keep a public release beside its workspace, so that it is made once and shown everywhere."""
    threshold = max(each.threshold for each in made.figures.values())
    file = _file(made.data, threshold)
    if file is None:
        return
    for old in file.parent.glob(f"{_PREFIX}*"):
        old.unlink(missing_ok=True)
    try:
        stored.write(made.figures, file)
    except OSError:  # a full disk or a folder for reading only: it is made again next time
        file.unlink(missing_ok=True)


def _file(data: Dataset, threshold: int) -> Path | None:
    if not isinstance(data.tables, StoredTables):
        return None
    content, code = data.tables.content_hash[:16], recipes.code_version()
    return data.tables.folder / f"{_PREFIX}{content}-{code}-{threshold}.zip"


def _steps() -> list[list[Figure]]:
    """Give the figures of the public release by step: measure, by and choices."""
    steps = catalogue.entries("release")["steps"]
    return [[_figure(**figure) for figure in step] for step in steps]


def _figure(measure: str, by: Sequence[str], **choices: Any) -> Figure:  # noqa: ANN401  (as the catalogue has them)
    return measure, tuple(by), _always(measure) | choices


def asked() -> dict[str, Figure]:
    """Give every figure that the public release may hold, by its name."""
    return {key_of(*figure): figure for step in _steps() for figure in step}


def protected(data: Dataset, threshold: int, *, ledger: "Ledger | None" = None) -> Release:
    """Protect all figures together; where that cannot be made safe, as many as can.

    Args:
        data: Records.
        threshold: Counts from 1 to below this are hidden.
        ledger: What was released before.

    Raises:
        NotReleasable: Not one figure can be made safe.
    """
    results = {key: make(data, figure) for key, figure in asked().items()}
    made: dict[str, Published] = {}
    refused, left = "", list(results)
    while left:  # most needed first
        kept = list(made)
        try:
            made = _together({key: results[key] for key in (*kept, *left)}, threshold, ledger)
            left = [key for key in results if key not in made]  # one may fit without another
        except NotReleasable as cannot:
            refused = refused or str(cannot)
            out = {number - len(kept) for number in cannot.without if number >= len(kept)}
            out = out or {len(left) - 1}
            left = [key for number, key in enumerate(left) if number not in out]
    if not made:
        raise NotReleasable(refused)
    return _release(data, made)


def _together(
    results: Mapping[str, Result], threshold: int, ledger: "Ledger | None"
) -> dict[str, Published]:
    first, *more = results.values()
    shown = disclosure.protect(first, *more, threshold=threshold, ledger=ledger)
    several = shown if isinstance(shown, tuple) else (shown,)
    return dict(zip(results, several, strict=True))


def _release(data: Dataset, made: dict[str, Published]) -> Release:
    return Release(data, "public", made, tuple(key for key in asked() if key not in made))
