"""The overview in Panel: a template, and panes bound to the widgets by reference."""

import panel as pn
from view import ALL, CARDS, LABELS, PLACE, TITLE, YEAR, choices, view

pn.extension("plotly", "tabulator", sizing_mode="stretch_width")


def field(name):
    options = {one or ALL[name]: one for one in choices(name)}
    return pn.widgets.Select(name=LABELS[name], options=options, value="")


place, year = field(PLACE), field(YEAR)
shown = pn.rx(view)(place, year)
tiles = pn.FlexBox(
    *[
        pn.pane.Markdown(
            shown.rx.pipe(lambda now, at=label: f"{at}\n## {now.tiles[at]}"), width=200
        )
        for label in view().tiles
    ]
)
graphs = pn.GridBox(
    *[
        pn.pane.Plotly(shown.rx.pipe(lambda now, at=at: now.figures[at]))
        for at in range(len(CARDS))
    ],
    ncols=2,
)
rows = pn.widgets.Tabulator(
    shown.rx.pipe(lambda now: now.table), show_index=False, disabled=True, header_filters=True
)
pn.template.FastListTemplate(
    title=TITLE, main=[pn.Row(place, year), tiles, graphs, rows]
).servable()
