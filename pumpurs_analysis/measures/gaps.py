"""Gaps: risks that no support answers, and what is a reason rather than a gap."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from pumpurs_analysis import catalogue, facts
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.facts import plan_support
from pumpurs_analysis.marks import keys_of
from pumpurs_analysis.measures import grouping, tallies
from pumpurs_analysis.measures.grouping import Grouping
from pumpurs_analysis.measures.result import Result, Worklist
from pumpurs_analysis.measures.risks import RISK_GROUPS, with_interval

GAPS = ("not_planned", "not_received")
REASONS = ("waiting", "suspended", "municipality_pays", "handled_otherwise", "not_known")
OUTCOMES = (*GAPS, *REASONS, "answered")
_MENTION = ["plan_id", "risk_category", "risk"]
_OF_PLAN = ("learner_id", "school_id", "semester", "status", "is_catering_by_municipality")
_COUNTS = ("outcome_learner_count", "outcome_plan_count", "outcome_mention_count",
           "risk_learner_count")  # fmt: skip
_PLANNED = ("planned_hours", "planned_cents")
_SHARE = ("share", "share_low", "share_high")


def support_gaps(
    data: Dataset, *, by: Grouping = (), marks: pd.DataFrame | None = None, details: bool = True
) -> Result:
    """Say which risks no support answers, in people, plans, hours and euros.

    What answers a risk stands with its reason in ``catalogue/answers.yaml``.

    One row per: group, risk group and outcome.

    Columns:
        risk_category: Group of the risk.
        outcome: Gaps: not_planned (no support that answers the risk), not_received (planned and
            neither delivered nor paid). Reasons, which are no gaps: waiting (the plan is not
            approved yet), suspended, municipality_pays (the municipality pays for the meals),
            handled_otherwise (a person marked it), not_known (nobody delivered the table that
            would show it). Else answered.
        is_gap: Whether the outcome is a gap.
        outcome_learner_count: Learners with such a risk and this outcome.
        outcome_plan_count: Their plans.
        outcome_mention_count: Risks with this outcome, each once in a plan.
        risk_learner_count: Learners with such a risk.
        share: outcome_learner_count / risk_learner_count, 0 to 1.
        share_low: Lower end of the 95 % Wilson interval.
        share_high: Upper end of the 95 % Wilson interval.
        planned_hours: Hours planned of the answering support, each support once; missing where
            none is planned.
        planned_cents: The same in money.

    Leaves out:
        Deleted plans; plans without a risk. Outcomes that do not occur in a group are zero.

    Sources:
        Tables plans, risks, supports, consultations and payments of the delivery.

    Args:
        data: A Dataset of records.
        by: Dimensions of a plan.
        marks: What ``marks.read_marks`` gives: gaps a person marked as handled otherwise.
        details: False leaves out what was planned (planned_hours, planned_cents): in public, all
            that is planned of a kind less what answers a risk is the sum of the few others.

    Raises:
        KeyError: A dimension a plan does not have.
        ValueError: The Dataset holds published figures.

    Example:
        >>> from pumpurs_analysis import published
        >>> support_gaps(published())
        Traceback (most recent call last):
        ValueError: support_gaps counts records of plans ... risk_mix answers.
    """
    grouping.needs_records(data, "support_gaps", "risk_mix")
    dims = grouping.dimensions(by, among=grouping.PLAN_DIMENSIONS)
    mentions, planned = _judged(data, marks)
    keys = (*dims, "risk_category", "outcome")
    people = {"outcome_learner_count": ("learner_id", "nunique"),
              "outcome_plan_count": ("plan_id", "nunique"),
              "outcome_mention_count": ("plan_id", "size")}  # fmt: skip
    groups = tallies.tally(mentions, dims, {"any": ("plan_id", "size")})[[*dims]]
    frame = grouping.with_every(
        groups, tallies.tally(mentions, keys, people), risk_category=RISK_GROUPS, outcome=OUTCOMES
    )
    of_risk = {"risk_learner_count": ("learner_id", "nunique")}
    frame = grouping.with_every(frame, tallies.tally(mentions, keys[:-1], of_risk))
    once = planned.join(mentions[[*keys, "learner_id"]], on="mention")
    once = once.drop_duplicates([*keys, "support_id"])
    sums = {name: (name, "sum") for name in (_PLANNED if details else ())}
    if details:
        frame = frame.merge(tallies.tally(once, keys, sums), how="left", on=[*keys])
    if not grouping.was_delivered(data, "risks"):
        frame = grouping.without(frame, _COUNTS)
    frame = with_interval(
        frame, count="outcome_learner_count", denominator="risk_learner_count", share="share"
    )
    frame["is_gap"] = frame["outcome"].isin(GAPS)
    behind = tallies.contributors(once, keys, ("planned_cents",))
    behind = pd.concat([tallies.tally(once, keys, {"any": ("plan_id", "size")})[[*keys]], behind],
                       axis=1)  # fmt: skip
    behind = frame[[*keys]].merge(behind, how="left", on=[*keys]).drop(columns=[*keys])
    return Result(
        name="support_gaps",
        frame=frame[[*keys, "is_gap", *_COUNTS, *_SHARE, *sums]],
        unit="learner",
        one_row_per="group, risk group and outcome",
        evidence="records",
        notes=("note.gaps", *grouping.learner_notes(data)),
        dimensions=keys,
        counts=_COUNTS,
        money=_PLANNED[1:] if details else (),
        contributors=behind.fillna(0).astype("Int64") if details else None,
        derived=(*_SHARE, *(_PLANNED[:1] if details else ())),
        value="outcome_learner_count",
        additive=("outcome_mention_count",),
        instead=MappingProxyType(
            {
                "risk_category": "one risk_category at a time: a learner can have several risks",
                "outcome": "one outcome at a time: a learner's risks can differ in it",
                **grouping.instead("support_gaps", dims),
            }
        ),
        choices=MappingProxyType({"by": ", ".join(dims), **_marked(marks)}),
        is_made_up=data.is_made_up,
    )


def _marked(marks: pd.DataFrame | None) -> dict[str, str]:
    """Say in the recipe how many marks of the owner entered the figure, if any did."""
    count = 0 if marks is None else int((marks["kind"] == "handled_otherwise").sum())
    return {"marks": str(count)} if count else {}


def support_gap_rows(data: Dataset, *, marks: pd.DataFrame | None = None) -> Worklist:
    """List every gap with the row of the delivery that names the risk, for its owner to act on.

    One row per: risk of a plan that is a gap.

    Columns:
        school: Name of the school.
        semester: Semester of the plan.
        plan_id: Code of the plan, as delivered.
        risk_category: Group of the risk.
        risk: The risk.
        outcome: not_planned or not_received.
        would_answer: Kinds of support that would answer it, joined by ``;``.
        planned: Of these, kinds the plan foresees.
        file: File of the delivery.
        sheet: Its sheet.
        row: The row that names the risk.
        mark_key: Key to mark it as handled otherwise (``marks.set_marks``).

    Leaves out:
        Everything that is a reason and no gap.

    Sources:
        Tables plans, risks, supports, consultations and payments of the delivery.

    Example:
        >>> from pumpurs_analysis import published
        >>> support_gap_rows(published())
        Traceback (most recent call last):
        ValueError: support_gap_rows counts records of plans ... risk_mix answers.
    """
    grouping.needs_records(data, "support_gap_rows", "risk_mix")
    mentions, planned = _judged(data, marks)
    foreseen = planned.astype({"support_kind": "string"}).drop_duplicates(
        ["mention", "support_kind"]
    )
    kinds = foreseen.groupby("mention")["support_kind"].agg(";".join)
    gaps = mentions.assign(planned=kinds)
    gaps = gaps[gaps["outcome"].isin(GAPS)].astype(dict.fromkeys((*_MENTION, "school"), "string"))
    gaps = gaps.assign(mark_key=keys_of(gaps, _MENTION))
    allowed = _allowed(gaps).groupby(["risk_category", "risk"], dropna=False)["support_kind"]
    wanted = allowed.agg(lambda names: ";".join(dict.fromkeys(names))).reset_index(
        name="would_answer"
    )
    gaps = gaps.merge(wanted, how="left", on=["risk_category", "risk"])
    where = data.inputs[["input_id", "file", "sheet"]].astype("string")
    gaps = gaps.astype({"input_id": "string"}).merge(where, how="left", on="input_id")
    gaps["planned"] = gaps["planned"].fillna("")
    gaps = gaps.sort_values(["school", "semester", "plan_id", "risk_category"], ignore_index=True)
    return Worklist(
        name="support_gap_rows",
        frame=gaps[["school", "semester", *_MENTION, "outcome", "would_answer", "planned",
                    "file", "sheet", "row", "mark_key"]],
        unit="mention",
        one_row_per="risk of a plan that is a gap",
        notes=("note.gaps",),
        is_made_up=data.is_made_up,
    )  # fmt: skip


def _judged(data: Dataset, marks: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each risk of a plan once with its outcome; and the planned supports that answer it."""
    planned = _planned(data)
    mentions = grouping.placed(data, "judged_mentions", lambda: _outcomes(data, planned))
    if marks is not None and len(marks):
        handled = marks.loc[marks["kind"] == "handled_otherwise", "key"]
        is_handled = keys_of(mentions, _MENTION).isin(handled) & (mentions["outcome"] != "answered")
        mentions["outcome"] = mentions["outcome"].mask(is_handled, "handled_otherwise")
    return mentions, planned


def _mentions(data: Dataset) -> pd.DataFrame:
    """Each risk once in a plan that counts."""
    mentions = data.risks.astype(dict.fromkeys(_MENTION, "string")).drop_duplicates(_MENTION)
    return grouping.of_counted_plans(data, mentions, *_OF_PLAN).rename_axis(index="mention")


def _planned(data: Dataset) -> pd.DataFrame:
    """The planned supports that answer a risk of their plan, each under its mention."""

    def make() -> pd.DataFrame:
        named = ["plan_id", "support_kind", "specialist_kind"]
        supports = data.supports.astype(dict.fromkeys(named, "string"))
        found = _answering(_mentions(data), supports)
        return found.astype(dict.fromkeys(("support_id", "support_kind"), "category"))

    return facts.kept(data, "answering_supports", make)


def _outcomes(data: Dataset, planned: pd.DataFrame) -> pd.DataFrame:
    """The mentions and what became of each before a person marked anything."""
    mentions = _mentions(data)
    received = _answering(mentions, _received(data))
    is_planned = mentions.index.isin(planned["mention"])
    can_show = planned["support_kind"].isin(_shown_kinds(data))
    meals = _allowed(mentions).query("support_kind == 'catering'")[_MENTION[1:]]
    is_meal = pd.MultiIndex.from_frame(mentions[_MENTION[1:]]).isin(pd.MultiIndex.from_frame(meals))
    statuses = catalogue.entries("codes")["plan_status"]
    approved = [code for code, entry in statuses.items() if entry["is_approved"]]
    outcomes = {
        "answered": mentions.index.isin(received["mention"]),
        "municipality_pays": ~is_planned
        & is_meal
        & mentions["is_catering_by_municipality"].fillna(value=False).to_numpy(bool),
        "not_planned": ~is_planned,
        "suspended": mentions["status"] == "suspended",
        "waiting": ~(mentions["status"].isin(approved) | mentions["status"].isna()),
        "not_known": ~mentions.index.isin(planned.loc[can_show, "mention"]),
    }
    conditions = [np.asarray(each, dtype=bool) for each in outcomes.values()]
    found = np.select(conditions, list(outcomes), default="not_received")
    return mentions.assign(outcome=pd.Categorical(found, categories=sorted(OUTCOMES)))


def _allowed(mentions: pd.DataFrame) -> pd.DataFrame:
    """Kinds of support (and of specialist; missing is any) that answer each risk that occurs."""
    groups = catalogue.entries("answers")
    rows = []
    pairs = mentions[["risk_category", "risk"]].drop_duplicates()
    for category, risk in pairs.itertuples(index=False):
        group = groups.get(category, {})
        named = "" if pd.isna(risk) else risk
        for answer in group.get("risks", {}).get(named, group.get("answers", ())):
            rows += [
                (category, risk, answer["support_kind"], specialist)
                for specialist in answer.get("specialists", [pd.NA])
            ]
    columns = ["risk_category", "risk", "support_kind", "specialist_wanted"]
    return pd.DataFrame(rows, columns=columns).astype("string")


def _answering(mentions: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """The supports given (planned or received) that answer a mention of the same plan."""
    asked = mentions[_MENTION].reset_index()
    asked = asked.merge(_allowed(mentions), on=["risk_category", "risk"])
    found = asked.merge(given, on=["plan_id", "support_kind"])
    is_right = found["specialist_wanted"].isna() | found["specialist_kind"].isna()
    is_right |= (found["specialist_wanted"] == found["specialist_kind"]).fillna(value=False)
    return found[is_right].drop(columns=["risk_category", "risk"])


def _received(data: Dataset) -> pd.DataFrame:
    """What was delivered or paid in each plan; a payment names no specialist."""
    given = data.consultations[["plan_id", "specialist_kind"]].astype("string")
    given = given.dropna(subset="plan_id").drop_duplicates().assign(support_kind="consultation")
    fact = plan_support(data)
    paid = fact.loc[fact["paid_month_count"] > 0, ["plan_id", "support_kind"]].astype("string")
    if grouping.was_delivered(data, "consultations"):  # they tell more than the payment for them
        paid = paid[paid["support_kind"] != "consultation"]
    both: pd.DataFrame = pd.concat([given, paid], ignore_index=True)
    return both.astype("string")  # a payment names no specialist


def _shown_kinds(data: Dataset) -> list[str]:
    """Kinds whose receipt a delivered table could show."""
    kinds = catalogue.entries("codes")["support_kind"]
    if grouping.was_delivered(data, "payments"):
        return list(kinds)
    return ["consultation"] if grouping.was_delivered(data, "consultations") else []
