"""Words around exhibits: their titles, and the joint display as cells of text."""

from collections.abc import Iterator

from pumpurs_analysis import catalogue
from pumpurs_analysis.case_studies.joint import Display
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.interviews import quotations
from pumpurs_analysis.schema import code_names, is_missing
from pumpurs_analysis.tables import MISSING
from pumpurs_analysis.text import Language, number, say


def title_of(shown: Published, language: Language) -> str:
    """Name an exhibit by its measure, and what it is told apart by."""
    texts = catalogue.entries("texts")
    key = f"{shown.result.name}.title"
    entry = texts[key][language] if key in texts else ""
    if not entry or "{" in str(entry):
        entry = say(f"case_study.exhibit.{shown.result.name}", language)
    dims = [name for name in shown.result.dimensions if f"dimension.{name}" in texts]
    by = ", ".join(say(f"dimension.{name}", language).lower() for name in dims)
    step = shown.result.choices.get("only.step")
    if step:
        entry = f"{entry}: {code_names('support_step', language, [step])[step]}"
    return f"{entry} ({by})" if by else str(entry)


def joint_rows(item: Display, language: Language) -> tuple[list[str], list[list[str]]]:
    """Give the joint display's headings and rows as text."""
    columns = ("theme", "risk_category", "support_kind", "words", "numbers", "ranks")
    rows = []
    for row in item.frame.to_dict("records"):
        codes = [_named(name, row[name], language) for name in ("risk_category", "support_kind")]
        words = _counts(row, ("participant_count", "session_count", "mention_count"), language)
        counts = ("risk_learner_count", "supported_count", "learner_count")
        ranks = {
            name: MISSING if is_missing(row[f"{name}_rank"]) else str(row[f"{name}_rank"])
            for name in ("words", "numbers")
        }
        key = "disagree" if row["disagree"] is True else "alike"
        rows.append([str(row["theme"]), *codes, words, _counts(row, counts, language),
                     say(f"case_study.joint.{key}", language, **ranks)])  # fmt: skip
    return [say(f"case_study.joint.{name}", language) for name in columns], rows


def _named(name: str, code: object, language: Language) -> str:
    return MISSING if is_missing(code) else code_names(name, language, [str(code)])[str(code)]


def _counts(row: "dict[object, object]", names: tuple[str, ...], language: Language) -> str:
    shown = (
        MISSING if is_missing(row[name]) else number(float(str(row[name])), language)
        for name in names
    )
    return " / ".join(shown)


def quoted(item: Display, language: Language) -> Iterator[str]:
    """Give what may be quoted, with its group and place, after how people are counted."""
    least = catalogue.entries("interviews")["least_participants"]
    yield say("case_study.joint.people", language, least=least)
    passages = quotations(item.interviews).drop_duplicates(["session_id", "start", "end"])
    for row in passages.to_dict("records"):
        group = _named("stakeholder_group", row["stakeholder_group"], language)
        place = f"{row['session_id']}:{row['start']}–{row['end']}"
        words = {"quotation": row["quotation"], "group": group, "place": place}
        yield say("case_study.joint.quotation", language, **words)
