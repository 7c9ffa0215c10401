"""What one-file HTML shares: all inside the file, and a policy that lets nothing be fetched."""

import base64
from functools import cache
from html import escape
from pathlib import Path

from pumpurs_analysis.text import Language

STATIC = Path(__file__).parent / "static"
_FONTS = Path(__file__).parents[1] / "app" / "static" / "fonts"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
_RANGES = {
    "inter-latin-wght-normal.woff2": "U+0000-00FF,U+2000-206F,U+20AC,U+2122",
    "inter-latin-ext-wght-normal.woff2": "U+0100-02BA,U+1E00-1E9F,U+2C60-2C7F",
}


def document(body: str, *, title: str, language: Language, css: str, script: str) -> str:
    """Write a whole page in one file.

    Args:
        body: What it shows.
        title: Its title.
        language: Its language.
        css: Name of its style sheet in ``static``.
        script: Name of its script there.

    Example:
        >>> page = document("", title="A", language="lv", css="deck.css", script="deck.js")
        >>> page[:32], "https:" in page
        ('<!DOCTYPE html><html lang="lv"><', False)
    """
    style = (STATIC / css).read_text(encoding="utf-8")
    code = (STATIC / script).read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_faces()}{style}</style></head>"
        f"<body>{body}<script>{code}</script></body></html>\n"
    )


def picture(file: Path) -> str:
    """Give a picture as an address that holds it."""
    kind = "png" if file.suffix.lower() == ".png" else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


@cache
def _faces() -> str:
    return "".join(
        f"@font-face{{font-family:Inter;font-weight:100 900;unicode-range:{letters};"
        f"src:url(data:font/woff2;base64,"
        f"{base64.b64encode((_FONTS / name).read_bytes()).decode()})}}"
        for name, letters in _RANGES.items()
    )
