"""Problems that people can mend, and what is raised when nothing can go on.

Comes in: a code of ``catalogue/problems/`` with its place, what was found and what was wanted.
Goes out: sentences in Latvian and English. Never holds a learner's name or code.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pumpurs_analysis import catalogue
from pumpurs_analysis.text import Language, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHOWN_AT_MOST = 5


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where it stands, what was found, what was wanted.

    Attributes:
        code: Entry of ``catalogue/problems/``.
        file: File name without folders.
        sheet: Sheet of a workbook, empty for a plain table.
        row: Row as the user's program numbers it (the header is row 1).
        column: Header of the column as written.
        found: What stands there.
        wanted: What would be right in this place, where the catalogue leaves a place for it.
        school: School it concerns, where known.
        column_number: Place of the column in the sheet (A is 1), so that the cell can be marked.
    """

    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    wanted: str = ""
    school: str = ""
    column_number: int | None = None

    @property
    def severity(self) -> str:
        """``error`` (the row is set aside), ``warning`` (kept, look at it) or ``note``."""
        return str(catalogue.entries("problems")[self.code]["severity"])

    def place(self, language: Language) -> str:
        """Say where it stands: file, sheet, row and column, as far as known.

        Example:
            >>> Problem("period_unread", file="a.csv", row=3).place("en")
            'a.csv, row 3'
        """
        column = self.column or _letters(self.column_number or 0)
        parts = [
            self.file,
            say("problem.sheet", language, sheet=self.sheet) if self.sheet else "",
            say("problem.row", language, row=self.row) if self.row is not None else "",
            say("problem.column", language, column=column) if column else "",
        ]
        return ", ".join(part for part in parts if part)

    def sentence(self, language: Language) -> str:
        """Say place, found, wanted and what to do.

        Example:
            >>> print(Problem("period_unread", "a.csv", row=3, found="drīz").sentence("en"))
            a.csv, row 3: “drīz” was not read as a period. Wanted: a school year, semester or date,
            such as 2019/2020, 2019/2020-1 or 05.10.2018. Write the period in one of these forms.
        """
        words = {"found": self.found, "wanted": self.wanted, "column": self.column}
        what, wanted, to_do = sentences(self.code, words, language)
        place = self.place(language)
        wanted = say("problem.wanted", language, wanted=wanted.rstrip("."))
        return f"{place + ': ' if place else ''}{what} {wanted} {to_do}".strip()

    def as_row(self) -> dict[str, object]:
        """Give the problem as a row of the ``problems`` table."""
        return asdict(self) | {"severity": self.severity}


def sentences(code: str, words: "Mapping[str, str]", language: Language) -> list[str]:
    """Fill the catalogue's sentences of a problem: what was found, is wanted, and to do.

    Args:
        code: Entry of ``catalogue/problems``.
        words: found, wanted and column, as in ``Problem``; codes are written as names.
        language: Of the sentences and of the names.
    """
    entry = catalogue.entries("problems")[code]
    empty = {part: said for part, said in entry.get("if_empty", {}).items() if not words[part]}
    named = {**words, "wanted": _named(entry.get("wanted_is", ""), words["wanted"], language)}
    if entry.get("found_is") == "row":  # "plani.csv, 2"
        file, comma, row = words["found"].rpartition(", ")
        named["found"] = f"{file}{comma}{say('problem.row', language, row=row)}"
    parts = (empty.get(part) or entry[part] for part in ("found", "wanted", "to_do"))
    return [str(part[language]).format(**named) for part in parts]


def _named(kind: str, wanted: str, language: Language) -> str:
    """Write codes as the names of their list, and fields with the heading to be typed."""
    if not kind:
        return wanted
    listed = catalogue.entries("headings" if kind == "headings" else "codes")
    known = listed if kind == "headings" else listed[kind]
    names = []
    for code in wanted.split(", "):
        entry = known.get(code, {})
        typed = entry.get("written", [code])[0]
        heading = f"„{typed}”" if language == "lv" else f"{code.replace('_', ' ')} (“{typed}”)"
        names.append(heading if kind == "headings" else entry.get("name", {}).get(language, code))
    return ", ".join(names)


def _letters(number: int) -> str:
    """A column's letters as spreadsheet programs show them: 1 is A, 27 is AA, 0 is none."""
    before, last = divmod(number - 1, 26)
    return f"{_letters(before)}{chr(ord('A') + last)}" if number else ""


class InputError(Exception):
    """A delivery that cannot be loaded yet; holds every problem at once.

    Attributes:
        problems: All of them; the message shows at most five and counts the rest.
    """

    def __init__(self, problems: "Iterable[Problem]", language: Language = "en") -> None:
        self.problems = tuple(problems)
        super().__init__(self.report(language))

    def report(self, language: Language) -> str:
        """Write the first problems as sentences and count the rest."""
        count = len(self.problems)
        lines = [say("problem.cannot_load", language, count=count)]
        lines += [f"- {problem.sentence(language)}" for problem in self.problems[:SHOWN_AT_MOST]]
        if count > SHOWN_AT_MOST:
            lines.append(say("problem.and_more", language, count=count - SHOWN_AT_MOST))
        return "\n".join(lines)


class NotVerified(LookupError):  # noqa: N818  (a public name: it says what is the case)
    """No source tells what was allowed on that date; the message says what would verify it."""
