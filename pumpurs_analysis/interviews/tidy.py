"""From rows of text to tidy tables: who is behind them stays outside this door."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.dataset import problem_table
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.interviews.found import Found, Row
from pumpurs_analysis.periods import read_period
from pumpurs_analysis.pseudonyms import could_name_a_person, pseudonym, scrub
from pumpurs_analysis.spellings import plain_heading
from pumpurs_analysis.text import fold

NAME = "⟪name⟫"
_LINKED = ("risk_category", "support_kind")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?:^|[.!?:…„“”\"–—\n])\W*$")
_NAMES = re.compile(rf"{NAME}(?:\s+{NAME})+")
_TOKEN = re.compile(r"(⟪[^⟫]*⟫)")


@dataclass(frozen=True)
class Interviews:
    """Interviews and focus groups, tidy.

    Attributes:
        case_sessions: One row per interview or focus group: session_id, stakeholder_group, form,
            date, participant_count.
        coded_segments: One row per coding of a passage: session_id, start, end, code, coder_id,
            quotation, has_consent.
        codebook: One row per code: code, theme (the code at its top), risk_category, support_kind.
        problems: What was met on the way.
        is_made_up: Whether they are invented for practice; every output then says so.
    """

    case_sessions: pd.DataFrame
    coded_segments: pd.DataFrame
    codebook: pd.DataFrame
    problems: pd.DataFrame
    is_made_up: bool = False


def tidied(found: Found, key: bytes) -> Interviews:
    """Make the tidy tables; what cannot be read is set aside with a problem."""
    problems = list(found.problems)
    sessions = _sessions(found.sessions, key, problems)
    codes = _codebook(found, key, problems)
    segments = _segments(found.segments, sessions, key=key, problems=problems)
    return Interviews(
        schema.conform("case_sessions", pd.DataFrame(sessions.values())),
        schema.conform("coded_segments", pd.DataFrame(segments)),
        schema.conform("codebook", pd.DataFrame(codes.values())),
        problem_table(problems),
    )


def _sessions(
    rows: Iterable[Row], key: bytes, problems: list[Problem]
) -> dict[str, dict[str, object]]:
    """Give each session by its pseudonym, in order of dates where all are known."""
    found: dict[str, dict[str, object]] = {}
    for row in rows:
        session_id = pseudonym("session", row.get("session"), key)
        if session_id in found:
            problems.append(row.problem("interview_session_twice"))
            continue
        found[session_id] = {
            "session_id": session_id,
            "stakeholder_group": _group(row, problems),
            "form": _codes("session_form").get(plain_heading(row.get("form"))),
            "date": _date(row, problems),
            "participant_count": _participants(row, problems),
        }
    if all(each["date"] is not None for each in found.values()):
        return dict(sorted(found.items(), key=lambda item: str(item[1]["date"])))
    return found


def _group(row: Row, problems: list[Problem]) -> str | None:
    written = row.get("stakeholder_group")
    code = _codes("stakeholder_group").get(plain_heading(written))
    if code is None:
        found = "" if could_name_a_person(written) else written
        problems.append(row.problem("interview_group_unread", found))
    return code


def _date(row: Row, problems: list[Problem]) -> pd.Timestamp | None:
    start = read_period(row.get("date")).start if row.get("date") else None
    if start is None:
        problems.append(row.problem("interview_date_unread"))
    return None if start is None else pd.Timestamp(start)


def _participants(row: Row, problems: list[Problem]) -> int | None:
    written = row.get("participants")
    if written.isdecimal() and int(written) > 0:
        return int(written)
    problems.append(row.problem("interview_participants_unread"))
    return None


def _codebook(found: Found, key: bytes, problems: list[Problem]) -> dict[str, dict[str, object]]:
    """Give each code by its name; codes that only passages name belong to no theme but their own.

    A link to risks or support may also be what a code, or a code above it, is called.
    """
    listed = {scrub(row.get("code"), key): row for row in found.codes if row.get("code")}
    parents = {code: scrub(row.get("parent"), key) for code, row in listed.items()}
    named = (scrub(row.get("code"), key) for row in found.segments)
    parents |= {code: "" for code in named if code and code not in listed}
    for parent in list(parents.values()):
        parents.setdefault(parent, "")
    parents.pop("", None)
    links = {field: _links(field, parents, listed, problems=problems) for field in _LINKED}
    lines = {code: _upwards(code, parents) for code in parents}
    return {
        code: {
            "code": code,
            "theme": line[-1],
            **{
                field: next((links[field][each] for each in line if links[field][each]), None)
                for field in _LINKED
            },
        }
        for code, line in lines.items()
    }


def _upwards(code: str, parents: Mapping[str, str]) -> list[str]:
    """Give a code and those above it, each once: a category may be called like a code in it."""
    line = [code]
    while parents.get(line[-1]) and parents[line[-1]] not in line:
        line.append(parents[line[-1]])
    return line


def _links(
    field: str,
    codes: Iterable[str],
    listed: Mapping[str, Row],
    *,
    problems: list[Problem],
) -> dict[str, str | None]:
    """Say which risk group, or kind of support, each code is about by its own row or name."""
    known = _codes(field)
    links: dict[str, str | None] = {}
    for code in codes:
        row = listed.get(code)
        written = row.get(field) if row else ""
        if row and written and plain_heading(written) not in known:
            problems.append(row.problem("interview_link_unread"))
        links[code] = known.get(plain_heading(written or code))
    return links


@cache
def _codes(field: str) -> dict[str, str]:
    """Plain spelling -> code of a code list."""
    return {
        plain_heading(word): code
        for code, entry in catalogue.entries("codes")[field].items()
        for word in (code, *entry["name"].values(), *entry["written"])
    }


def _segments(
    rows: Iterable[Row],
    sessions: Mapping[str, object],
    *,
    key: bytes,
    problems: list[Problem],
) -> list[dict[str, object]]:
    given = {fold(word) for word in catalogue.entries("interviews")["consent_given"]}
    found: list[dict[str, object]] = []
    for row in rows:
        session_id = pseudonym("session", row.get("session"), key)
        place = _place(row)
        if session_id not in sessions:
            problems.append(row.problem("interview_session_unknown"))
        elif not row.get("code"):
            problems.append(row.problem("interview_code_unknown"))
        elif place is None:
            problems.append(row.problem("interview_position_unread"))
        else:
            found.append(
                {
                    "session_id": session_id,
                    "start": place[0],
                    "end": place[1],
                    "code": scrub(row.get("code"), key),
                    "coder_id": pseudonym("coder", row.get("coder"), key),
                    "quotation": without_names(scrub(row.get("quotation"), key)),
                    "has_consent": fold(row.get("consent")) in given,
                }
            )
    return found


def _place(row: Row) -> tuple[int, int] | None:
    """Where a passage begins and ends; a table may give its beginning alone."""
    start, end = row.get("start"), row.get("end")
    if not start.isdecimal():
        return None
    last = int(end) if end.isdecimal() else int(start) + max(1, len(row.get("quotation")))
    return (int(start), last) if last > int(start) and (not end or end.isdecimal()) else None


def without_names(text: str) -> str:
    """Put a token in place of what may be a person's name.

    A given name is replaced anywhere; another capitalised word only inside a sentence, where it is
    none of the catalogue's and registers' words. Who checks a transcript is still a person.

    Example:
        >>> without_names("Matemātikā palīdzēja Ilze Ozola, tad kļuva vieglāk.")
        'Matemātikā palīdzēja ⟪name⟫, tad kļuva vieglāk.'
    """
    parts = _TOKEN.split(text)
    kept = [part if _TOKEN.fullmatch(part) else _nameless(part) for part in parts]
    return _NAMES.sub(NAME, "".join(kept))


def _nameless(text: str) -> str:
    def replaced(word: "re.Match[str]") -> str:
        is_first = _SENTENCE_END.search(text[: word.start()]) is not None
        looked_at = word[0].lower() if is_first else word[0]
        return NAME if could_name_a_person(looked_at) else word[0]

    return _WORD.sub(replaced, text)
