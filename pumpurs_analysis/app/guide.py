"""The guides in docs/, served beside the pages: a coordinator reads them without any network.

Comes in: the name of one of our Markdown files. Goes out: a page in the look of the list of pages.
"""

from pathlib import Path

from tornado.web import RequestHandler
from voila.exporter import IPythonRenderer, MarkdownWithMath

FOLDER = Path(__file__).parents[2] / "docs"
NAMES = r"((?:quick-guide\.(?:lv|en)|operating|errors)\.md)"


class Guide(RequestHandler):
    """One of the guides, as a page."""

    def get(self, name: str) -> None:
        """Answer with the page."""
        body = as_html((FOLDER / name).read_text(encoding="utf-8"))
        page = self.settings["voila_jinja2_env"].get_template("guide.html")
        language = "en" if ".en." in name else "lv"
        self.finish(page.render(body=body, language=language, base_url="/"))


def as_html(markdown: str) -> str:
    """Write Markdown of ours as HTML.

    Example:
        >>> as_html("a **b**").strip()
        '<p>a <strong>b</strong></p>'
    """
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(markdown))
