"""The words of ``catalogue/spellings.yaml`` made ready: plain text, patterns, numbers, nouns.

Comes in: words as written. Goes out: what a word may stand for (a number, a counted thing and its
cases). Refuses to choose between meanings: that is the readers' work.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar

from pumpurs_analysis import catalogue
from pumpurs_analysis.text import fold, tidy_spaces

_ABBREVIATION = 8  # letters; up to here "m g" may be written m.g., mg or m. g.
_NOT_WORDS = re.compile(r"[^a-z0-9#]+")
_WORD = re.compile(r"([a-z]+)(\.?)")
_T = TypeVar("_T")
_LONGEST_SHORTENED = 40  # letters; what is longer was not shortened
_LONGEST_NOTHING = 12  # letters
_ALIKE = str.maketrans("‐‑‒–—―−─⁃﹣－’‘ʼ´\\⁄∕", "-----------''''///")
_HELP = re.compile(r"\b(konsultacij|atbalst|palidzib|nodarbib|pakalpojum|darb)[a-z]*")
_TAUGHT = re.compile(
    r"(?!bez )(?:\w+(?:as|es|is|u) ){1,3}konsultācij\w*|konsultācijas (?:\w+u )?\w+[āēī]"
)
YES = frozenset(
    {"jā", "ja", "j", "yes", "y", "true", "taisnība", "x", "✓", "✔", "v", "+", "1", "ir"}
)
NO = frozenset({"nē", "ne", "n", "no", "false", "aplams", "0", "nav"})
MARKS = YES | NO
_ROMAN = re.compile("[\u2160-\u217f]")  # Ⅱ is one character

# Endings in the order of _CASES; digits mark the stem: 0 as it is, 1 softened.
_CASES = ("sg.nom", "sg.gen", "sg.dat", "sg.acc", "sg.loc")
_PLURAL_CASES = ("pl.nom", "pl.gen", "pl.dat", "pl.acc", "pl.loc")
_DECLENSIONS: Mapping[str, tuple[str, str]] = {
    "m1": ("0s 0a 0am 0u 0ā", "0i 0u 0iem 0us 0os"),
    "m2": ("0is 1a 0im 0i 0ī", "1i 1u 1iem 1us 1os"),
    "f4": ("0a 0as 0ai 0u 0ā", "0as 0u 0ām 0as 0ās"),
    "f5": ("0e 0es 0ei 0i 0ē", "0es 1u 0ēm 0es 0ēs"),
}
_ADJECTIVE = (
    ("0ais 0ā", "0ā 0ās", "0ajam 0am 0ajai 0ai", "0o", "0ajā"),
    ("0ie 0ās", "0o", "0ajiem 0iem 0ajām 0ām", "0os 0ās", "0ajos 0os 0ajās 0ās"),
)
_ENGLISH = {"one": frozenset({"sg.nom", "sg.gen"}), "many": frozenset({"pl.nom"})}


@dataclass(frozen=True)
class Noun:
    """What one written noun may be: the unit it counts and the cases its form allows."""

    unit: str
    lemma: str
    cases: frozenset[str]

    @property
    def may_be_genitive(self) -> bool:
        """Whether another noun may follow as the head of the phrase."""
        return bool(self.cases & {"sg.gen", "pl.gen"})


@dataclass(frozen=True)
class NumberWord:
    """One word of a number: its value, what it does to the words before it, and its case."""

    value: Decimal
    role: Literal["add", "scale"]
    is_genitive: bool = False
    is_nominative_feminine: bool = False


@cache
def listed(*path: str) -> Any:  # noqa: ANN401  (the shape is the catalogue's)
    """Give one branch of the catalogue's spellings.

    Example:
        >>> listed("months")[4]
        ['maij*', 'mai', 'may']
    """
    branch: Any = catalogue.entries("spellings")
    for key in path:
        branch = branch[key]
    return branch


def plain_heading(text: str) -> str:
    r"""Reduce a heading to its letters and figures.

    Example:
        >>> plain_heading(" Izmaksātā  summa,\nEUR "), plain_heading("N. p. k.")
        ('izmaksata summa eur', 'n p k')
    """
    return _NOT_WORDS.sub(" ", fold(text)).strip()


def of_abbreviation(text: str, known: Mapping[str, _T]) -> _T | None:
    """Give what the plain spellings mean whose words begin as the shortened ones; None if unsure.

    Example:
        >>> of_abbreviation("Izgl. kods", {"izglitojama kods": 1, "izglitibas iestade": 2})
        1
        >>> of_abbreviation("kl.", {"klase": 1, "klases": 2}) is None
        True
    """
    if "." not in text or len(text) > _LONGEST_SHORTENED or any(map(str.isdigit, text)):
        return None
    words = _WORD.findall(fold(text))
    if not any(dot for _, dot in words) or all(len(word) == 1 for word, _ in words):
        return None  # "A. B." may be anybody
    likely = [each.split() for each in known if each.startswith(words[0][0])]
    found = {
        known[" ".join(whole)]
        for whole in likely
        if len(whole) == len(words)
        and all(
            full.startswith(word) if dot else full == word
            for full, (word, dot) in zip(whole, words, strict=True)
        )
    }
    return found.pop() if len(found) == 1 else None


@cache
def code_spellings(codes: str) -> Mapping[str, str]:
    """Plain spelling -> code of one code list, names and codes included.

    Example:
        >>> code_spellings("plan_status")["apstiprinats"]
        'approved'
    """
    found: dict[str, str] = {}
    for code, entry in catalogue.entries("codes")[codes].items():
        names = [*entry["name"].values(), *entry.get("short", {}).values()]
        for spelling in [code, code.replace("_", " "), *names, *entry.get("written", ())]:
            found.setdefault(plain_heading(str(spelling)), code)
    return found


@cache
def kind_of_support(text: str) -> str | None:
    """Give the kind of support that a phrase is about, if it is about nothing else.

    Example:
        >>> kind_of_support("Sabiedriskā transporta izdevumu atmaksa"), kind_of_support("Kopgalds")
        ('transport', 'catering')
        >>> kind_of_support("Transporta un ēdināšanas izmaksas"), kind_of_support("Biļetes numurs")
        (None, None)
    """
    rest, found = re.sub(r"\d+", " ", plain_heading(text)), set()
    for pattern, code in _kind_stems():
        rest, count = pattern.subn(" ", rest)
        found |= {code} if count else set()
    is_alone = all(any(re.fullmatch(one, word) for one in _beside_kinds()) for word in rest.split())
    return found.pop() if len(found) == 1 and is_alone else None


@lru_cache(maxsize=5000)
def specialist_in(text: str) -> str | None:
    """Give the kind of specialist whose help a cell names as the support.

    Example:
        >>> specialist_in("psihologs"), specialist_in("Konsultācijas (logopēds)")
        ('psychologist', 'speech_therapist')
        >>> specialist_in("sociālā pedagoga atbalsts"), specialist_in("Transports")
        ('social_pedagogue', None)
    """
    return code_spellings("specialist_kind").get(
        " ".join(_HELP.sub(" ", plain_heading(text)).split())
    )


def is_taught(text: str) -> bool:
    """Say whether a cell names consultations by their subject.

    Example:
        >>> [is_taught(text) for text in ("Latviešu valodas konsultācijas", "Konsultācijas fizikā")]
        [True, True]
        >>> is_taught("transports un konsultācijas"), is_taught("konsultācijas nenotika")
        (False, False)
    """
    return _TAUGHT.fullmatch(text.casefold()) is not None and kind_of_support(text) is None


@cache
def _kind_stems() -> list[tuple[re.Pattern[str], str]]:
    """Stems of the kinds of support, the longest first: special transport is no public one."""
    codes = catalogue.entries("codes")["support_kind"].items()
    stems = [(stem, code) for code, entry in codes for stem in entry.get("stems", ())]
    return [
        (re.compile(rf"\b{fold(stem).replace('*', '[a-z]*')}(?![a-z])"), code)
        for stem, code in sorted(stems, key=lambda each: -len(each[0]))
    ]


@cache
def _beside_kinds() -> list[str]:
    return [fold(word).replace("*", "[a-z]*") for word in listed("beside_kinds")]


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is nothing.

    Example:
        >>> [is_nothing(text) for text in ("—", "n/a", "0", "nav")]
        [True, True, False, True]
    """
    return len(text) < _LONGEST_NOTHING and text.strip().casefold() in _nothing()


@cache
def _nothing() -> frozenset[str]:
    return frozenset(("", *listed("nothing")))


def written(text: str) -> str:
    """Tidy spaces and compose letters, so that one letter is one character.

    Example:
        >>> len(written("s\u0323ko\u0304la"))
        5
    """
    composed = unicodedata.normalize("NFC", tidy_spaces(text))
    return _ROMAN.sub(lambda numeral: unicodedata.normalize("NFKC", numeral[0]), composed)


def plain(text: str) -> str:
    """Reduce text to lower case without diacritics, letter for letter: positions stay the same.

    Example:
        >>> plain("2018.–2019. Mācību")
        '2018.-2019. macibu'
    """
    letters = (unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)
    return "".join(letters).translate(_ALIKE)


def pattern(words: Iterable[str], ending: str = "[a-z]*") -> str:
    """Write words of the catalogue as one pattern; the longest is tried first.

    Example:
        >>> re.findall(pattern(["sem", "semestr*", "m g"]), "m.g. 1. semestris, 2. sem.")
        ['m.g.', 'semestris', 'sem.']
    """
    parts = []
    for word in sorted(words, key=len, reverse=True):
        tail = ending if word.endswith("*") else ""
        space = r"\.?\s?" if len(word) <= _ABBREVIATION else r"\s"
        body = re.escape(word.rstrip("*")).replace(r"\ ", space)
        parts.append(rf"{body}{tail}\b\.?" if word[-1].isalnum() or tail else body)
    return f"(?:{'|'.join(parts)})"


@cache
def _ordinals() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern(words)) for words in listed("ordinals"))


def ordinal(word: str) -> int | None:
    """Say which place a plain word, Roman or Arabic number names, up to 12.

    Example:
        >>> [ordinal(word) for word in ("pirmaja", "ii", "7", "skola")]
        [1, 2, 7, None]
    """
    places = (place for place, found in enumerate(_ordinals(), 1) if found.fullmatch(word))
    return next(places, None)


def _cardinals() -> Iterator[tuple[str, int | Decimal]]:
    words = listed("number_words")
    for stem, value in words["stems"].items():
        yield f"{stem}padsmit", value + 10
        yield f"{stem}desmit", value * 10
        yield f"{stem}simt", value * 100
        for ending in ("", "s"):
            yield f"{stem}tukstos{ending}", value * 1000
        yield f"{stem}arpus", value + Decimal("0.5")  # divarpus
        if value not in {1, 3}:
            yield from ((stem + ending, value) for ending in words["endings"])
    yield from words["fixed"].items()
    for scale in (100, 1000, 10**6):
        yield from ((f"pus{word}", Decimal(scale) / 2) for word in words["scales"][scale])
    for name, value in (("zero", 0), ("one", 1), ("both", 2), ("three", 3)):
        yield from ((word, value) for word in words[name])


@cache
def _number_words() -> dict[str, NumberWord]:
    words = listed("number_words")
    genitives = tuple(words["genitive"])
    stems = tuple(words["stems"])
    found = {
        word: NumberWord(
            Decimal(value),
            "add",
            is_genitive=word.startswith(stems) and (word in genitives or word.endswith("u")),
            is_nominative_feminine=word.startswith(stems) and word.endswith("as"),
        )
        for word, value in _cardinals()
    }
    found |= {word: NumberWord(Decimal("1.5"), "add") for word in words["one_and_a_half"]}
    for scale, forms in words["scales"].items():
        found |= {word: NumberWord(Decimal(scale), "scale") for word in forms}
    return found


def number_word(word: str) -> NumberWord | None:
    """Say what a plain word counts, or None.

    Example:
        >>> number_word("divpadsmit").value, number_word("skola")
        (Decimal('12'), None)
    """
    return _number_words().get(word)


def compose(words: Iterable[NumberWord]) -> Decimal | None:
    """Put number words together, or give None where they do not make one number.

    Example:
        >>> def say(text):
        ...     return compose(number_word(word) for word in text.split())
        >>> say("divi simti piecdesmit"), say("simt divdesmit tris"), say("tris cetri")
        (Decimal('250'), Decimal('123'), None)
    """
    total = group = Decimal(0)
    room = Decimal(10) ** 12  # a smaller part may still follow
    for word in words:
        if word.role == "scale" and word.value == 100:  # noqa: PLR2004  (hundreds stay in their group)
            tens = group % 1000
            group = group - tens + (tens or 1) * 100
            room = Decimal(100)
        elif word.role == "scale":
            total, group, room = total + (group or 1) * word.value, Decimal(0), word.value
        elif word.value and word.value < room and not (group and group % 1):
            group += word.value
            room = _room_after(word.value)
        elif word.value or group or total:
            return None
    return total + group


def _room_after(value: Decimal) -> Decimal:
    """Say below which value a next word may be added: twenty leaves nine, a hundred leaves 99."""
    if value % 100 == 0:
        return Decimal(100) if value % 1000 else Decimal(1000)
    return Decimal(10) if value % 10 == 0 and value >= 20 else Decimal(0)  # noqa: PLR2004  (ten itself takes none)


def _forms(unit: str, kinds: Mapping[str, Any]) -> Iterator[tuple[str, Noun]]:
    for declension, lemmas in kinds.items():
        for lemma in lemmas:
            soft = lemmas[lemma] if isinstance(lemmas, dict) else ""
            for form, cases in _decline(lemma, declension, soft):
                yield form, Noun(unit, lemma, cases)


def _decline(lemma: str, declension: str, soft: str) -> Iterator[tuple[str, frozenset[str]]]:
    if declension == "fixed":
        yield lemma, frozenset(_CASES + _PLURAL_CASES) - {"sg.loc", "pl.loc", "sg.gen", "pl.gen"}
    elif declension == "attributive":
        yield lemma, frozenset(_CASES + _PLURAL_CASES) - {"sg.loc", "pl.loc"}
    elif declension == "en_plural":
        yield lemma, _ENGLISH["many"]
    elif declension == "en":
        yield lemma, _ENGLISH["one"]
        yield f"{lemma}s", _ENGLISH["many"]
    else:
        cut = 2 if declension == "m2" else 3 if declension == "adjective" else 1
        stems = {"0": lemma[:-cut], "1": soft or lemma[:-cut]}
        rows = _ADJECTIVE if declension == "adjective" else _DECLENSIONS[declension]
        for names, row in zip((_CASES, _PLURAL_CASES), rows, strict=True):
            cells = row.split() if isinstance(row, str) else row
            for case, cell in zip(names, cells, strict=True):
                for ending in cell.split():
                    yield stems[ending[0]] + ending[1:], frozenset({case})


@cache
def _nouns() -> dict[str, Noun]:
    """Every form with diacritics, and without them where that is no other form."""
    exact: dict[str, Noun] = {}
    bare: dict[str, Noun] = {}
    for unit, kinds in listed("units").items():
        for form, noun in _forms(unit, kinds):
            for key, forms in ((form, exact), (plain(form), bare)):
                known = forms.get(key, noun)
                forms[key] = Noun(known.unit, known.lemma, known.cases | noun.cases)
    return bare | exact


def noun(word: str) -> Noun | None:
    """Say what a lower-case noun counts, compounds included; diacritics may be left out throughout.

    Example:
        >>> noun("skolās").cases, noun("ievadsemināri").unit, noun("māja")
        (frozenset({'pl.loc'}), 'events', None)
    """
    known = _nouns().get(word)
    heads = set(listed("compound_heads"))
    starts = range(3, max(3, len(word) - 4))
    ends = (_nouns().get(word[start:]) for start in starts) if known is None else iter(())
    return known or next((found for found in ends if found and found.lemma in heads), None)
