"""Office and ZIP files whose bytes depend on their content alone: two runs give the same file.

Dates of entries and of the document's properties are set to one day; workbooks inside a
presentation too.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP file knows
_STAMP = b"1980-01-01T00:00:00Z"
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_INSIDE = (".xlsx", ".pptx", ".docx")


def fixed(office_file: bytes) -> bytes:
    """Write an Office file again with fixed dates.

    Example:
        >>> out = BytesIO()
        >>> with ZipFile(out, "w") as package:
        ...     package.writestr("a.xml", "x")
        >>> fixed(out.getvalue()) == fixed(fixed(out.getvalue()))
        True
    """
    with ZipFile(BytesIO(office_file)) as given:
        return zipped({name: _fixed_part(name, given.read(name)) for name in given.namelist()})


def _fixed_part(name: str, content: bytes) -> bytes:
    if name.endswith(_INSIDE):
        return fixed(content)
    if name == "docProps/core.xml":
        return _WRITTEN.sub(rb"\g<1>" + _STAMP + rb"\g<2>", content)
    return content


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Pack files into one ZIP whose bytes depend on them alone.

    Example:
        >>> ZipFile(BytesIO(zipped({"a.txt": b"x"}))).namelist()
        ['a.txt']
    """
    out = BytesIO()
    with ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(ZipInfo(name, _DAY), content, ZIP_DEFLATED)
    return out.getvalue()
