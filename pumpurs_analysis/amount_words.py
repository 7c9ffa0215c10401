"""Cut a text about an amount into tokens: numbers, words, and digits that count nothing.

Comes in: text as written. Goes out: a :class:`Sentence` of tokens, and what figures, qualifiers and
"per" words say. Putting them together is the work of ``amounts``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from pumpurs_analysis.spellings import Noun, listed, noun, pattern, plain, written

NO_CENTS = "nothing stands after the decimal mark"
_SPOILT = "the number is not written as one"
_A_WORD = 3  # letters; shorter ones beside figures make a code
_LONGEST = 18  # figures with marks; longer ones are account numbers and the like


_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:[ '.,]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"|(?P<mask>¤+)|(?P<word>[^\W\d_]+)|(?P<sign>[^\s¤])"
)


@dataclass(frozen=True)
class Token:
    """One piece of a text: a number in figures, a word, a covered stretch or a sign."""

    kind: Literal["number", "word", "mask", "sign"]
    text: str  # plain
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """One text three ways, letter for letter: as written, in lower case, in plain letters."""

    written: str
    plain: str
    tokens: tuple[Token, ...]
    per_spans: tuple[tuple[int, int, str], ...]

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """Cut a text."""
        shown = written(text)
        letters = plain(shown)
        covered = _cover(shown, letters)
        spans = tuple(_said_per(covered))
        tokens = tuple(
            Token(found.lastgroup, found[0], found.start(), found.end())  # type: ignore[arg-type]
            for found in _TOKEN.finditer(covered)
        )
        return cls(shown, covered, tokens, spans)

    def is_capital(self, token: Token) -> bool:
        """Whether the token starts with a capital."""
        return self.written[token.start].isupper()

    def noun(self, token: Token) -> Noun | None:
        """Give the counted thing a token may name."""
        return noun(self.written[token.start : token.end].lower()) or noun(token.text)


# What holds digits but states no amount: footnotes, numbers of projects and paragraphs, times,
# dates, school years, grades, ages, semesters, ordinals.
_NOT_AMOUNTS = r"""
\[\d+\] | [*¹²³]+ | \b(?:nr|no)\.\s?\d[\w./]* | \d\.\d\.\d[\w./]* | \bcovid-?\s?\d+ | \d\d?:\d\d\b
| \bplkst\.?\s?\d\d?(?:[.:]\d\d)?\b
| \b@Y\s?\.?\s?[/-]\s?(?:@Y|\d\d)\b\.?(?:\s?(?:m\.?\s?g\b|g\b|macibu|gad[a-z]*)\.?)?
| \b@Y(?:\s?\.?\s?(?:gad[a-z]*|g\b\.?)) | \b(?:in|since|until|by)\s@Y\b
| \b\d\d?[./]\s?\d\d?[./]\s?@Y\b\.? | \b@Y-\d\d-\d\d\b | \b\d\d?/@Y\b
| \b\d\d?\s?\.?\s?(?:@month)(?:\s@Y\b)?
| \b\d\d?\s?\.?(?:\s?[a-z]\b)?\s?(?:-|lidz|to)\s?\d\d?\s?\.?\s?(?:klas|kurs|kl\b|grade)[a-z]*
| \b\d\d?\s?(?:\.(?:\s?[a-z]\b)?\s?(?:un|,)\s?\d\d?\s?\.|(?:un|,)\s?\d\d?)
  \s?(?:klas|kurs|kl\b|grade)[a-z]*
| \b(?:\d\d?\s?\.|[1-9]|1[0-2])\s?(?:klas|kurs)(?:ei|e|es|am|a|s)\b
| [§#]\s?\d+ | \b(?:talr|tel|mob)[a-z]*\.?\s?:?\s?[+\d][\d\s-]+ | ^\d\d?\)\s | ^\d\d?\.\s(?=\d)
| \b\d\d?\s?-?\s?(?:gadig[a-z]*|gadnie[a-z]*) | \b\d\d?\sgad(?:us|u|a)\s(?:vec|jaun)[a-z]*
| \b(?:grades?|class(?:es)?)\s(?:from\s)?\d\d?(?:\s?(?:-|to|and)\s?\d\d?)?\b
| \bvecum[a-z]*\s(?:no\s)?\d\d?\s?\.?(?:(?:-|\s?lidz)\s?\d\d?)?(?:\sgad[a-z]*)?
| \baged?\s(?:from\s)?\d\d?(?:\s?(?:-|to)\s?\d\d?)?\b
| \b\d\d?\s?-\s?\d\d?\sgad[a-z]*\s(?:vec|jaun)[a-z]*
| \b(?:[12]\.\s?|ii?\.?\s)(?:macibu\s)?(?:semestr|sem\b|pusg)[a-z]*
| (?:\b\d+\.\s?(?:,|un\b|-|lidz\b)\s?)+\d+\.\s?(?=[^\W\d_]{2}) | \b\d+\s?\.\s?-?(?=[^\W\d_]{2})
| \b\d+(?:st|nd|rd|th)\b | \b\d+-(?:[mrts]?(?:ais|aj[a-z]*|as|am|a|o))\b
| \b\d\d?\s?\.?\s?[a-d]\b(?=\s?(?:klas|kl\b|$))
"""


@cache
def _not_amounts() -> re.Pattern[str]:
    month = pattern((word for month in listed("months") for word in month), "[a-z]{0,2}")
    filled = _NOT_AMOUNTS.replace("@Y", r"(?:19|20)\d\d").replace("@month", month)
    return re.compile(filled, re.VERBOSE)


def _cover(shown: str, letters: str) -> str:
    """Cover with ¤ what states no amount; "12. Skolā" ends a sentence, "4600. EUR" a sum."""

    def cover(found: re.Match[str]) -> str:
        following = plain(shown[found.end() :].strip())
        is_ordinal = re.fullmatch(r"\d+\s?\.\s?", found[0])
        is_sentence_end = found[0].endswith(" ") and shown[found.end() : found.end() + 1].isupper()
        is_sum = re.match(r"(?:eur|eiro|euro|milj|tukst|proc)", following)
        named = listed("named_after_place")
        is_name = following.startswith(tuple(plain(word)[:-1] for word in named))
        if is_ordinal and (is_sum or (is_sentence_end and not is_name)):
            return found[0]
        return "¤" * len(found[0])

    for two, one in (("per cent", "percent "), (">=", "≥ "), ("<=", "≤ ")):
        letters = letters.replace(two, one)
    return _not_amounts().sub(cover, letters)


def digits(sentence: Sentence, place: int) -> tuple[Decimal | None, str, str]:
    """Read a number in figures: its value, a mark that may mean either, and what spoils it.

    Example:
        >>> digits(Sentence.of("1,500 EUR"), 0), digits(Sentence.of("30,-"), 0)[2]
        ((Decimal('1.500'), ',', ''), 'nothing stands after the decimal mark')
    """
    token = sentence.tokens[place]
    before, after = sentence.plain[: token.start], sentence.plain[token.end :]
    if re.match(r"[,.]\s?-(?!\s?\d)", after):
        return None, "", NO_CENTS
    if _is_code(before, after):
        return None, "", _SPOILT
    value, mark = _value(token.text)
    if value is None:
        return None, "", _SPOILT
    if re.fullmatch(r"[^\w¤]*-\s", before):
        return value, "-", ""
    is_negative = re.search(r"(?:^|[\s(]|eur|€)-€?$", before) and not re.search(r"\d\s?-$", before)
    return (-value if is_negative else value), mark, ""


def _is_code(before: str, after: str) -> bool:
    """Whether letters or strokes touch the figures as in B2, 7b, 1E5, 1/3; "saņem15" counts."""
    prefix = re.search(r"[^\W\d_]+$", before)
    suffix = re.match(r"[^\W\d_]+", after)
    short_prefix = prefix and len(prefix[0]) < _A_WORD and not qualifying(before)
    short_suffix = suffix and len(suffix[0]) < _A_WORD and not noun(suffix[0])
    in_millions = re.match(r"\s[mk]\b\.?\s?(?:eur|eiro|€)", after)  # M may stand for a million
    in_fraction = re.match(r"\s?[/:]\s?\d", after) or re.search(r"\d\s?[/:]\s?$", before)
    return bool(short_prefix or short_suffix or in_fraction or in_millions)


def _value(figures: str) -> tuple[Decimal | None, str]:
    """Give the value of figures with marks, and the mark if it may part thousands or decimals."""
    grouped = re.sub(r"[ ']", "", figures)
    if len(grouped) > _LONGEST:
        return None, ""
    marks = re.findall(r"[.,]", grouped)
    if not marks:
        return Decimal(grouped), ""
    whole, last = grouped.rsplit(marks[-1], 1)
    if len(marks) == 1:
        either = grouped == figures and len(last) == 3 and len(whole) <= 3 and whole[0] != "0"  # noqa: PLR2004
        return Decimal(f"{whole}.{last}"), marks[0] if either else ""
    groups = re.split(r"[.,]", whole)
    if len(set(marks[:-1])) > 1 or any(len(group) != 3 for group in groups[1:]):  # noqa: PLR2004
        return None, ""
    if marks[-1] != marks[0]:
        return Decimal(f"{''.join(groups)}.{last}"), ""
    return (Decimal("".join(groups) + last), "") if len(last) == 3 else (None, "")  # noqa: PLR2004


@cache
def _qualifiers() -> list[tuple[str, re.Pattern[str]]]:
    gaps = pattern(listed("qualifier_gaps"))
    every = [(name, word) for name, words in listed("qualifiers").items() for word in words]
    return [
        (name, re.compile(rf"(?:(?<=\W)|^){pattern([word])}[\s(]*(?:{gaps}[\s(]*)*$"))
        for name, word in sorted(every, key=lambda pair: -len(pair[1]))
    ]


def qualifying(before: str) -> tuple[str, int] | None:
    """Find the qualifier a text ends in, and where it starts.

    Example:
        >>> qualifying("skolu skaits: ne mazak ka ")
        ('at_least', 14)
    """
    for name, rule in _qualifiers():
        found = rule.search(before)
        if found:
            return name, found.start()
    return None


def per_words(who_or_time: str) -> Iterable[tuple[str, list[str]]]:
    """Give what an amount may be per, with the words that say so.

    Example:
        >>> [name for name, _ in per_words("time")][:3]
        ['school_year', 'month', 'semester']
    """
    found: dict[str, list[str]] = listed("per_words", who_or_time)
    return found.items()


@cache
def _marked_per() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Write "vienam projektam", "ik mēnesi", "per month", each with what it names."""
    # "divdesmit vienam" is twenty-one, not "per one".
    markers = rf"(?<!desmit )(?<!simt )(?<!tukstos ){pattern(listed('per_markers'))}"
    rules = [
        (name, re.compile(rf"\b{markers}\s{pattern(words)}(?![^\W_])"))
        for kind in ("who", "time")
        for name, words in per_words(kind)
    ]
    adverbs = listed("per_adverbs").items()
    return (*rules, *((name, re.compile(rf"\b{pattern([word])}")) for word, name in adverbs))


def _said_per(covered: str) -> Iterator[tuple[int, int, str]]:
    for name, rule in _marked_per():
        for found in rule.finditer(covered):
            yield found.start(), found.end(), name
