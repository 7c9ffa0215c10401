"""Charts as PNG: drawn by a Chromium of this computer, where there is one; nothing is fetched."""

import os
import shutil
from typing import Any, Self

import kaleido

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SIZE = {"width": 1100, "height": 520, "scale": 2}


def chromium() -> str:
    """Find a Chromium or Chrome; empty where there is none.

    Example:
        >>> isinstance(chromium(), str)
        True
    """
    told = os.environ.get("BROWSER_PATH", "")
    if told and os.access(told, os.X_OK):
        return told
    return next((path for name in _NAMES if (path := shutil.which(name))), "")


class Pictures:
    """Draws charts, one browser for all of them.

    Example:
        >>> with Pictures() as pictures:
        ...     pictures.can_draw == bool(chromium())
        True
    """

    def __init__(self) -> None:
        self.path = chromium()
        self._is_open = False

    @property
    def can_draw(self) -> bool:
        """Whether there is a browser."""
        return bool(self.path)

    def __enter__(self) -> Self:
        return self

    def png(self, figure: Any) -> bytes:  # noqa: ANN401  (plotly ships no types)
        """Draw one chart."""
        if not self._is_open:  # only who draws waits for a browser
            kaleido.start_sync_server(path=self.path, silence_warnings=True)
            self._is_open = True
        height = figure.layout.height or _SIZE["height"]
        drawn: bytes = kaleido.calc_fig_sync(
            figure, opts={"format": "png", **_SIZE, "height": height}
        )
        return drawn

    def __exit__(self, *_: object) -> None:
        if self._is_open:
            kaleido.stop_sync_server(silence_warnings=True)
