"""What was spoken of: by whom, together with what, and when nothing new came up.

People, sessions and mentions are three counts and never mix. A mention is one passage under one
theme, however many coders marked it; the people are those present in the sessions.
"""

import pandas as pd

from pumpurs_analysis import catalogue
from pumpurs_analysis.interviews.tidy import Interviews

_PASSAGE = ["session_id", "start", "end"]


def mentions(interviews: Interviews, *, level: str = "theme") -> pd.DataFrame:
    """Give one row per passage and theme, or code, with its session's group and people.

    Raises:
        KeyError: ``level`` is neither theme nor code.
    """
    if level not in {"theme", "code"}:
        raise KeyError(f"level is theme or code, not {level}")
    themes = interviews.codebook[["code", "theme"]]
    rows = interviews.coded_segments.merge(themes, on="code", how="left")
    rows = rows.drop_duplicates([*_PASSAGE, level], ignore_index=True)
    return rows.merge(interviews.case_sessions, on="session_id", how="left")


def theme_by_group(interviews: Interviews, *, level: str = "theme") -> pd.DataFrame:
    """Say which stakeholder groups spoke of which themes.

    One row per: theme (or code) and stakeholder group, zeros too.

    Columns:
        theme: The theme, or ``code`` where that was asked for.
        stakeholder_group: The group; missing where it was not read.
        participant_count: People present in the sessions that speak of it, whoever spoke.
        session_count: These sessions.
        mention_count: Passages about it.
        group_participant_count: All people of the group.
        group_session_count: All its sessions.

    Args:
        interviews: What ``read_interviews`` gave.
        level: theme or code.

    Raises:
        KeyError: ``level`` is neither.
    """
    spoken = mentions(interviews, level=level)
    sessions = interviews.case_sessions
    all_of = _summed(sessions, ["stakeholder_group"]).rename(
        columns={name: f"group_{name}" for name in ("participant_count", "session_count")}
    )
    themes = pd.DataFrame({level: sorted(spoken[level].unique())})
    frame = themes.merge(all_of, how="cross")
    keys = [level, "stakeholder_group"]
    counted = _summed(spoken.drop_duplicates([level, "session_id"]), keys)
    passages = (
        spoken.groupby(keys, dropna=False, observed=True).size().reset_index(name="mention_count")
    )
    for part in (counted, passages):
        frame = frame.merge(part.astype({"stakeholder_group": "string"}), on=keys, how="left")
    numbers = ["participant_count", "session_count", "mention_count"]
    is_silent = frame["session_count"].isna()
    frame[numbers] = frame[numbers].mask(is_silent, 0).astype("Int64")
    return frame[[*keys, *numbers, "group_participant_count", "group_session_count"]]


def _summed(sessions: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add up people and sessions; people are missing where one session's are."""
    grouped = sessions.astype({"stakeholder_group": "string"}).groupby(keys, dropna=False)
    return pd.DataFrame(
        {
            "participant_count": grouped["participant_count"].agg(
                lambda counts: counts.sum(skipna=False)
            ),
            "session_count": grouped["session_id"].nunique(),
        }
    ).reset_index()


def co_occurrence(interviews: Interviews, *, level: str = "theme") -> pd.DataFrame:
    """Say which themes are spoken of in one breath: in passages that overlap.

    One row per: pair of themes (or codes) that overlap at least once.

    Columns:
        first, second: The themes, in alphabetical order.
        mention_count: Pairs of overlapping passages.
        session_count: Sessions with such a pair.
        participant_count: People present in them.

    Args:
        interviews: What ``read_interviews`` gave.
        level: theme or code.

    Raises:
        KeyError: ``level`` is neither.
    """
    spoken = mentions(interviews, level=level)[[*_PASSAGE, level, "participant_count"]]
    pairs = spoken.merge(spoken.drop(columns="participant_count"), on="session_id")
    is_together = (pairs["start_x"] < pairs["end_y"]) & (pairs["start_y"] < pairs["end_x"])
    pairs = pairs[is_together & (pairs[f"{level}_x"] < pairs[f"{level}_y"])]
    pairs = pairs.rename(columns={f"{level}_x": "first", f"{level}_y": "second"})
    keys = ["first", "second"]
    of_sessions = pairs.drop_duplicates([*keys, "session_id"]).groupby(keys)
    return pd.DataFrame(
        {
            "mention_count": pairs.groupby(keys).size(),
            "session_count": of_sessions["session_id"].nunique(),
            "participant_count": of_sessions["participant_count"].agg(
                lambda counts: counts.sum(skipna=False)
            ),
        }
    ).reset_index()


def saturation(interviews: Interviews) -> pd.DataFrame:
    """Say how many codes each session added to those already known.

    One row per: session, by date (in the file's order where a date is not known).

    Columns:
        session_id: Pseudonym of the session.
        stakeholder_group: Its group.
        new_code_count: Codes never marked before.
        known_code_count: Codes marked before too.
        code_count: Different codes up to here.
    """
    segments = interviews.coded_segments
    marked: dict[str, set[str]] = {}
    for session_id, code in zip(segments["session_id"], segments["code"], strict=True):
        marked.setdefault(session_id, set()).add(code)
    known: set[str] = set()
    rows = []
    for session_id, group in zip(
        interviews.case_sessions["session_id"],
        interviews.case_sessions["stakeholder_group"],
        strict=True,
    ):
        codes = marked.get(session_id, set())
        row = {"new_code_count": len(codes - known), "known_code_count": len(codes & known)}
        known |= codes
        identity = {"session_id": session_id, "stakeholder_group": group}
        rows.append({**identity, **row, "code_count": len(known)})
    names = ["session_id", "stakeholder_group", "new_code_count", "known_code_count", "code_count"]
    return pd.DataFrame(rows, columns=names)


def quotations(interviews: Interviews, *, theme: str = "") -> pd.DataFrame:
    """Give the passages that may be quoted, each traceable to its session and place.

    A passage may be quoted where consent is marked and its stakeholder group has at least as many
    participants, in all sessions together, as ``catalogue/interviews.yaml`` asks for.

    One row per: passage and theme.

    Columns:
        theme, code: What it is about.
        stakeholder_group: Whose it is.
        quotation: Its words, without names.
        session_id, start, end: Where it stands.

    Args:
        interviews: What ``read_interviews`` gave.
        theme: Only this theme.
    """
    least = int(catalogue.entries("interviews")["least_participants"])
    spoken = mentions(interviews)
    sizes = _summed(interviews.case_sessions, ["stakeholder_group"])
    large = set(sizes.loc[sizes["participant_count"].ge(least).fillna(value=False),
                          "stakeholder_group"].dropna())  # fmt: skip
    may_be = spoken["has_consent"].fillna(value=False) & spoken["stakeholder_group"].isin(large)
    may_be &= spoken["quotation"].notna()
    if theme:
        may_be &= spoken["theme"] == theme
    columns = ["theme", "code", "stakeholder_group", "quotation", *_PASSAGE]
    return spoken.loc[may_be, columns].reset_index(drop=True)
