"""Office files whose bytes depend on their content alone: two runs give the same file.

Dates of entries and of the document's properties are set to one day; workbooks inside a
presentation too.
"""

import re
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
    out = BytesIO()
    with ZipFile(BytesIO(office_file)) as given, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            if name.endswith(_INSIDE):
                content = fixed(content)
            elif name == "docProps/core.xml":
                content = _WRITTEN.sub(rb"\g<1>" + _STAMP + rb"\g<2>", content)
            entry = ZipInfo(name, _DAY)
            entry.compress_type = ZIP_DEFLATED
            made.writestr(entry, content)
    return out.getvalue()
