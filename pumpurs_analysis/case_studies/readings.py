"""Published figures held against the records: which reading of unit and period makes them agree."""

import pandas as pd

from pumpurs_analysis.case_studies.claims import Figure
from pumpurs_analysis.case_studies.evidence import Evidence
from pumpurs_analysis.schema import is_missing

_COMPARED = {"learners": "learner_count", "learners_with_support": "learner_count",
             "plans": "plan_count", "plans_approved": "approved_plan_count",
             "specialists": "specialist_count", "institutions": "school_count"}  # fmt: skip
_OTHER = {"learner_count": ["plan_count"], "plan_count": ["learner_count"],
          "approved_plan_count": ["plan_count", "learner_count"]}  # fmt: skip
_UNIT = {"learner_count": "learner", "plan_count": "plan", "approved_plan_count": "plan",
         "specialist_count": "specialist", "school_count": "school"}  # fmt: skip


def published_readings(evidence: Evidence) -> pd.DataFrame:
    """Hold what pages state of learners, plans, specialists and schools against the records.

    One row per: figure stated for a school year or semester of which there are records.

    Columns:
        entity, measure, publisher, address: What the page says of whom.
        period: Kind and code of its period.
        stated, recorded: Both figures, bound to their cells.
        relation: agrees (in its own unit and period), otherwise (agrees by another reading) or
            differs (by every reading).
        reading: as_stated, other_unit or other_period: of the recorded figure.

    Args:
        evidence: Of a municipality, or of one school: then what pages state of it.
    """
    rows = evidence.stated.frame
    place = evidence.school or evidence.municipality
    rows = rows[rows["measure"].isin(_COMPARED) & rows["value"].notna()]
    rows = rows[(rows["entity"] == place) & rows["school_year"].notna()]
    sources = {source.source_id: source for source in evidence.stated.result.sources}
    found = []
    for row in rows.to_dict("records"):
        compared = _compared(evidence, row)
        if compared is None:
            continue
        source = sources[str(row["source_id"])]
        about = {"entity": row["entity"], "measure": row["measure"]}
        found.append(
            {**about, "publisher": source.publisher, "address": source.address, **compared}
        )
    columns = ["entity", "measure", "publisher", "address", "period", "stated", "recorded",
               "relation", "reading"]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def _compared(evidence: Evidence, row: "dict[object, object]") -> "dict[str, object] | None":
    column = _COMPARED[str(row["measure"])]
    year, half = str(row["school_year"]), row["semester"]
    own = ("school_year", year) if is_missing(half) else ("semester", f"{year}-{half}")
    other = [("semester", f"{year}-{n}") for n in (1, 2)] if is_missing(half) else [
        ("school_year", year)
    ]  # fmt: skip
    stated = Figure(
        "published_figures",
        "value",
        where={"figure_id": str(row["figure_id"])},
        unit=_UNIT[column],
        period=own[1],
    )
    tried = [("as_stated", column, own)]
    tried += [("other_unit", each, own) for each in _OTHER.get(column, ())]
    tried += [("other_period", column, period) for period in other]
    figures = [(reading, _recorded(name, period)) for reading, name, period in tried]
    value = stated.value(evidence)
    if isinstance(figures[0][1].value(evidence), str):
        return None
    for reading, figure in figures:
        if figure.value(evidence) == value:
            relation = "agrees" if reading == "as_stated" else "otherwise"
            break
    else:
        (reading, figure), relation = figures[0], "differs"
    return {"period": own, "stated": stated, "recorded": figure, "relation": relation,
            "reading": reading}  # fmt: skip


def _recorded(column: str, period: tuple[str, str]) -> Figure:
    by, code = period
    return Figure("participation", column, (by,), {by: code}, _UNIT[column], code)
