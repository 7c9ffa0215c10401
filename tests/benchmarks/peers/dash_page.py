"""The overview in Dash: the first view stands in the layout, one callback draws every other."""

import dash_ag_grid as dag
from dash import Dash, Input, Output, callback, dcc, html
from view import ALL, CARDS, LABELS, PLACE, TITLE, YEAR, choices, view

GRAPHS = [f"figure-{place}" for place in range(len(CARDS))]


def tiles(shown):
    return [html.Div([html.Div(label), html.Strong(value)]) for label, value in shown.items()]


def field(name):
    options = [{"label": one or ALL[name], "value": one} for one in choices(name)]
    box = dcc.Dropdown(options=options, value="", id=name, clearable=False, searchable=False)
    return html.Div([html.Label(LABELS[name]), box], style={"width": "20rem"})


def layout():
    first = view()
    two = {"display": "grid", "gridTemplateColumns": "1fr 1fr", "gap": "1rem"}
    graphs = [
        dcc.Graph(id=name, figure=figure)
        for name, figure in zip(GRAPHS, first.figures, strict=True)
    ]
    grid = dag.AgGrid(
        id="rows",
        rowData=first.table.to_dict("records"),
        columnDefs=[{"field": name, "filter": True} for name in first.table],
        columnSize="responsiveSizeToFit",
    )
    return html.Div(
        [
            html.H1(TITLE),
            html.Div([field(PLACE), field(YEAR)], style={"display": "flex", "gap": "1rem"}),
            html.Div(tiles(first.tiles), id="tiles", style={"display": "flex", "gap": "3rem"}),
            html.Div(graphs, style=two),
            grid,
        ]
    )


@callback(
    Output("tiles", "children"),
    *[Output(name, "figure") for name in GRAPHS],
    Output("rows", "rowData"),
    Input(PLACE, "value"),
    Input(YEAR, "value"),
    prevent_initial_call=True,
)
def redraw(place, year):
    shown = view(place, year)
    return tiles(shown.tiles), *shown.figures, shown.table.to_dict("records")


app = Dash(title=TITLE)
app.layout = layout
server = app.server
view()  # before the first visitor
