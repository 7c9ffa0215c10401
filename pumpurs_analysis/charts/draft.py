"""A figure while it is being drawn, as plain data.

plotly checks and copies all of a figure again with each mark, word and option added to it: a chart
of thirty rows took five times as long. So it is given the whole at once, when it is done; checked
it is in tests alone (``Draft.is_checked``), since that takes eight times as long as all the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import plotly.graph_objects as go


@dataclass
class Draft:
    """Marks, words and options in plotly's own names.

    Example:
        >>> draft = Draft()
        >>> draft.add_bar(x=[1], y=[2])
        >>> draft.update_xaxes(range=[0, 3])
        >>> draft.update_xaxes(visible=False)
        >>> figure = draft.figure()
        >>> figure.data[0].type, figure.layout.xaxis.range, figure.layout.xaxis.visible
        ('bar', (0, 3), False)
    """

    is_checked: ClassVar[bool] = False
    traces: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict)

    def add_bar(self, **options: Any) -> None:  # noqa: ANN401  (plotly's own options)
        """Draw bars."""
        self.traces.append({"type": "bar", **options})

    def add_scatter(self, **options: Any) -> None:  # noqa: ANN401
        """Draw points or lines."""
        self.traces.append({"type": "scatter", **options})

    def add_annotation(self, **options: Any) -> None:  # noqa: ANN401
        """Write words."""
        self.annotations.append(options)

    def add_shape(self, **options: Any) -> None:  # noqa: ANN401
        """Draw a shape."""
        self.shapes.append(options)

    def add_vline(self, x: float, **options: Any) -> None:  # noqa: ANN401
        """Draw a line across the whole height."""
        ends = {"x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
        self.add_shape(type="line", **ends, **options)

    def update_xaxes(self, **options: Any) -> None:  # noqa: ANN401
        """Set options of the axis across."""
        self.update_layout(xaxis=options)

    def update_yaxes(self, **options: Any) -> None:  # noqa: ANN401
        """Set options of the axis upwards."""
        self.update_layout(yaxis=options)

    def update_layout(self, **options: Any) -> None:  # noqa: ANN401
        """Set options; those inside others are added to what stands there."""
        _update(self.layout, options)

    def figure(self) -> go.Figure:
        """Give the figure; plotly checks what is added to it later."""
        self.layout |= {"annotations": self.annotations, "shapes": self.shapes}
        figure = go.Figure(data=self.traces, layout=self.layout, _validate=self.is_checked)
        figure._validate = True  # noqa: SLF001  (as it is in every other figure)
        return figure


def _update(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        if isinstance(value, Mapping) and isinstance(old.get(name), dict):
            _update(old[name], value)
        else:
            old[name] = dict(value) if isinstance(value, Mapping) else value
