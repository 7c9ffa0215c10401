"""The language switch of notebooks: both languages are stored, one is shown."""

from IPython.display import HTML

from pumpurs_analysis.tables import STACKED
from pumpurs_analysis.text import LANGUAGES, Language


def show_only(language: Language) -> HTML:
    """Hide the notebook's text in the other language; charts and tables take ``language``.

    Where the page is narrow, wide tables stack their cells.

    Text cells hold each language in an element with ``lang``; before this has run both are seen.

    Raises:
        ValueError: The language is neither lv nor en.

    Example:
        >>> show_only("lv").data
        '<style>.jp-RenderedMarkdown [lang="en"]{display:none}@media ...</style>'
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
    hidden = ", ".join(
        f'.jp-RenderedMarkdown [lang="{other}"]' for other in LANGUAGES if other != language
    )
    return HTML(f"<style>{hidden}{{display:none}}{STACKED}</style>")  # type: ignore[no-untyped-call]  # it ships none
