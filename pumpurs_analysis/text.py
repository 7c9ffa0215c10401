"""Words and numbers as people read them, in Latvian and English.

Comes in: a key of the catalogue, a number, a date. Goes out: text. Language is always an argument,
never a global. Knows nothing of the programme.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, localcontext
from functools import cache, lru_cache
from typing import Any, Literal

import babel
from babel import dates, numbers
from rapidfuzz import fuzz, process

from pumpurs_analysis import catalogue

Language = Literal["lv", "en"]
LANGUAGES: tuple[Language, ...] = ("lv", "en")

NBSP = "\u00a0"
_LARGE_CENTS = 100_000
_MADE_UP = re.compile(r"izdomat[a-z]*[ _]dat|made[-_ ]up[ _]data|izdomats paraug")
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
_ALPHABET = "aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž"
# Long vowels differ from short ones only at the second level, and y sorts with i.
_FIRST_LEVEL = str.maketrans("āēīōūyŗ", "aeiouir")


def tidy_spaces(text: str) -> str:
    """Make every run of spaces (no-break, thin, line ends) one plain space.

    Example:
        >>> tidy_spaces(" 31\u00a0794  EURO ")
        '31 794 EURO'
    """
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """Reduce text to what a search compares: lower case, no diacritics, plain spaces.

    Example:
        >>> fold("Ķekavas  VIDUSSKOLA")
        'kekavas vidusskola'
    """
    if text.isascii():  # codes, mostly: there is nothing to take apart
        return tidy_spaces(text).lower()
    decomposed = unicodedata.normalize("NFD", tidy_spaces(text).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def sort_key(text: str) -> tuple[Any, ...]:
    """Order names the Latvian way: by the alphabet, 2. before 10., capitals not apart.

    Example:
        >>> sorted(["Ņ", "Rīgas 10. vsk.", "N", "Rīgas 2. vsk.", "Ā", "B"], key=sort_key)
        ['Ā', 'B', 'N', 'Ņ', 'Rīgas 2. vsk.', 'Rīgas 10. vsk.']
    """
    first: list[tuple[int, ...]] = []
    second: list[int] = []
    for part in re.findall(r"\d+|\D", tidy_spaces(text).casefold()):
        if part.isdigit():
            first.append((1, int(part)))
        elif part in _ALPHABET:
            first.append((2, _ALPHABET.index(part.translate(_FIRST_LEVEL))))
            second.append(_ALPHABET.index(part))
        elif part == " ":
            first.append((0, 0))
    return (tuple(first), tuple(second), text)


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Give the choice most like the name, or None where nothing is near.

    Example:
        >>> nearest("Tukma novads", ["Tukuma novads", "Talsu novads"])
        'Tukuma novads'
    """
    found = process.extractOne(name, list(choices), scorer=fuzz.WRatio, score_cutoff=70)
    return found[0] if found else None


@cache
def _locale(language: Language) -> babel.Locale:
    return babel.Locale.parse("lv_LV" if language == "lv" else "en_GB")


def plural_class(count: float, language: Language) -> str:
    """Say which plural form a count takes (CLDR: Latvian has zero, one and other).

    Example:
        >>> [plural_class(n, "lv") for n in (0, 1, 2, 11, 21)]
        ['zero', 'one', 'other', 'zero', 'one']
    """
    return str(_locale(language).plural_form(count))


def say(key: str, language: Language, **values: object) -> str:
    """Give one entry of the catalogue's texts in one language, with its places filled.

    Args:
        key: An entry of ``catalogue/texts``.
        language: ``"lv"`` or ``"en"``.
        **values: What fills the places; ``count`` also chooses the plural form.

    Raises:
        KeyError: There is no such entry, or a place is left unfilled.

    Example:
        >>> say("count.plans", "lv", count=21)
        '21 plāns'
    """
    entry = catalogue.entries("texts")[key][language]
    if isinstance(entry, dict):
        entry = entry[plural_class(float(str(values["count"])), language)]
        values["count"] = number(float(str(values["count"])), language)
    return str(entry).format(**values)


@lru_cache(maxsize=10_000)  # a page writes the same few numbers in many cells
def number(value: float, language: Language, decimals: int = 0) -> str:
    r"""Write a number with grouping and decimal mark of the language.

    Example:
        >>> number(26104, "lv"), number(1.5, "lv", 2), number(26104, "en")
        ('26\xa0104', '1,50', '26,104')
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    with localcontext(rounding=ROUND_HALF_UP):  # 62.5 is 63, as a reader would round
        return str(numbers.format_decimal(value, format=pattern, locale=_locale(language)))


def money(cents: int, language: Language) -> str:
    r"""Write whole cents as euros: ``1 234,56 €``; large whole sums lose their ``,00``.

    Example:
        >>> money(7469528, "lv"), money(3000, "en"), money(3981237600, "lv")
        ('74\xa0695,28\xa0€', '€30.00', '39\xa0812\xa0376\xa0€')
    """
    decimals = 0 if cents % 100 == 0 and abs(cents) >= _LARGE_CENTS else 2
    amount = number(cents / 100, language, decimals)
    return f"{amount}{NBSP}€" if language == "lv" else f"€{amount}".replace("€-", "-€")


def percent(share: float, language: Language, decimals: int = 0) -> str:
    r"""Write a share from 0 to 1 as percent with a hard space.

    Example:
        >>> percent(0.715, "lv", 1), percent(0.625, "lv")
        ('71,5\xa0%', '63\xa0%')
    """
    return f"{number(share * 100, language, decimals)}{NBSP}%"


def long_date(day: date, language: Language) -> str:
    """Write a date in words.

    Example:
        >>> long_date(date(2021, 7, 1), "lv"), long_date(date(2021, 7, 1), "en")
        ('2021. gada 1. jūlijs', '1 July 2021')
    """
    return str(dates.format_date(day, format="long", locale=_locale(language)))


def short_date(day: date, language: Language) -> str:
    r"""Write a date in figures, as documents of the language do.

    Example:
        >>> short_date(date(2021, 7, 1), "lv"), short_date(date(2021, 7, 1), "en")
        ('01.07.2021.', '1\xa0Jul\xa02021')
    """
    return f"{day:%d.%m.%Y}." if language == "lv" else f"{day.day}{NBSP}{day:%b}{NBSP}{day:%Y}"


def partial_date(code: str, language: Language) -> str:
    """Write a day, month or year, whichever is known.

    Example:
        >>> [partial_date(code, "lv") for code in ("2022-12-31", "2020-06", "2023")]
        ['31.12.2022.', '2020. gada jūnijs', '2023. gads']
    """
    if len(code) == len("2023"):
        return say("year", language, year=code)
    if len(code) == len("2020-06"):
        return month(date.fromisoformat(f"{code}-01"), language)
    return short_date(date.fromisoformat(code), language)


def month(day: date, language: Language) -> str:
    """Write a month and its year.

    Example:
        >>> month(date(2023, 5, 1), "lv"), month(date(2023, 5, 1), "en")
        ('2023. gada maijs', 'May 2023')
    """
    pattern = "y. 'gada' LLLL" if language == "lv" else "LLLL y"
    return str(dates.format_date(day, format=pattern, locale=_locale(language)))


def school_year(code: str, language: Language) -> str:
    """Write a school year code the way the language does.

    Example:
        >>> school_year("2019/2020", "lv"), school_year("2019/2020", "en")
        ('2019./2020.', '2019/20')
    """
    first, second = code.split("/")
    return f"{first}./{second}." if language == "lv" else f"{first}/{second[2:]}"


def semester(code: str, language: Language) -> str:
    """Write a semester code the way the language does.

    Example:
        >>> semester("2019/2020-2", "lv"), semester("2019/2020-1", "en")
        ('2019./2020. II', '2019/20 I')
    """
    year, half = code.rsplit("-", 1)
    return f"{school_year(year, language)} {'I' if half == '1' else 'II'}"


def says_made_up(texts: Iterable[str]) -> bool:
    """Say whether any text marks its data as made up.

    Example:
        >>> says_made_up(["IZDOMĀTI DATI – MADE-UP DATA"]), says_made_up(["Tukuma novads"])
        (True, False)
    """
    return any(_MADE_UP.search(fold(text)) for text in texts)
