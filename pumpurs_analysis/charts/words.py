"""The words under and around charts and tables that all measures share."""

from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.releases.hidden import hidden_of
from pumpurs_analysis.text import Language, number, say

_NAMED = 3  # publishers named before the rest is counted


def source_line(published: Published, language: Language) -> str:
    """Name who published the numbers.

    Example:
        >>> from pumpurs_analysis import measures, protect, published
        >>> source_line(protect(measures.risk_mix(published())), "en")
        'Source: pumpurs.lv (IKVD).'
    """
    names = list(dict.fromkeys(source.publisher for source in published.result.sources))
    if published.result.evidence == "records":
        names.insert(0, say("source.delivery", language))
    publishers = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        rest = number(len(names) - _NAMED, language)
        publishers = say("source.more", language, publishers=publishers, count=rest)
    key = "source.line" if len(names) == 1 else "source.lines"
    return say(key, language, publishers=publishers)


def footnote(published: Published, language: Language, *more: str, n: str = "") -> str:
    """Write what stands under every figure: n, notes, hidden cells, made-up mark, source.

    Args:
        published: What is shown.
        language: Language of the words.
        *more: Sentences of this chart alone.
        n: How many of what, such as ``26 104 minējumi``.
    """
    result = published.result
    sentences = [f"n = {n}." if n else "", *more]
    sentences += [say(note, language) for note in result.notes]
    if published.hidden_count:
        sentences.append(hidden_of([published], language) + ".")
    if result.is_made_up:
        sentences.append(say("made_up", language))
    sentences.append(source_line(published, language))
    return " ".join(sentence for sentence in sentences if sentence)
