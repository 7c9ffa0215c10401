"""Read what people write for an amount: a sum of money, a share, a number of counted things.

Comes in: text in Latvian or English. Goes out: an :class:`Amount` holding only what the text itself
states. Refuses to choose between two figures, and to tell thousands from decimals where both fit.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from pumpurs_analysis.amount_words import NO_CENTS, Sentence, Token, digits, per_words, qualifying
from pumpurs_analysis.spellings import Noun, NumberWord, compose, listed, number_word, pattern

Qualifier = Literal[
    "exact", "at_least", "more_than", "less_than", "about", "up_to", "approaching", "average"
]

_RANGE = "a range is stated, not one figure"
_VAGUE = "a vague word stands for the number"
_SEVERAL = "several figures are stated"
_EITHER = "the mark may part thousands or decimals"


@dataclass(frozen=True)
class Amount:
    """What a text states about an amount; what it does not state is None.

    Attributes:
        value: The figure, or None.
        unit: What is counted, as in ``catalogue/spellings.yaml``: EUR, %, persons, plans ...
        per: Per what, where words say so: month, semester, project ...; ``learner/month`` for both.
        qualifier: How the figure is meant: exact, at_least, up_to ...
        text: The text as given.
        reason: Why the value is missing, in plain words; empty where all is well.
    """

    value: Decimal | None = None
    unit: str | None = None
    per: str | None = None
    qualifier: Qualifier = "exact"
    text: str = ""
    reason: str = ""


@lru_cache(maxsize=65536)
def read_amount(text: str) -> Amount:
    """Read an amount as people write it, in Latvian or English.

    Args:
        text: Anything from ``39,81 milj. EUR`` to a part of a sentence.

    Returns:
        What the text states. Never a guess: what cannot be read is None, with the reason.

    Example:
        >>> amount = read_amount("(līdz 30 eur/mēnesī)")
        >>> amount.value, amount.unit, amount.per, amount.qualifier
        (Decimal('30'), 'EUR', 'month', 'up_to')
        >>> read_amount("vismaz divdesmit audzēkņiem").value
        Decimal('20')
        >>> read_amount("4-5 konsultācijas").reason
        'a range is stated, not one figure'
    """
    sentence = Sentence.of(text)
    figures = _figures(sentence)
    if not figures and sentence.per_spans:
        sentence = replace(sentence, per_spans=())  # "vienai skolai": the one is the figure itself
        figures = _figures(sentence)
    if not figures:
        return Amount(text=text, per=_per(sentence, None), reason="no number found")
    chosen = _chosen(figures)
    per = _per(sentence, chosen)
    return Amount(chosen.value, chosen.unit, per, chosen.qualifier, text=text, reason=chosen.reason)


# Runs of numbers become figures, each with its own unit and qualifier; figures that only say where,
# out of how many or how long step back before the others.


@dataclass(frozen=True)
class _Figure:
    """One number with what belongs to it; ``first`` and ``last`` are its tokens."""

    value: Decimal | None
    first: int
    last: int
    reason: str = ""
    mark: str = ""  # the mark that may part thousands or decimals
    is_genitive: bool = False
    is_feminine: bool = False
    noun: Noun | None = None
    unit_at: int = 0  # token after the unit
    unit: str | None = None
    qualifier: Qualifier = "exact"
    is_base: bool = False
    is_aside: bool = False

    @property
    def says_where(self) -> bool:
        return bool(self.noun and self.noun.cases <= {"sg.loc", "pl.loc"})

    @property
    def says_how_long(self) -> bool:
        return self.unit in listed("time_units")


def _figures(sentence: Sentence) -> list[_Figure]:
    figures = [_complete(sentence, figure) for figure in _runs(sentence)]
    figures = _without_ranges(sentence, figures)
    return [_place(sentence, figures, at) for at in range(len(figures))]


def _runs(sentence: Sentence) -> Iterator[_Figure]:
    """Find runs of numbers and number words; each is one figure."""
    at = 0
    while at < len(sentence.tokens):
        token = sentence.tokens[at]
        in_per = any(start <= token.start < end for start, end, _ in sentence.per_spans)
        figure = None if in_per else _vague(sentence, at) or _run(sentence, at)
        if figure:
            yield figure
        at = figure.last + 1 if figure else at + 1


def _vague(sentence: Sentence, at: int) -> _Figure | None:
    words = listed("number_words")
    token = sentence.tokens[at]
    if token.text not in words["vague"] and token.text not in words["vague_alone"]:
        return None
    if token.text in words["hundred_of"] and _is_one_hundred(sentence, at):
        return None
    last = at
    for following in sentence.tokens[at + 1 :]:
        word = number_word(following.text)
        if following.text not in words["vague"] and not (word and word.role == "scale"):
            break
        last += 1
    return _Figure(None, at, last, reason=_VAGUE)


def _is_one_hundred(sentence: Sentence, at: int) -> bool:
    """Whether "simtu" is the one of "ap simtu" or "simtu divdesmit", not hundreds."""
    token = sentence.tokens[at]
    following = [number_word(other.text) for other in sentence.tokens[at + 1 : at + 2]]
    is_counted_on = any(word and word.role == "add" for word in following)
    return is_counted_on or qualifying(sentence.plain[: token.start]) is not None


def _run(sentence: Sentence, at: int) -> _Figure | None:
    parts: list[NumberWord] = []
    last, mark, reason = at, "", ""
    for place, token in _following_numbers(sentence, at):
        if token.kind == "number":
            value, mark, spoilt = digits(sentence, place)
            parts.append(NumberWord(value or Decimal(0), "add"))
            reason = reason or spoilt
        else:
            parts.append(number_word(token.text) or NumberWord(Decimal(0), "add"))
        last = place
    if not parts:
        return None
    total = parts[0].value if len(parts) == 1 else compose(parts)
    return _Figure(
        None if reason else total,
        at,
        last,
        reason=reason or ("" if total is not None else _RANGE),
        mark=mark,
        is_genitive=parts[-1].is_genitive,
        is_feminine=parts[-1].is_nominative_feminine,
    )


def _following_numbers(sentence: Sentence, at: int) -> Iterator[tuple[int, Token]]:
    """Walk on while tokens are parts of one number; "and" and hyphens join English ones."""
    tokens, scaled = sentence.tokens, True
    for place in range(at, len(tokens)):
        token = tokens[place]
        word = number_word(token.text) if token.kind == "word" else None
        if token.kind == "number" and scaled:
            scaled = False
        elif word:
            scaled = word.role == "scale"
        elif place == at or not _joins(tokens, place):
            return
        else:
            continue
        yield place, token


def _joins(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether "and", a hyphen or the dot of "tūkst." stands inside one number."""
    if place + 1 >= len(tokens):
        return False
    before, joint, after = tokens[place - 1], tokens[place], tokens[place + 1]
    left, right = number_word(before.text), number_word(after.text)
    if joint.text == ".":
        return bool(left and left.role == "scale" and (right or after.kind == "number"))
    if joint.text == "and":
        return bool(left and left.role == "scale" and right)
    touching = joint.text == "-" and before.end == joint.start and joint.end == after.start
    return bool(touching and left and right and compose([left, right]) is not None)


def _complete(sentence: Sentence, figure: _Figure) -> _Figure:
    """Find the unit and the qualifier of a figure, then settle what its marks mean."""
    figure = _with_unit(sentence, figure)
    figure = replace(figure, qualifier=_qualifier(sentence, figure))
    return _settle(figure) if figure.value is not None else figure


def _with_unit(sentence: Sentence, figure: _Figure) -> _Figure:
    if _follows_currency(sentence, figure.first):
        return replace(figure, unit="EUR", unit_at=figure.last + 1)
    found, place = _noun_after(sentence, figure)
    if found:
        named = not figure.is_feminine and _is_named_school(sentence, found, place)
        unit = None if named else found.unit
        return replace(figure, unit=unit, noun=None if named else found, unit_at=place + 1)
    return replace(figure, unit=_unit_before(sentence, figure), unit_at=figure.last + 1)


def _follows_currency(sentence: Sentence, first: int) -> bool:
    """Whether "EUR" or "€" stands before a number and belongs to it, not to a number before."""
    before = [token for token in sentence.tokens[:first] if token.text != "-"][-2:]
    is_currency = bool(before) and before[-1].text in listed("units", "EUR", "fixed")
    return is_currency and not (len(before) > 1 and before[0].kind == "number")


def _noun_after(sentence: Sentence, figure: _Figure) -> tuple[Noun | None, int]:
    """Find the counted noun after a number: the head of the phrase, not its genitives."""
    skipped = 3 if figure.reason == NO_CENTS else 1  # the ",-" of "30,-"
    found = list(_nouns_after(sentence, figure.last + skipped))
    times = listed("time_units")
    chosen: tuple[Noun | None, int] = (None, figure.last)
    for candidate, place in found:
        earlier = chosen[0]
        is_where = earlier and earlier.unit == "persons" and candidate.cases <= {"sg.loc", "pl.loc"}
        if earlier and (candidate.unit in times or earlier.unit in times or is_where):
            break
        if candidate.cases <= {"sg.loc"} and not _is_like_one(figure):
            continue  # "45 projektā iesaistītie skolēni", "3 reizes nedēļā"
        chosen = (candidate, place)
        counted = figure.is_genitive and "pl.gen" in candidate.cases
        if counted or not candidate.may_be_genitive:
            break
    return chosen


def _is_like_one(figure: _Figure) -> bool:
    """Whether a number takes the singular: 1, 21, 101, not 11."""
    value = figure.value or Decimal(0)  # nevienā skolā
    return not value or (value % 10 == 1 and value % 100 != 11)  # noqa: PLR2004  (11 takes the plural)


def _nouns_after(sentence: Sentence, start: int) -> Iterator[tuple[Noun, int]]:
    """Give the nouns of the phrase after a number, up to where the phrase ends."""
    inside = any_found = in_aside = False
    for place in range(start, len(sentence.tokens)):
        token = sentence.tokens[place]
        if token.text == "-" and place == start and not _is_number(sentence, place + 1):
            continue  # "45 – skolēniem"
        if token.text == "(" and not any_found:
            inside = place == start and not _is_number(sentence, place + 1)
            in_aside = not inside
        elif in_aside:
            in_aside = token.text != ")"
            continue
        elif _ends_phrase(sentence, place, any_found=any_found):
            return
        found = sentence.noun(token) if token.kind in {"word", "sign"} else None
        if found:
            any_found = True
            yield found, place
            if inside or token.kind == "sign":
                return


def _is_number(sentence: Sentence, place: int) -> bool:
    following = sentence.tokens[place : place + 1]
    return any(token.kind == "number" or number_word(token.text) for token in following)


def _ends_phrase(sentence: Sentence, place: int, *, any_found: bool) -> bool:
    token = sentence.tokens[place]
    if token.kind == "number":
        return True
    if token.kind == "sign":
        is_dot = token.text == "." and not _ends_sentence(sentence, place)
        return not (
            is_dot
            or token.text in "…%€+\"'„“”«»"
            or sentence.plain[token.start :].startswith("...")
        )
    if token.text in listed("joining"):
        return any_found
    in_per = any(start <= token.start < end for start, end, _ in sentence.per_spans)
    is_number = in_per or (token.kind == "word" and number_word(token.text) is not None)
    return is_number or token.text in listed("phrase_ends") or token.text in listed("verbs")


def _ends_sentence(sentence: Sentence, place: int) -> bool:
    """Whether a dot stands before a capital, and not in "milj. EUR" or the like."""
    if place + 1 >= len(sentence.tokens):
        return True
    before = number_word(sentence.tokens[place - 1].text)
    following = sentence.tokens[place + 1]
    is_abbreviation = before is not None and before.role == "scale"
    goes_on = is_abbreviation or following.text in listed("units", "EUR", "fixed")
    return sentence.is_capital(following) and not goes_on


def _is_named_school(sentence: Sentence, found: Noun, place: int) -> bool:
    """Whether "15 Vecpiebalgas vidusskolas" may be learners of one school, not 15 schools."""
    before = sentence.tokens[place - 1]
    is_place = before.kind == "word" and sentence.is_capital(before)
    is_number = number_word(before.text) is not None
    may_be_one = found.lemma in listed("named_after_place") and "sg.gen" in found.cases
    return is_place and may_be_one and not is_number


def _unit_before(sentence: Sentence, figure: _Figure) -> str | None:
    """Find the noun a figure follows: "skolu skaits tuvojas 200", "iestādēm (vismaz 614)"."""
    tokens = _before(sentence, figure)
    is_apart = bool(tokens) and tokens[-1].kind == "sign"
    while tokens and tokens[-1].kind == "sign" and tokens[-1].text in ":(-=":
        tokens.pop()
    while tokens and tokens[-1].text in listed("verbs"):
        tokens.pop()
    if tokens and re.fullmatch(pattern(listed("counting_nouns")), tokens[-1].text):
        nouns = [sentence.noun(token) for token in tokens[-5:-1] if token.kind == "word"]
        units = [found.unit for found in nouns if found]
        return units[-1] if units else None
    found = sentence.noun(tokens[-1]) if tokens and tokens[-1].kind == "word" else None
    if not found or not found.cases & {"pl.nom", "pl.dat", "pl.acc"}:
        return None
    return found.unit if is_apart or not found.may_be_genitive else None


def _before(sentence: Sentence, figure: _Figure) -> list[Token]:
    """Give the tokens before a figure, without its qualifier."""
    start = sentence.tokens[figure.first].start
    found = qualifying(sentence.plain[:start])
    end = found[1] if found else start
    tokens = [token for token in sentence.tokens[: figure.first] if token.start < end]
    numbers = [at for at, token in enumerate(tokens) if token.kind == "number"]
    return tokens[numbers[-1] + 1 :] if numbers else tokens


def _qualifier(sentence: Sentence, figure: _Figure) -> Qualifier:
    before = sentence.plain[: sentence.tokens[figure.first].start]
    after = sentence.plain[sentence.tokens[figure.last].end :]
    found = qualifying(before)
    if found and found[0] != "exact":
        return found[0]  # type: ignore[return-value]  # the catalogue's names are the closed list
    if re.match(rf"\s?{pattern(listed('after_number', 'at_least'))}", after):
        return "at_least"
    averages = pattern(listed("qualifiers", "average"))
    return "average" if not found and re.search(rf"\b{averages}", before) else "exact"


def _settle(figure: _Figure) -> _Figure:
    """Choose between thousands and decimals by what is counted, or say that both fit."""
    value, unit = figure.value or Decimal(0), figure.unit
    if figure.mark == "-":
        if unit not in listed("whole_units"):
            return replace(figure, value=None, reason="a dash or a minus stands before the number")
    elif figure.mark and figure.first == figure.last:
        is_thousands = unit in listed("whole_units") or (
            unit in listed("money_units") and figure.mark == "."
        )
        if is_thousands:
            value *= 1000
        elif unit != "%":
            return replace(figure, value=None, reason=_EITHER)
    if unit in listed("whole_units"):
        value = abs(value)  # "kompensācijas -33 skolēni": a dash, not a minus
        if value % 1 and figure.qualifier != "average":
            return replace(figure, value=None, reason="a fraction of what comes only whole")
    return replace(figure, value=value if value % 1 else value.quantize(Decimal(1)))


_JOINTS = r"\s*(?:[€%]|[^\W\d_]+\.?)?\s*{}\s*(?:eur|€)?\s*"


def _gap(sentence: Sentence, left: _Figure, right: _Figure) -> str:
    return sentence.plain[sentence.tokens[left.last].end : sentence.tokens[right.first].start]


def _without_ranges(sentence: Sentence, figures: list[_Figure]) -> list[_Figure]:
    """Merge "4-5", "no 30 līdz 50", "one in 10" into one figure each."""
    merged: list[_Figure] = []
    for figure in figures:
        gap = _gap(sentence, merged[-1], figure) if merged else "none"
        if re.fullmatch(_JOINTS.format(r"(?:-|lidz|to|vai|or)"), gap):
            last = merged.pop()
            unit = figure.unit or last.unit
            both = replace(figure, value=None, reason=_RANGE, first=last.first, unit=unit)
            merged.append(replace(both, qualifier=last.qualifier))
        elif gap.strip() in {"/", ":"}:
            merged.append(replace(figure, first=merged.pop().first))
        elif figure.unit == "cents" and merged and _is_sum(merged[-1], gap):
            merged.append(_with_cents(merged.pop(), figure))
        elif gap.strip() == "in" and merged[-1].value == 1 and figure.value:
            merged.append(_one_in(merged.pop(), figure))
        else:
            merged.append(figure)
    return merged


def _is_sum(euros: _Figure, gap: str) -> bool:
    """Whether cents belong to the euros before: "4 eiro un 50 centi"."""
    units = pattern(listed("units", "EUR", "fixed"))
    return euros.unit == "EUR" and re.fullmatch(rf"\s?{units}\s(?:un\s)?", gap) is not None


def _with_cents(euros: _Figure, cents: _Figure) -> _Figure:
    if euros.value is None or cents.value is None:
        return euros
    return replace(euros, value=euros.value + cents.value / 100, last=cents.last)


def _one_in(one: _Figure, whole: _Figure) -> _Figure:
    """Read "one in 10 learners" as 10 %, where that comes out even."""
    share = 100 / (whole.value or Decimal(1))
    if share == share.quantize(Decimal("0.01")):
        return replace(one, value=share, unit="%", last=whole.last)
    return replace(one, value=None, unit="%", last=whole.last, reason="no round percent")


def _place(sentence: Sentence, figures: list[_Figure], at: int) -> _Figure:
    """Mark a figure that is only the whole of another (62 no 114) or stands in brackets."""
    figure = figures[at]
    before = sentence.plain[: sentence.tokens[figure.first].start]
    whole_words = pattern([*listed("of_which"), "in"])
    is_base = re.search(rf"\b{whole_words}\s*(?:(?:visam|visiem|the|kopuma)\s*)?$", before)
    is_part = re.search(rf"\b{pattern(listed('part_of'))}\D*$", before)
    is_aside = bool(is_part) or before.count("(") > before.count(")")
    unit = figure.unit
    if unit is None and at + 1 < len(figures):
        whole = figures[at + 1]
        gap = _gap(sentence, figure, whole)
        if re.fullmatch(rf"\s*{pattern(listed('of_which'))}\s*(?:the\s*)?", gap):
            unit = whole.unit
    return replace(figure, unit=unit, is_base=bool(is_base), is_aside=is_aside)


_STEP_BACK: tuple[Callable[[_Figure], bool], ...] = (
    lambda figure: figure.is_base,
    lambda figure: figure.is_aside,
    lambda figure: figure.says_where,
    lambda figure: figure.says_how_long,
)


def _chosen(figures: list[_Figure]) -> _Figure:
    for steps_back in _STEP_BACK:
        figures = [figure for figure in figures if not steps_back(figure)] or figures
    units = {figure.unit for figure in figures if figure.unit}
    unit = next(iter(units)) if len(units) == 1 else None
    first = figures[0]
    if len(figures) == 1:
        return first
    if len({figure.value for figure in figures}) > 1 or len(units) > 1 or first.value is None:
        return replace(first, value=None, unit=unit, reason=_SEVERAL, qualifier="exact")
    return replace(first, unit=unit)


def _per(sentence: Sentence, figure: _Figure | None) -> str | None:
    """Say per what an amount is meant, where words say so."""
    said = {name for _, _, name in sentence.per_spans}
    if figure and figure.unit in {None, *listed("rate_units")}:
        said |= set(_said_after(sentence, figure))
    if "school_year" in said:
        said.discard("year")
    if figure and figure.unit == "EUR" and len(said) > 1:
        said.discard("learner")  # a cap a month is each learner's anyway
    order = [name for kind in ("who", "time") for name, _ in per_words(kind)]
    return "/".join(name for name in order if name in said) or None


def _said_after(sentence: Sentence, figure: _Figure) -> Iterator[str]:
    """Give what follows the unit: "eur/mēnesī", "70 eiro mēnesī" (not "20 skolēniem semestrī")."""
    start = figure.unit_at if figure.unit_at > figure.last else figure.last + 1
    ends = [sentence.tokens[start - 1].end, *(end for _, end, _ in sentence.per_spans)]
    for kind in ("who", "time"):
        for name, words in per_words(kind):
            is_bare = kind == "time" or (name == "project" and figure.unit == "EUR")
            space = r"\s(?:apmera\s)?" if is_bare and figure.unit else r"(?!)"
            rule = re.compile(rf"\.?(?:\s?/\s?|{space}){pattern(words)}(?![^\W_])")
            if any(rule.match(sentence.plain, end) for end in ends):
                yield name
