"""Why some figures are hidden: the rule in words, each released figure, and a coarser one.

Comes in: what may be shown. Goes out: the parts of the page "rules" that every “x” leads to.
"""

from pumpurs_analysis import tables
from pumpurs_analysis.app import places
from pumpurs_analysis.app.parts import Cell, Column, Definitions, Link, Part, Prose, Row, Table
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.disclosure.primary import rules_of_release
from pumpurs_analysis.export import findings
from pumpurs_analysis.releases import Release, hidden
from pumpurs_analysis.text import Language, number, say

_KEY = "disclosure.page"
_COLUMNS = ("figure", "by", "hidden", "cells", "reason", "coarser")


def link(language: Language) -> Link:
    """Lead to the explanation."""
    return Link(say(f"{_KEY}.why", language), f"rules.ipynb?lang={language}#hidden")


def parts(language: Language) -> list[Part]:
    """Explain what is hidden of the workspace, or of published figures where there is none."""
    try:
        release = places.release()
    except places.Nothing:
        release = places.stated()
    is_public_release = release.audience == "public" and release.data.evidence == "records"
    made: list[Part] = [_why(release, language)]
    return [*made, _figures(release, language)] if is_public_release else made


def _why(release: Release, language: Language) -> Prose:
    threshold = max((each.threshold for each in release.figures.values()), default=None)
    rules = rules_of_release(threshold)
    shares = [
        say(f"{_KEY}.dominance", language, count=count, share=number(share, language))
        for count, share in rules.dominance
    ]
    words = {
        "highest": rules.threshold - 1,
        "dominance": "; ".join(shares),
        "p": number(rules.p_percent, language),
        "range": number(rules.money_range_percent, language),
    }
    told = [
        (say(f"{_KEY}.{name}", language), [say(f"{_KEY}.{name}_text", language, **words)])
        for name in ("small", "beside", "which", "money", "computed", "merged")
    ]
    marks = {tables.HIDDEN: "hidden", tables.MISSING: "missing",
             tables.NOT_APPLICABLE: "not_applicable", "0": "zero"}  # fmt: skip
    told += [(mark, [say(f"disclosure.mark_{name}", language)]) for mark, name in marks.items()]
    return Prose(id="hidden", title=say(f"{_KEY}.title", language), blocks=[Definitions(told)])


def _figures(release: Release, language: Language) -> Table:
    shown = list(release.figures.values())
    return Table(
        id="hidden-cells",
        title=say(f"{_KEY}.figures", language),
        subtitle=f"{hidden.hidden_of(shown, language)}.",
        columns=[
            Column(say(f"{_KEY}.column.{name}", language), name in {"hidden", "cells"})
            for name in _COLUMNS
        ],
        rows=[Row(_row(each, release, language)) for each in shown],
        footnote=[say("made_up", language)] if release.data.is_made_up else [],
        downloads=("csv", "xlsx"),
    )


def _row(shown: Published, release: Release, language: Language) -> list[Cell | str]:
    counts = (shown.hidden_count, shown.cell_count)
    reasons = hidden.reasons(shown).items()
    coarser = hidden.coarser(shown, release.figures)
    other = say(f"{_KEY}.none_coarser", language) if shown.hidden_count else ""
    if coarser:
        words = hidden.hidden_of([coarser], language)
        other = f"{_split(coarser, language)}: {words[0].lower()}{words[1:]}"
    return [
        findings.neutral_title(shown, language),
        _split(shown, language),
        *(Cell(number(count, language), count) for count in counts),
        "; ".join(say(f"{_KEY}.reason.{name}", language, count=n) for name, n in reasons),
        other,
    ]


def _split(shown: Published, language: Language) -> str:
    names = [say(f"dimension.{name}", language) for name in hidden.split_by(shown.result)]
    return ", ".join(names) or say("publish.everything", language)
