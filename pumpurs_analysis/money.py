"""Read the amount of one cell in whole cents, however euros are written.

Comes in: the text of a cell. Goes out: cents. Refuses other currencies, more than two decimals, and
every word that is no number and no unit.
"""

import re
from decimal import Decimal

from pumpurs_analysis.amounts import read_amount
from pumpurs_analysis.spellings import noun, number_word, plain

_EURO = r"(?:euro|eiro|eur|€)"
_CURRENCY = re.compile(rf"^{_EURO}\.?\s*|\s*{_EURO}\.?(?=\s*[-−–—]?$)", re.IGNORECASE)
_EURO_INSIDE = re.compile(rf"(?<=\d)\s?{_EURO}\.?\s?(?=\d\d$)", re.IGNORECASE)  # 30€50
_NO_CENTS = re.compile(r"(?<=\d)[.,] ?[-–—]{1,2}$")  # 30,- and 30.—
_MINUS_AFTER = re.compile(r"(.*\d)\s*[-–—]$")  # 5,00-
_OTHER_MONEY = re.compile(r"(?:\$|\b(?:usd|lvl|ls|lati|latu|gbp|sek|rub)\b|£)", re.IGNORECASE)
_PLAIN = re.compile(r"\d+(?:[.,](\d+))?")
_GROUPED = re.compile(r"\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*(?:([.,])(\d{1,2}))?")
_FLOAT_NOISE = 6  # decimals; a number with more was computed, and its last places are noise


class MoneyUnreadError(ValueError):
    """The text is no amount in euros; the message is the end of a problem's code."""


def read_cents(text: str) -> int:
    """Read an amount in euros as whole cents.

    Example:
        >>> [read_cents(text) for text in ("1 234,56", "30", "€30.5", "(5,00)", "1.234,5 EUR")]
        [123456, 3000, 3050, -500, 123450]
        >>> [read_cents(text) for text in ("55.300000000000004", "30,- EUR", "30 eiro 50 centi")]
        [5530, 3000, 3050]
    """
    if _OTHER_MONEY.search(text):
        raise MoneyUnreadError("other_currency")
    bare = _EURO_INSIDE.sub(",", _CURRENCY.sub("", text)).strip(" *'’").replace("−", "-")
    bare = _NO_CENTS.sub("", bare).rstrip(".,; ")
    is_negative = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    if after := _MINUS_AFTER.fullmatch(bare):
        if is_negative or not re.search(r"[.,]\d\d$", after[1]):  # 30- may be 30,-
            raise MoneyUnreadError("unread")
        bare, is_negative = after[1], True
    bare = bare.strip("-+() ")
    if any(letter.isalpha() for letter in bare):
        return _in_words(text)
    return -_cents(bare) if is_negative else _cents(bare)


def _in_words(text: str) -> int:
    """Read "trīsdesmit eiro", "30 EUR un 50 centi": numbers and units alone, no other word."""
    for word in re.findall(r"[^\W\d_]+", plain(text)):
        found = noun(word)
        if not (number_word(word) or word == "un" or (found and found.unit in {"EUR", "cents"})):
            raise MoneyUnreadError("unread")
    read = read_amount(text)
    worth = {"EUR": 100, "cents": 1}.get(read.unit or "")
    if worth is None or read.value is None or read.value < 0 or read.value * worth % 1:
        raise MoneyUnreadError("unread")
    return int(read.value * worth)


def _cents(bare: str) -> int:
    if plain := _PLAIN.fullmatch(bare):
        decimals = plain[1] or ""
        value = Decimal(bare.replace(",", "."))
        if len(decimals) <= 2:  # noqa: PLR2004  (cents)
            return int(value * 100)
        cents = round(value * 100)
        if len(decimals) >= _FLOAT_NOISE and abs(value * 100 - cents) < Decimal("0.0001"):
            return cents
        raise MoneyUnreadError("too_precise")
    grouped = _GROUPED.fullmatch(bare)
    if grouped and grouped[1] != grouped[2]:
        whole = re.sub(r"[ '.,]", "", bare[: grouped.start(2)] if grouped[2] else bare)
        return int(whole) * 100 + int((grouped[3] or "0").ljust(2, "0"))
    raise MoneyUnreadError("unread")
