"""The template notebook: what it is given, how it is executed, what comes out of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pumpurs_analysis.case_studies.layout import Shown, head_html, section_html
from pumpurs_analysis.case_studies.story import Story, story
from pumpurs_analysis.catalogue import DATA
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.disclosure.published import Audience
from pumpurs_analysis.interviews import read_interviews
from pumpurs_analysis.text import Language
from pumpurs_analysis.workspace import open_workspace

TEMPLATE = DATA.parent / "notebooks" / "case_study.ipynb"
_SECONDS = 600


@dataclass(frozen=True)
class Asked:
    """What a case study is asked to be about.

    Attributes:
        municipality: Any spelling.
        school: One school of it; empty for all.
        workspace: Folder with records; None for published figures alone.
        interviews: Files or folders with interviews.
        language: ``lv`` or ``en``.
        audience: ``public`` or ``owner``.
    """

    municipality: str = "Tukuma novads"
    school: str = ""
    workspace: Path | None = None
    interviews: tuple[Path, ...] = ()
    language: Language = "lv"
    audience: Audience = "public"

    def environment(self) -> dict[str, str]:
        """Give it as variables of the environment, which the notebook reads."""
        return {
            "PUMPURS_CASE_MUNICIPALITY": self.municipality,
            "PUMPURS_CASE_SCHOOL": self.school,
            "PUMPURS_CASE_WORKSPACE": str(self.workspace.resolve()) if self.workspace else "",
            "PUMPURS_CASE_INTERVIEWS": os.pathsep.join(str(p.resolve()) for p in self.interviews),
            "PUMPURS_LANGUAGE": self.language,
            "PUMPURS_CASE_AUDIENCE": self.audience,
        }

    @classmethod
    def of_environment(cls, given: Mapping[str, str]) -> "Asked":
        """Read what ``environment`` gave; what is not there keeps its default."""
        workspace = given.get("PUMPURS_CASE_WORKSPACE", "")
        paths = given.get("PUMPURS_CASE_INTERVIEWS", "")
        is_owner = given.get("PUMPURS_CASE_AUDIENCE") == "owner"
        return cls(
            given.get("PUMPURS_CASE_MUNICIPALITY") or cls.municipality,
            given.get("PUMPURS_CASE_SCHOOL", ""),
            Path(workspace) if workspace else None,
            tuple(Path(path) for path in paths.split(os.pathsep) if path),
            "en" if given.get("PUMPURS_LANGUAGE") == "en" else "lv",
            "owner" if is_owner else "public",
        )

    def dataset(self) -> Dataset | None:
        """Open the records, where there are any."""
        return open_workspace(self.workspace) if self.workspace else None

    def story(self) -> Story:
        """Tell it.

        Raises:
            NotFound: No such municipality or school.
            InputError: The interviews cannot be read.
        """
        spoken = (
            read_interviews(self.interviews, workspace=self.workspace) if self.interviews else None
        )
        return story(
            self.dataset(),
            self.municipality,
            school=self.school,
            interviews=spoken,
            audience=self.audience,
        )


@dataclass(frozen=True)
class Told:
    """A case study as the notebook shows it, part by part."""

    story: Story
    language: Language
    _shown: set[str] = field(default_factory=set, repr=False)

    def head(self) -> Shown:
        """Show the title and what must stand above everything."""
        return head_html(self.story, self.language)

    def show(self, *names: str) -> Shown:
        """Show sections; without names the rest."""
        there = [each.name for each in self.story.sections]
        wanted = names or tuple(name for name in there if name not in self._shown)
        self._shown.update(wanted)
        sections = [self.story.section(name) for name in wanted if name in there]
        shown = [section_html(self.story, each, self.language).html for each in sections]
        return Shown("\n".join(shown))


def told(municipality: str = "", *, language: Language | None = None) -> Told:
    """Tell what the environment, or else this call, asks for; for notebooks.

    Args:
        municipality: Which one, unless the environment says.
        language: Of words and numbers, unless the environment says.

    Example:
        >>> told("Liepāja", language="en").story.title("en")
        'Case study: Liepāja'
    """
    given = dict(os.environ)
    given.setdefault("PUMPURS_CASE_MUNICIPALITY", municipality)
    given.setdefault("PUMPURS_LANGUAGE", language or "lv")
    asked = Asked.of_environment(given)
    return Told(asked.story(), asked.language)


def executed(asked: Asked) -> list[str]:
    """Execute the template unedited and give what its cells show as HTML, in order."""
    import nbformat  # noqa: PLC0415  (it takes seconds, and telling a story needs no kernel)
    from nbclient import NotebookClient  # noqa: PLC0415  (as above)

    notebook = nbformat.read(TEMPLATE, as_version=4)
    quiet = ["--Application.log_level=40"]  # a kernel that listens on this computer alone is fine
    client = NotebookClient(notebook, timeout=_SECONDS, resources={}, extra_arguments=quiet)
    client.execute(env=os.environ | asked.environment())
    return [
        str(output["data"]["text/html"])
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
