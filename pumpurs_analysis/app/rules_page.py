"""The page "rules": what was allowed on a day, with its source, and each kind of support.

Comes in: a visitor's choice of a day and a kind of support. Goes out: the page's parts.
"""

from datetime import date

import pandas as pd

from pumpurs_analysis import catalogue, rules, schema
from pumpurs_analysis.app import hidden, page, records
from pumpurs_analysis.app.parts import (
    Cell,
    Choice,
    Column,
    Filter,
    Filters,
    Head,
    Part,
    Row,
    Table,
)
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.app.widget import Page
from pumpurs_analysis.text import Language, number, say, short_date

_PAGE = "page.rules"
_KINDS = tuple(catalogue.entries("codes")["support_kind"])
_COLUMNS = ("name", "value", "since", "until", "status", "source", "checked", "note")


def show() -> Page:
    """Show the page in a notebook or in Voila."""
    return page.show(build)


def build(selection: Selection) -> list[Part]:
    """Give the page's parts for a visitor's choice.

    Example:
        >>> [part.kind for part in build(Selection(language="en"))]
        ['head', 'filters', 'table', 'table', 'table', 'prose', 'foot']
    """
    language = selection.language
    shown = _chosen(selection)
    return [
        _head(selection),
        _filters(selection, len(shown)),
        _kinds(selection),
        _rules(shown, language),
        _disagree(language),
        *hidden.parts(language),
        records.foot(language),
    ]


def _head(selection: Selection) -> Head:
    made = records.head("rules", None, selection)
    badge = say(f"{_PAGE}.badge", selection.language)
    return Head(title=made.title, subtitle=made.subtitle, badge=badge, links=made.links)


def _day(selection: Selection) -> date | None:
    asked = selection.chosen("on")
    return date.fromisoformat(asked) if asked in _days() else None


def _days() -> list[str]:
    """Days on which some rule begins."""
    begins = rules.rule_table()["valid_from"].dropna()
    return sorted({f"{each:%Y-%m-%d}" for each in begins})


def _chosen(selection: Selection) -> pd.DataFrame:
    table = rules.rule_table(_day(selection))
    kind = selection.chosen("support_kind")
    return table[table["support_kind"].eq(kind).fillna(value=False)] if kind else table


def _filters(selection: Selection, count: int) -> Filters:
    language = selection.language
    kinds = schema.code_names("support_kind", language, _KINDS)
    days = [Choice(each, short_date(date.fromisoformat(each), language)) for each in _days()]
    return Filters(
        filters=[
            Filter(
                "on",
                say(f"{_PAGE}.day", language),
                [Choice("", say(f"{_PAGE}.every_day", language)), *days],
                selection.chosen("on"),
            ),
            Filter(
                "support_kind",
                say(f"{_PAGE}.kind", language),
                [
                    Choice("", say("page.all.school_year", language)),
                    *(Choice(code, name) for code, name in kinds.items()),
                ],
                selection.chosen("support_kind"),
            ),
        ],
        result=say(f"{_PAGE}.found", language, count=number(count, language)),
    )


def _rules(shown: pd.DataFrame, language: Language) -> Table:
    rows = [
        Row(
            [
                row[f"name_{language}"],
                row[f"value_{language}"],
                _written(row["valid_from"], language),
                _written(row["valid_to"], language),
                say(f"cli.rules.status.{row['status']}", language),
                _source(row["source"], row["source_title"]),
                _written(row["checked"], language),
                row[f"note_{language}"] or "",
            ]
        )
        for row in shown.to_dict("records")
    ]
    return Table(
        id="rules",
        title=say(f"{_PAGE}.rules", language),
        subtitle=say(f"{_PAGE}.rules_subtitle", language),
        columns=_headed(_COLUMNS, language),
        rows=rows,
        search=say("app.word.search", language),
        downloads=("csv", "xlsx"),
    )


def _headed(names: tuple[str, ...], language: Language) -> list[Column]:
    return [Column(say(f"{_PAGE}.{name}", language)) for name in names]


def _written(value: object, language: Language) -> Cell:
    if not isinstance(value, pd.Timestamp):
        return Cell("–")
    return Cell(short_date(value.date(), language))


def _source(source: object, title: object) -> Cell:
    if not isinstance(source, str):
        return Cell("–")
    return Cell(str(title), href=catalogue.entries("sources")[source].get("address") or "")


def _kinds(selection: Selection) -> Table:
    """Each kind of support with its cap on the day, or that none was published."""
    language = selection.language
    table = rules.rule_table(_day(selection)).sort_values("valid_from")
    is_cap = table["kind"].isin(["at_most", "exactly", "none_published"])
    caps = table[is_cap].drop_duplicates("support_kind", keep="first")
    none = {f"value_{language}": say(f"{_PAGE}.no_cap", language)}
    told = {str(row["support_kind"]): row for row in caps.to_dict("records")}
    rows = []
    for code, name in schema.code_names("support_kind", language, _KINDS).items():
        row = told.get(code, none)
        source = _source(row.get("source"), row.get("source_title"))
        rows.append(Row([name, str(row[f"value_{language}"]), source]))
    return Table(
        id="kinds",
        title=say(f"{_PAGE}.kinds", language),
        subtitle=say(f"{_PAGE}.kinds_subtitle", language),
        columns=_headed(("kind", "cap", "source"), language),
        rows=rows,
        downloads=("csv", "xlsx"),
    )


def _disagree(language: Language) -> Table:
    rows = [
        Row([row[f"name_{language}"], row[f"says_{language}"],
             _source(row["source"], row["source_title"])])
        for row in rules.also_stated().to_dict("records")
    ]  # fmt: skip
    return Table(
        id="disagree",
        title=say(f"{_PAGE}.disagree", language),
        columns=_headed(("name", "says", "source"), language),
        rows=rows,
        downloads=("csv", "xlsx"),
    )
