"""The grammar of Latvian school names: what a name is made of, whatever its case or abbreviation.

Comes in: text. Goes out: a ``Name`` (type nouns, number, marks, words of town and honoree) and how
two of them differ. Knows the words of ``catalogue/codes/school_words.yaml`` and no school.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise, product
from typing import Any

from rapidfuzz.distance import OSA

from pumpurs_analysis import catalogue
from pumpurs_analysis.municipalities import genitives, resolve, unit_words
from pumpurs_analysis.text import fold

_SEGMENT = re.compile(r"(?:(?!\s[-–—]\s)[^(),;:\[\]])+")  # between brackets, commas, dashes
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.(?!\d))?")
_LONG = 8  # letters a name word must have before one wrong letter is forgiven
_LONG_NOUN = 6
_YEAR = 1000  # a number from here on is no school's number


def _split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z]+", fold(text)))


@dataclass(frozen=True)
class Name:
    """A school's name taken apart.

    Attributes:
        nouns: What it is: ``{"vidusskola"}``.
        numbers: School numbers; counts of learners and the like are no part of it.
        marks: Words that must agree: ``valsts``, ``vakara``, adjectives (``~special``), profiles.
        words: Town and honoree as written, in order; an initial ends in a dot.
        optional: Parts that may be left out: ``mainu``, ``attistibas centrs``.
        places: Municipalities named around the school's own name.
        typos: Words mended by one letter.
        is_plural: The type noun may stand for several schools.
        is_shortened: ``Talsu novada`` was taken off; only a name whole without it may match.
    """

    nouns: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    marks: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    typos: int = 0
    is_plural: bool = False
    is_shortened: bool = False

    @property
    def core(self) -> tuple[frozenset[str], frozenset[int], frozenset[str]]:
        """Type, number and marks: what must agree before names are compared at all."""
        return (self.nouns, self.numbers, self.marks - {"pilsetas"})


@dataclass(frozen=True)
class Difference:
    """What one name has and the other lacks, after initials and first names are settled.

    Attributes:
        missing: Words of the known name that the text lacks.
        extra: Words of the text that the known name lacks.
        cost: How many liberties the text took (first name left out, optional part, a typo).
    """

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    cost: int


@dataclass(frozen=True)
class _Grammar:
    """The catalogue's words, ready to be looked up."""

    forms: dict[str, tuple[str, str]]  # inflected form -> (class, canonical word)
    phrases: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]  # written -> readings in words
    english: frozenset[tuple[str, ...]]
    ignored_words: frozenset[str]
    ignored_stems: tuple[str, ...]
    joining: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    optional: Mapping[str, frozenset[str]]
    first_names: frozenset[str]


def _endings(declension: str) -> list[str]:
    words = catalogue.entries("codes")["school_words"]
    return [fold(ending) for ending in words["declensions"][declension]]


def _noun_forms(nouns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for noun, entry in nouns.items():
        stem = fold(noun)[:-1]
        yield from ((stem + ending, fold(noun)) for ending in _endings(entry["declension"]))


def adjective_forms(nominative: str) -> dict[str, tuple[str, str]]:
    """Give every case of a definite adjective with the mark it stands for.

    Example:
        >>> adjective_forms("Reģionālā")["regionalajai"]
        ('mark', '~regional')
    """
    word = fold(nominative)
    stem = word.removesuffix("ais") if word.endswith("ais") else word.removesuffix("a")
    return {stem + ending: ("mark", f"~{stem}") for ending in _endings("adjective")}


def _written(words: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Pairs of a canonical phrase and one way it is written."""
    for group in ("nouns", "adjectives", "marks", "profiles"):
        for word, entry in words[group].items():
            ways = entry["written"] + entry["english"] if isinstance(entry, dict) else entry
            yield from ((word, _split(way)) for way in ways)
    yield from ((whole, _split(short)) for short, whole in words["contractions"].items())


@cache
def _grammar() -> _Grammar:
    words = catalogue.entries("codes")["school_words"]
    forms: dict[str, tuple[str, str]] = {}
    for profile in words["profiles"]:
        stem = re.sub(r"(s|is|a|e)$", "", fold(profile))
        forms |= {stem + ending: ("mark", f"^{stem}") for ending in _endings("profile")}
    for adjective in words["adjectives"]:
        forms |= adjective_forms(adjective)
    forms |= {fold(mark): ("mark", fold(mark)) for mark in words["marks"]}
    forms |= {form: ("noun", noun) for form, noun in _noun_forms(words["nouns"])}
    phrases: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for whole, way in _written(words):
        phrases[way] = (*phrases.get(way, ()), _split(whole))
    english = (_split(way) for entry in words["nouns"].values() for way in entry["english"])
    ignored = words["ignored"]
    return _Grammar(
        forms=forms,
        phrases=phrases,
        english=frozenset(english),
        ignored_words=frozenset(map(fold, ignored["words"])),
        ignored_stems=tuple(map(fold, ignored["stems"])),
        joining=frozenset(map(fold, ignored["joining"])),
        patterns=(
            *((re.compile(pattern), " ") for pattern in ignored["patterns"]),
            *(
                (re.compile(rf"\b{fold(part)}\.?\s?(?=skol[a-z]*\b)"), fold(whole))
                for part, whole in words["halves"].items()
            ),
        ),
        optional={
            fold(part): frozenset(map(fold, after)) for part, after in words["optional"].items()
        },
        first_names=frozenset(map(fold, words["first_names"])),
    )


def _is_near(word: str, other: str, least: int) -> bool:
    return (
        min(len(word), len(other)) >= least
        and word[0] == other[0]
        and OSA.distance(word, other, score_cutoff=1) == 1
    )


@dataclass
class Lexicon:
    """Words that are known to be right, so that a wrong letter is mended only towards one of them.

    Attributes:
        words: Name words of known schools.
        others: Words that are right but belong to no known school (municipalities).
        adjectives: Forms of adjectives met in known names, beside those of the catalogue.
    """

    words: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    adjectives: dict[str, tuple[str, str]] = field(default_factory=dict)
    _mended: dict[str, str | None] = field(default_factory=dict)

    def classify(self, word: str) -> tuple[str, str]:
        """Say of which class a word is and what it stands for."""
        grammar = _grammar()
        if word in self.others and word not in self.adjectives:
            return ("word", word)
        if found := grammar.forms.get(word) or self.adjectives.get(word):
            return found
        if word in grammar.ignored_words or word.startswith(grammar.ignored_stems):
            return ("noise", word)
        return ("word", word if len(word) > 1 else f"{word}.")

    def mend(self, word: str) -> str | None:
        """Give the one known word that differs by one letter, or None where none or several do."""
        if word not in self._mended:
            self._mended[word] = self._nearest(word)
        return self._mended[word]

    def _nearest(self, word: str) -> str | None:
        if word in self.words or word in self.others or len(word) < _LONG_NOUN - 1:
            return None
        forms = _grammar().forms | self.adjectives
        near = {
            form: stands_for
            for form, stands_for in forms.items()
            if _is_near(word, form, _LONG_NOUN if stands_for[0] == "noun" else _LONG)
        }
        near |= {
            other: ("word", other)
            for other in self.words | self.others
            if _is_near(word, other, _LONG)
        }
        return next(iter(near)) if len(set(near.values())) == 1 else None


def key(text: str) -> str:
    """Reduce text to letters and figures: what two exact spellings share.

    Example:
        >>> key("Rīgas 33.vidusskola") == key("„RĪGAS 33. VIDUSSKOLA”")
        True
    """
    return " ".join(re.findall(r"[a-z]+|\d+", fold(text)))


def _tokens(text: str) -> list[str]:
    text = fold(text)
    for pattern, meant in _grammar().patterns:
        text = pattern.sub(meant, text)
    return [token for token in _TOKEN.findall(text) if token not in _grammar().joining]


def _expansions(tokens: list[str]) -> list[list[str]]:
    """Write abbreviations and English out in Latvian, in every way they can be meant."""
    grammar = _grammar()
    readings: list[tuple[tuple[str, ...], ...]] = []
    at = 0
    while at < len(tokens):
        for length in (3, 2, 1):
            phrase = tuple(token for token in tokens[at : at + length])
            if len(phrase) == length and phrase in grammar.phrases:
                readings.append(grammar.phrases[phrase])
                break
        else:
            length = 1
            readings.append(((tokens[at],),))
        at += length
    return [[word for part in way for word in part] for way in product(*readings)]


def _is_english(tokens: list[str]) -> bool:
    english = _grammar().english
    return any(
        tuple(tokens[at : at + 2]) in english or (token,) in english
        for at, token in enumerate(tokens)
    )


def _is_place(segment: str) -> bool:
    """Whether a part between commas or brackets is a municipality and not the start of a list."""
    words = _split(segment)
    try:
        resolve(segment)
    except KeyError:
        return False
    return len(words) > 1 or words[0] not in unit_words() or words[0].endswith("pils")


def _take_out_places(text: str) -> tuple[str, tuple[str, ...]]:
    """Split off municipalities in brackets or after commas: ``(Talsu nov.)``."""
    segments = [found for found in _SEGMENT.finditer(text) if _split(found[0])]
    places = [found for found in segments if _is_place(found[0])] if len(segments) > 1 else []
    for found in reversed(places):
        text = f"{text[: found.start()]} {text[found.end() :]}"
    return text, tuple(found[0] for found in places)


@dataclass(frozen=True)
class _Part:
    kind: str  # noun, mark, word, number or noise
    value: str
    form: str


def _classified(
    tokens: list[str], lexicon: Lexicon, *, is_english: bool
) -> tuple[list[_Part], int]:
    """Give every token its class; mends one-letter slips and counts them."""
    parts: list[_Part] = []
    typos = 0
    for token in tokens:
        if token[0].isdigit():
            parts.append(_Part("number", token, token))
            continue
        kind, value = lexicon.classify(token)
        if kind == "word" and is_english and token not in lexicon.words:
            known = genitives(token) & lexicon.words
            value = known.pop() if len(known) == 1 else value
        if kind == "word" and value == token and (mended := lexicon.mend(token)):
            typos += 1
            kind, value = lexicon.classify(mended)
        parts.append(_Part(kind, value, token))
    if parts and parts[-1].value == "g." and not any(part.kind == "noun" for part in parts):
        parts[-1] = _Part("noun", "gimnazija", "g")
    return parts, typos


def _school_numbers(parts: list[_Part]) -> frozenset[int]:
    """Tell the number of a school from counts, which stand before the name or before people."""
    found = set()
    for at, part in enumerate(parts):
        if part.kind != "number" or int(part.value.rstrip(".")) >= _YEAR:
            continue
        after = [other.kind for other in parts[at + 1 :]]
        significant = [kind for kind in after if kind != "mark"]
        is_before_noun = significant[:1] == ["noun"]
        is_before_people = after[:1] == ["noise"]
        is_leading = (
            all(other.kind in {"noise", "number"} for other in parts[:at]) and "noun" in after
        )
        is_count = is_before_people or (is_leading and not part.value.endswith("."))
        if is_before_noun or not is_count:
            found.add(int(part.value.rstrip(".")))
    return frozenset(found)


def _name(parts: list[_Part], typos: int, places: tuple[str, ...]) -> Name:
    nouns = {part.value for part in parts if part.kind == "noun"}
    marks = {part.value for part in parts if part.kind == "mark"}
    optional = set()
    for phrase, after in _grammar().optional.items():
        tokens = set(phrase.split())
        if tokens <= nouns | marks and after & ((nouns | marks) - tokens):
            optional.add(phrase)
            nouns, marks = nouns - tokens, marks - tokens
    return Name(
        nouns=frozenset(nouns),
        numbers=_school_numbers(parts),
        marks=frozenset(marks),
        words=tuple(part.value for part in parts if part.kind == "word"),
        optional=frozenset(optional),
        places=places,
        typos=typos,
        is_plural=any(
            part.kind == "noun" and re.search(r"(as|am|u|iem|os|i)$", part.form) for part in parts
        ),
    )


def _without_place(parts: list[_Part]) -> tuple[list[_Part], tuple[str, ...]]:
    """Take off a municipality named after the type: ``vidusskola Talsu novadā``, ``Rēzeknē``."""
    first = next((at for at, part in enumerate(parts) if part.kind == "noun"), len(parts))
    tail, taken, places = parts[first + 1 :], set(), []
    for at, part in enumerate(tail):
        is_unit = part.kind == "word" and part.value in unit_words()
        is_novads = is_unit and [other.value for other in tail[at + 1 : at + 2]] == ["novada"]
        if is_novads or (part.kind == "word" and not is_unit and _is_place(part.form)):
            taken |= {at, at + is_novads}
            places.append(f"{part.form} novads" if is_novads else part.form)
    kept = [part for at, part in enumerate(tail) if at not in taken]
    return parts[: first + 1] + kept, tuple(places)


def _without_prefix(parts: list[_Part]) -> tuple[list[_Part], tuple[str, ...]] | None:
    """Take ``Talsu novada`` or ``Zemītes pagasta`` off a name that goes on without it."""
    for at, (part, following) in enumerate(pairwise(parts)):
        is_novads = following.value == "novada" and part.value in unit_words()
        if part.kind == "word" and (is_novads or following.value == "pagasta"):
            rest = parts[:at] + parts[at + 2 :]
            if any(other.kind == "word" for other in rest):
                return rest, (f"{part.form} novads",) if is_novads else ()
    return None


def readings(text: str, lexicon: Lexicon) -> list[Name]:
    """Take a text apart in every way it can be meant, the plainest first.

    Example:
        >>> found = readings("Jēkabpils vakara (maiņu) vsk.", Lexicon())[0]
        >>> found.nouns, found.marks, found.words, found.optional
        (frozenset({'vidusskola'}), frozenset({'vakara'}), ('jekabpils',), frozenset({'mainu'}))
    """
    text, stated = _take_out_places(text)
    tokens = _tokens(text)
    found: list[Name] = []
    for expansion in _expansions(tokens):
        parts, typos = _classified(expansion, lexicon, is_english=_is_english(tokens))
        parts, after = _without_place(parts)
        places = stated + after
        found.append(_name(parts, typos, places))
        if shorter := _without_prefix(parts):
            rest, around = shorter
            name = _name(rest, typos, (*places, *around))
            found.append(replace(name, is_shortened=True))
    return found


def known_name(text: str, lexicon: Lexicon) -> Name:
    """Take a register name apart and remember its words as right."""
    for word in re.findall(r"\w+", text):
        if re.search(r"(ā|ais)$", word) and _grammar().forms.get(fold(word)) is None:
            lexicon.adjectives |= adjective_forms(word)
    text = text.replace("(", " ").replace(")", " ")
    tokens = _expansions(_tokens(text))[0]
    parts, _ = _classified(
        tokens,
        Lexicon(set(tokens), lexicon.others, lexicon.adjectives),  # a known word is never mended
        is_english=False,
    )
    name = _name(parts, 0, ())
    lexicon.words |= {word for word in name.words if not word.endswith(".")}
    return name


def _same_person(text: str, known: str) -> bool:
    """An initial and a first name; the J. of Jānis Rainis is not Jelgava."""
    has_initial = text.endswith(".") or known.endswith(".")
    return has_initial and text[0] == known[0] and not {text, known} & unit_words().keys()


def _is_first_name(word: str) -> bool:
    return word.endswith(".") or word in _grammar().first_names


def _settle_first_names(
    text: tuple[str, ...], known: tuple[str, ...], pairs: dict[int, int]
) -> int:
    """Match first names before surnames that match; counts the ones left out."""
    cost = 0
    for at in range(len(known) - 1):
        if at in pairs or at + 1 not in pairs:
            continue
        before = pairs[at + 1] - 1
        if before >= 0 and before not in pairs.values():
            if _same_person(text[before], known[at]):
                pairs[at] = before
        elif _is_first_name(known[at]):
            pairs[at] = -1
            cost += 1
    return cost


def differ(text: Name, known: Name) -> Difference:
    """Compare the words of two names, whatever their order.

    Example:
        >>> lexicon = Lexicon()
        >>> known = known_name("Kandavas Kārļa Mīlenbaha vidusskola", lexicon)
        >>> differ(readings("K. Mīlenbaha vidusskolā", lexicon)[0], known)
        Difference(missing=('kandavas',), extra=(), cost=0)
    """
    pairs: dict[int, int] = {}  # place in known -> place in text; -1 where it was left out
    for at, word in enumerate(known.words):
        same = (
            i for i, other in enumerate(text.words) if other == word and i not in pairs.values()
        )
        if (match := next(same, None)) is not None:
            pairs[at] = match
    cost = _settle_first_names(text.words, known.words, pairs)
    cost += text.typos + (text.optional != known.optional)
    taken = set(pairs.values())
    # A town named twice ("Talsu novada Talsu pamatskola") says nothing more the second time.
    extra = (
        word for i, word in enumerate(text.words) if i not in taken and word not in known.words
    )
    missing = (word for at, word in enumerate(known.words) if at not in pairs)
    return Difference(tuple(missing), tuple(extra), cost)


def town_words(name: Name) -> frozenset[str]:
    """Say which words of a known name are its town, as far as the grammar can tell.

    Example:
        >>> lexicon = Lexicon(others={"liepajas"})
        >>> sorted(town_words(known_name("Oskara Kalpaka Liepājas 15. vidusskola", lexicon)))
        ['liepajas']
    """
    units = {word for word in name.words if word in unit_words()}
    if units or len(name.words) == 1:
        return frozenset(units or name.words)
    person = {
        at + step
        for at, word in enumerate(name.words[:-1])
        if _is_first_name(word)
        for step in (0, 1)
    }
    rest = [word for at, word in enumerate(name.words) if at not in person]
    return frozenset(rest) if person and len(rest) == 1 else frozenset()
