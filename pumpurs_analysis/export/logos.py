"""Logos for the first slide: which pictures can be used, and what is said of others."""

from pathlib import Path

from pptx.parts.image import Image

from pumpurs_analysis.text import Language, say

PICTURES = (".png", ".jpg", ".jpeg")
MOST = 6
LARGEST = 2_000_000  # bytes of one
_WIDEST = 6_000  # pixels


def unusable(file: Path, language: Language) -> str:
    """Say why a picture cannot be a logo; nothing where it can.

    Example:
        >>> unusable(Path("logo.svg"), "en")
        'Logo logo.svg cannot be used: it must be PNG or JPG.'
    """
    reason = _reason(file)
    return say(f"cli.present.{reason}", language, file=file.name) if reason else ""


def _reason(file: Path) -> str:
    if file.suffix.lower() not in PICTURES:
        return "bad_logo"
    if file.stat().st_size > LARGEST:
        return "large_logo"
    try:
        picture = Image.from_blob(file.read_bytes(), file.name)
        kind, size = picture.ext, picture.size
    except Exception:  # noqa: BLE001  (whatever a picture reader finds in a foreign file)
        return "bad_logo"
    if kind not in {"png", "jpg"}:
        return "bad_logo"
    return "large_logo" if max(size) > _WIDEST else ""
