"""Pages in the browser: one widget, plain parts, one redraw path.

A page is a function from a `Selection` (language and filters) to parts, and nothing else:

    def build(selection: Selection) -> list[Part]:
        return [
            Head(title=...),
            Filters(filters=(Filter(name="municipality", ...),)),
            Chart(id="kinds", title=..., figure=charts.support_kinds(...), ...),
        ]

    def show() -> Page:
        return page.show(build)

Its notebook has two cells: ``from pumpurs_analysis.app import published_figures`` and
``published_figures.show()``. In Voila the finished page travels inside the HTML, so that it is drawn
before a kernel answers; in JupyterLab the same widget draws itself below the cell.

What `build` may rely on: the selection holds only values that the page's own `Filters` offer, so a
value read from an address never reaches a measure unless the page itself offered it. What it must
keep: everything in a part can be read by the visitor, shown or not; hand over protected numbers only.
The modules here know nothing of the programme.
"""
