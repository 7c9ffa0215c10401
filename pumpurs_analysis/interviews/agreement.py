"""How far two or more coders agree: Cohen's kappa and Krippendorff's alpha, by code."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pumpurs_analysis.interviews.tidy import Interviews

_TWO = 2


def coder_agreement(interviews: Interviews, *, coders: Sequence[str] = ()) -> pd.DataFrame:
    """Say how far coders agree.

    What they agree on or not are passages that any of them marked with any code, in sessions that
    all of them coded; passages that overlap are one. For each code: who marked the passage with it.

    One row per: code, and first all codes together (code missing).

    Columns:
        code: The code.
        unit_count: Passages judged (times codes, in the first row).
        all_count: Of these, marked with it by every coder.
        some_count: Marked by some of them only.
        none_count: Marked by none.
        agreement_share: (all_count + none_count) / unit_count.
        kappa: Cohen's kappa; missing unless there are two coders, or where all is marked alike.
        alpha: Krippendorff's alpha (nominal); missing where all is marked alike.

    Args:
        interviews: What ``read_interviews`` gave.
        coders: Pseudonyms of the coders; all of them where left out.

    Raises:
        ValueError: There are fewer than two coders, or no session that all of them coded.
    """
    rows = interviews.coded_segments
    who = list(coders) or sorted(rows["coder_id"].unique())
    rows = rows[rows["coder_id"].isin(who)]
    shared = rows.groupby("session_id", observed=True)["coder_id"].nunique()
    rows = rows[rows["session_id"].isin(shared.index[shared == len(who)])]
    if len(who) < _TWO or rows.empty:
        raise ValueError(f"Agreement needs a session coded by two coders or more; coders: {who}")
    units = _units(rows)
    codes = sorted(rows["code"].unique())
    marks = _marks(rows.assign(unit=units), who, codes)
    together = marks.reshape(len(who), -1)
    frame = [_agreement(None, together)]
    frame += [_agreement(code, marks[:, :, place]) for place, code in enumerate(codes)]
    return pd.DataFrame(frame).astype({"code": "string"})


def _units(rows: pd.DataFrame) -> "pd.Series[int]":
    """Number the passages: those of a session that overlap, directly or through others, are one."""
    ordered = rows.sort_values(["session_id", "start", "end"])
    sessions = ordered["session_id"].astype(object)
    reach = ordered.groupby(sessions)["end"].cummax().groupby(sessions).shift()
    is_new = (ordered["start"] >= reach).fillna(value=True).astype(bool)  # first of its session
    return is_new.astype(int).cumsum() - 1


def _marks(
    rows: pd.DataFrame, coders: Sequence[str], codes: Sequence[str]
) -> np.ndarray[tuple[int, int, int], np.dtype[np.int64]]:
    """Say of each coder, passage and code whether it was marked."""
    marks = np.zeros((len(coders), int(rows["unit"].max()) + 1, len(codes)), dtype=np.int64)
    who = {name: place for place, name in enumerate(coders)}
    what = {name: place for place, name in enumerate(codes)}
    marks[
        rows["coder_id"].map(who).astype(int), rows["unit"], rows["code"].map(what).astype(int)
    ] = 1
    return marks


def _agreement(
    code: str | None, marks: "np.ndarray[tuple[int, int], np.dtype[np.int64]]"
) -> dict[str, object]:
    import krippendorff  # noqa: PLC0415  (seconds that only agreement waits for)
    from statsmodels.stats.inter_rater import cohens_kappa  # noqa: PLC0415  (as above)

    count, units = marks.shape
    times = marks.sum(axis=0)
    every, none = int((times == count).sum()), int((times == 0).sum())
    is_told_apart = 0 < times.sum() < marks.size  # else there is nothing to agree about
    kappa = alpha = float("nan")
    if is_told_apart:
        alpha = float(krippendorff.alpha(marks, level_of_measurement="nominal"))
        if count == _TWO:
            table = np.array([[((marks[0] == a) & (marks[1] == b)).sum() for b in (0, 1)]
                              for a in (0, 1)])  # fmt: skip
            kappa = float(cohens_kappa(table, return_results=False))
    return {
        "code": code,
        "unit_count": units,
        "all_count": every,
        "some_count": units - every - none,
        "none_count": none,
        "agreement_share": (every + none) / units,
        "kappa": kappa,
        "alpha": alpha,
    }
