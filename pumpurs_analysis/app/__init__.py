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
``published_figures.show()``; its metadata say
``{"pumpurs": {"title": {"lv": ..., "en": ...}}}`` and, if wanted, ``summary`` likewise. In Voila
the finished page travels inside the HTML, so that it is drawn before a kernel answers; in
JupyterLab the same widget draws itself below the cell.

What `build` may rely on: the selection holds only values that the page's own `Filters` offer
without any filter chosen, so a value typed into an address never reaches a measure. What it must
keep: a visitor can read everything in a part, shown or not; hand over protected numbers only. A
filter's offers must not depend on other filters. `parts`, `state`, `widget`, `page`, `upload` and
the server know nothing of the programme.

A page with a `Drop` part also gives ``take``: it is handed the files, works beside the kernel's
loop and returns what puts the outcome in place. What it keeps belongs to one visitor (see
`data_check.Desk`), so its `build` is a method of that.
"""

GROUPS = {
    "start": ("overview", "data_check"),
    "look": ("risks", "schools", "costs", "planned", "place", "rules"),
    "tell": ("presenting", "case_study", "published_figures"),
}
"""Names of the pages under what a coordinator wants, in the order of their way through them."""
PAGES = tuple(name for names in GROUPS.values() for name in names)
