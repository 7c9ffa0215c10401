"""Numbers and words side by side: theme x risk group x kind of support, with both n."""

from dataclasses import dataclass

import pandas as pd

from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.interviews import Interviews, quotations
from pumpurs_analysis.interviews.themes import mentions
from pumpurs_analysis.schema import is_missing


@dataclass(frozen=True, eq=False)
class Display:
    """Interviews beside protected numbers."""

    interviews: Interviews
    risks: Published | None
    uptake: Published | None

    @property
    def frame(self) -> pd.DataFrame:
        """The joint display; see ``joint_display``."""
        return joint_display(self.interviews, self.risks, self.uptake)


def joint_display(
    interviews: Interviews, risks: Published | None = None, uptake: Published | None = None
) -> pd.DataFrame:
    """Hold what people said beside what is counted.

    One row per: theme, risk group and kind of support that its codes speak of.

    Columns:
        theme: The theme.
        risk_category, support_kind: What it is linked to in the codebook; missing where to nothing.
        participant_count: People present in the sessions that speak of it.
        session_count: These sessions.
        mention_count: Passages.
        risk_learner_count: Learners with such a risk; missing where hidden or not known.
        supported_count: Learners with a plan for such support.
        learner_count: Learners with a plan: of whom both are counts.
        words_rank: 1 for the risk group most people spoke of; missing without a risk group.
        numbers_rank: 1 for the risk group most learners have.
        disagree: Whether both ranks are known and differ: look at both, neither mends the other.
        quotation_count: Passages that may be quoted.
        places: Where these stand: session:start-end, joined by ``;``.

    Args:
        interviews: What ``read_interviews`` gave.
        risks: ``risk_mix`` of the same place, protected.
        uptake: ``support_uptake`` of the same place, protected.
    """
    links = interviews.codebook[["code", "risk_category", "support_kind"]].astype("string")
    keys = ["theme", "risk_category", "support_kind"]
    spoken = mentions(interviews, level="code")
    spoken = spoken.merge(links, on="code", how="left")
    passages = ["session_id", "start", "end"]
    spoken = spoken.drop_duplicates([*passages, *keys])
    groups = spoken.groupby(keys, dropna=False)
    frame = pd.DataFrame(
        {
            "session_count": groups["session_id"].nunique(),
            "mention_count": groups.size(),
        }
    ).reset_index()
    people = spoken.drop_duplicates(["session_id", *keys]).groupby(keys, dropna=False)
    present = people["participant_count"].agg(lambda counts: counts.sum(skipna=False))
    frame.insert(3, "participant_count", present.to_numpy())
    frame = _with_numbers(frame, risks, uptake)
    frame = _ranked(frame, spoken)
    return _with_places(frame, quotations(interviews).merge(links, on="code"), keys)


def _with_numbers(
    frame: pd.DataFrame, risks: Published | None, uptake: Published | None
) -> pd.DataFrame:
    by_risk, of_risk = _counts(risks, "risk_category", "with_risk_count", basis="learner")
    by_kind, of_kind = _counts(
        uptake, "support_kind", "supported_count", basis="learner", step="planned"
    )
    everyone = of_risk if of_risk is not None else of_kind
    return frame.assign(
        risk_learner_count=frame["risk_category"].map(by_risk).astype("Int64"),
        supported_count=frame["support_kind"].map(by_kind).astype("Int64"),
        learner_count=pd.array([everyone] * len(frame), dtype="Int64"),
    )


def _counts(
    shown: Published | None, code: str, column: str, **where: str
) -> tuple[dict[str, int], int | None]:
    """Give what may be shown by code, and of how many."""
    if shown is None:
        return {}, None
    rows = shown.frame
    for name, value in where.items():
        rows = rows[rows[name].astype("string") == value]
    known = rows.dropna(subset=[column])
    of_all = rows["denominator_count"].dropna()
    counts = dict(zip(known[code].astype(str), known[column].astype(int), strict=True))
    return counts, int(of_all.iloc[0]) if len(of_all) else None


def _ranked(frame: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Rank risk groups by the people who spoke of them, and by the learners who have them."""
    sessions = spoken.dropna(subset=["risk_category"])
    sessions = sessions.drop_duplicates(["session_id", "risk_category"])
    people = sessions.groupby("risk_category")["participant_count"].sum()
    numbers = frame.dropna(subset=["risk_category", "risk_learner_count"])
    learners = numbers.groupby("risk_category")["risk_learner_count"].first()
    both = people.index.intersection(learners.index)  # ranks among the same groups
    words_rank = people[both].rank(ascending=False, method="min")
    numbers_rank = learners[both].astype(float).rank(ascending=False, method="min")
    frame = frame.assign(
        words_rank=frame["risk_category"].map(words_rank).astype("Int64"),
        numbers_rank=frame["risk_category"].map(numbers_rank).astype("Int64"),
    )
    return frame.assign(disagree=frame["words_rank"] != frame["numbers_rank"])


def _with_places(frame: pd.DataFrame, quoted: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    def key(row: "dict[object, object]") -> tuple[str, ...]:
        return tuple("" if is_missing(row[name]) else str(row[name]) for name in keys)

    places: dict[tuple[str, ...], list[str]] = {}
    for row in quoted.to_dict("records"):
        place = f"{row['session_id']}:{row['start']}-{row['end']}"
        places.setdefault(key(row), []).append(place)
    found = [list(dict.fromkeys(places.get(key(row), []))) for row in frame.to_dict("records")]
    return frame.assign(
        quotation_count=[len(each) for each in found], places=[";".join(each) for each in found]
    )
