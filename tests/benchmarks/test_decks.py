"""How long a deck takes beside the bare writing of its charts and tables, in one run."""

import time
from io import BytesIO

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

import pumpurs_analysis as pa
from pumpurs_analysis.export import decks, slides_html, slides_pptx

BOX = (Inches(1), Inches(1), Inches(8), Inches(5))
RUNS = 3


def quickest(job):
    """Process time: others may be computing."""
    took = []
    for _ in range(RUNS):
        start = time.process_time()
        job()
        took.append(time.process_time() - start)
    return min(took)


def bare(deck):
    """The same charts, with nothing around them, by the library alone."""
    presentation = Presentation()
    for slide in deck.slides:
        made = presentation.slides.add_slide(presentation.slide_layouts[6])
        if slide.drawing:
            data = CategoryChartData()
            data.categories = slide.drawing.categories
            for series in slide.drawing.series:
                data.add_series(series.name, series.numbers)
            made.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *BOX, data)
        elif slide.grid:
            made.shapes.add_table(1 + len(slide.grid.rows), len(slide.grid.head), *BOX)
    presentation.save(BytesIO())


def test_a_deck_takes_at_most_ten_times_the_bare_writing_of_its_charts(figures):
    release = pa.make_release(figures)
    wanted = decks.Wanted({}, "lv")
    deck = decks.make_deck(release, wanted)

    peer = quickest(lambda: bare(deck))
    pptx = quickest(lambda: slides_pptx.pptx(deck))
    html = quickest(lambda: slides_html.html(deck))

    print(f"bare {peer:.3f} s; PPTX {pptx / peer:.1f}, HTML {html / peer:.2f} of it")  # noqa: T201  (a benchmark says what it found)
    assert pptx < 10 * peer
    assert html < peer
