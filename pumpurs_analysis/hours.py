"""Read how long something took, in hours, and whether a heading speaks of hours or money.

Comes in: text in Latvian or English. Goes out: hours as a number. An academic hour is the hour it
is written as; minutes are parts of sixty. Refuses what names no unit beside a multiplication.
"""

import re

from pumpurs_analysis.text import fold

_SAYS_MONEY = re.compile(r"(?i)\b(eur|euro|eiro)\b|€")
_SAYS_HOURS = re.compile(r"\b(h|st|stund\w*|hours?|min(ut\w*)?)\b")
_HOUR = r"(?:(?:ak[a-z]*\.?|macibu)? ?(?:stund[a-z]*|st|hours?|h)\.?)"
_MINUTE = r"(?:m(?:in[a-z]*)?\.?)"
_HOURS = re.compile(rf"([-−]?\d+(?:[.,]\d+)?) ?{_HOUR}?")
_CLOCK = re.compile(rf"(\d{{1,3}})(?::| ?{_HOUR} ?(?:un )?)([0-5]\d)(?: ?{_MINUTE}|:00)?")
_FEW_MINUTES = re.compile(rf"(\d{{1,3}}) ?{_HOUR} ?(?:un )?(\d) ?{_MINUTE}")
_MINUTES = re.compile(r"(\d{1,3}) ?(?:min[a-z]*\.?|')")
_TIMES = re.compile(r"(?:(\d\d?) ?[x*×] ?(\d.*[a-z'].*)|(\d.*[a-z'].*?) ?[x*×] ?(\d\d?))")
_FROM_TO = re.compile(r"(\d\d?)[:.](\d\d)(?::00)? ?[-–—] ?(\d\d?)[:.](\d\d)(?::00)?")


def read_hours(text: str) -> float | None:
    """Read hours: a number, hours and minutes, minutes, several times as long, from and to.

    Example:
        >>> [read_hours(text) for text in ("1,5", "2 h", "1:30", "2 ak. st.", "1 st. 30 min")]
        [1.5, 2.0, 1.5, 2.0, 1.5]
        >>> [read_hours(text) for text in ("45 min.", "2 x 45 min", "14:00–15:30", "2 x 3")]
        [0.75, 1.5, 1.5, None]
    """
    bare = fold(text)
    if clock := _CLOCK.fullmatch(bare) or _FEW_MINUTES.fullmatch(bare):
        return int(clock[1]) + int(clock[2]) / 60
    if plain := _HOURS.fullmatch(bare):
        return float(plain[1].replace(",", ".").replace("−", "-"))
    if minutes := _MINUTES.fullmatch(bare):
        return int(minutes[1]) / 60
    if times := _TIMES.fullmatch(bare):
        each = read_hours(times[2] or times[3])
        return None if each is None else int(times[1] or times[4]) * each
    if span := _FROM_TO.fullmatch(bare):
        start, end = (60 * int(span[at]) + int(span[at + 1]) for at in (1, 3))
        return (end - start) / 60 if start < end <= 24 * 60 else None
    return None


def unit_of(text: str) -> str:
    """Say whether a heading names ``hours`` or an ``amount`` of money; empty where neither."""
    is_hours, is_money = (bool(unit.search(fold(text))) for unit in (_SAYS_HOURS, _SAYS_MONEY))
    return "" if is_hours == is_money else "hours" if is_hours else "amount"
