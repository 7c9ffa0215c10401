"""What a visitor has chosen: language and filters. No widgets, no data.

Comes in: an address's query or a choice. Goes out: the same as a query that reproduces the view.
"""

from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from traitlets import Dict, Enum, HasTraits, Unicode

from pumpurs_analysis.text import LANGUAGES, Language

# An address is typed by anybody: longer ones are not ours.
_LONGEST_QUERY = 2000


class Selection(HasTraits):
    """Language and filters of one visitor; every change may be observed.

    Attributes:
        language: ``"lv"`` or ``"en"``.
        filters: Chosen value by filter name; a filter set to "all" is absent.

    Example:
        >>> selection = Selection(filters={"municipality": "TUK"})
        >>> selection.chosen("municipality"), selection.chosen("semester")
        ('TUK', '')
    """

    language: Any = Enum(LANGUAGES, default_value="lv")
    filters: Any = Dict(key_trait=Unicode(), value_trait=Unicode())

    def chosen(self, name: str) -> str:
        """Give the chosen value of one filter, empty for "all"."""
        return str(self.filters.get(name, ""))

    def choose(self, name: str, value: str, *, is_single: bool = False) -> None:
        """Set one filter, in place of all others or beside them; an empty value takes it away."""
        others = {key: kept for key, kept in self.filters.items() if key != name and not is_single}
        self.filters = others | ({name: value} if value else {})

    def take(self, other: "Selection") -> None:
        """Become like another selection in one step, so that the page is drawn once."""
        with self.hold_trait_notifications():
            self.language = other.language
            self.filters = dict(other.filters)

    def as_query(self) -> str:
        """Write the selection as the query of an address.

        Example:
            >>> Selection(language="en", filters={"municipality": "TUK"}).as_query()
            'lang=en&municipality=TUK'
        """
        return urlencode([("lang", self.language), *sorted(self.filters.items())])

    @classmethod
    def from_query(cls, query: str, *, language: Language = "lv") -> Self:
        """Read a selection from an address; what is not understood is left out.

        Args:
            query: With or without its question mark.
            language: Taken where the query names none.

        Example:
            >>> Selection.from_query("?lang=en&municipality=TUK&empty=").filters
            {'municipality': 'TUK'}
        """
        asked = dict(parse_qsl(query.lstrip("?")[:_LONGEST_QUERY]))
        wanted = asked.pop("lang", language)
        return cls(language=wanted if wanted in LANGUAGES else language, filters=asked)
