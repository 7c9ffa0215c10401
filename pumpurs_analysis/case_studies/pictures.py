"""Charts as PNG: drawn by a Chromium of this computer, where there is one; nothing is fetched."""

from typing import Any, Self

import kaleido

from pumpurs_analysis.export.browser import chromium

_SIZE = {"width": 1100, "height": 520, "scale": 2}


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
