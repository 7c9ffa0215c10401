"""What a file is by its content, and whether it is safe to hand to a parser.

Comes in: a Source. Goes out: its kind, its archive, or what a workbook's sheets hold that calamine
does not tell; Refused where a small file would fill the memory. Reads in pieces, so that a harmful
file costs no more than a harmless one.
"""

import re
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree import ElementTree as ET

from pumpurs_analysis.read.source import CHUNK, Refused, Source

_MAGIC = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7Z",
    b"\x1f\x8b": "GZ",
    b"{\\rtf": "RTF",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "EncryptedPackage": "locked",
    "Workbook": "xls",
    "Book": "xls",
    "WordDocument": "DOC",
}
_PARTS = {
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "XLSB",
    "word/document.xml": "DOCX",
    "ppt/presentation.xml": "PPTX",
}
_PAGE = re.compile(
    rb"(?i)^[\s\xef\xbb\xbf]*(<!doctype html|<html|<table|<\?xml|<\?mso|<workbook|mime-version:)"
)

_MOST_FILES = 20_000
_SMALL = 100 << 20  # bytes; below this a good ratio harms nobody
_MOST_RATIO = 200
_MOST_BYTES = 4 << 30
_MOST_CELLS = 50_000_000
FEW_CELLS = 1_000_000
_LEAST_BYTES = 4  # of a sheet's XML per cell of its area: one cell in six is filled
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def kind_of(source: Source) -> str:
    """Say what a file is by its content: xlsx, ods, xls, parquet, archive, page, text, or else.

    Raises:
        Refused: It is empty, locked with a password, or damaged.
    """
    head = source.head
    if not head.strip(b"\r\n \t\x00\xef\xbb\xbf\xff\xfe"):
        raise Refused("file_empty")
    if head.startswith(b"PK"):
        return _archive_kind(source)
    if head.startswith(_OLE):
        content = source.content
        found = (kind for name, kind in _OLE_STREAMS.items() if name.encode("utf-16-le") in content)
        kind = next(found, "OLE")
        if kind == "locked":
            raise Refused("file_locked")
        if kind == "OLE" and source.ending == "xls":
            raise Refused("file_damaged")
        return kind
    if head.startswith(b"PAR1"):
        return "parquet"
    if _PAGE.match(head.replace(b"\x00", b"")):
        return "page"
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "text")


def _archive_kind(source: Source) -> str:
    with open_archive(source) as archive:
        names = set(archive.namelist())
        kind = next((kind for part, kind in _PARTS.items() if part in names), "archive")
        if "mimetype" in names and "content.xml" in names:
            stated = b"".join(inflate(archive, archive.getinfo("mimetype")))
            kind = "ods" if b"spreadsheet" in stated else "ODF"
    return kind


@contextmanager
def open_archive(source: Source) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory promises nothing harmful.

    Raises:
        Refused: It is damaged, locked, or would grow beyond measure.
    """
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(file)
        # NotImplementedError is zipfile's own, for archives of a kind it does not know.
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error):
            raise Refused("file_damaged") from None
        with archive:
            _refuse_swollen(archive, source.size)
            yield archive


def _refuse_swollen(archive: zipfile.ZipFile, size: int) -> None:
    files = archive.infolist()
    packed, full = (
        sum(getattr(file, size) for file in files) for size in ("compress_size", "file_size")
    )
    names = {file.filename for file in files}
    if len(files) > _MOST_FILES or packed > size or len(names) < len(files):
        raise Refused("file_swollen")
    if full > min(_MOST_BYTES, max(_SMALL, _MOST_RATIO * packed)):
        raise Refused("file_swollen")
    if any(file.flag_bits & 1 for file in files):
        raise Refused("file_locked")


def inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Give a member in pieces; its true size and checksum must be the stated ones.

    Raises:
        Refused: They are not (a parser would go on where the standard library stops).
    """
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused("file_damaged")
    size = check = 0
    try:
        for piece in _unpacked(archive, info):
            size, check = size + len(piece), zlib.crc32(piece, check)
            if size > info.file_size:
                raise Refused("file_swollen")
            yield piece
    except (zlib.error, EOFError, OSError, ValueError, struct.error):
        raise Refused("file_damaged") from None
    if (size, check) != (info.file_size, info.CRC):
        raise Refused("file_damaged")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    file = archive.fp
    if file is None:
        raise EOFError
    file.seek(info.header_offset)
    start = info.header_offset + 30 + sum(struct.unpack("<HH", file.read(30)[26:]))
    inner = zlib.decompressobj(-zlib.MAX_WBITS)
    for offset in range(0, info.compress_size, CHUNK):
        file.seek(start + offset)
        packed = file.read(min(CHUNK, info.compress_size - offset))
        if info.compress_type == zipfile.ZIP_STORED:
            yield packed
        while info.compress_type == zipfile.ZIP_DEFLATED and packed and not inner.eof:
            yield inner.decompress(packed, CHUNK)
            packed = inner.unconsumed_tail
    if info.compress_type == zipfile.ZIP_DEFLATED:
        yield inner.flush()
        if not inner.eof:
            raise EOFError


@dataclass
class SheetFacts:
    """What a sheet holds beside the values of its cells.

    Attributes:
        hidden_rows: Row numbers that the program does not show.
        hidden_columns: Column numbers that it does not show.
        struck_rows: Row numbers with text that is struck through.
        errors: Text of every cell that holds an error such as ``#REF!``, by row and column.
        uncalculated: Formulas whose result was never stored, by row and column.
        merged: Merged ranges, rows and columns counted from 0.
        is_hidden: The sheet is not shown.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_hidden: bool = False


_P = rb"(?:\w+:)?"
_REFERENCE = re.compile(rb' r="([A-Z]+)(\d+)"')
_ODD_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]+)(\d+)""")
_COLUMN = re.compile(rb' r="([A-Z]+)\d')
_FAR_ROW = re.compile(rb' r="[A-Z]+(\d{6,})"')
_USUAL_ROWS = b"99999"
_FILLED = re.compile(
    rb"<" + _P + rb"""c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]+)(\d+)["'](?:[^>]*[^/>])?>(?!</)"""
)
_HIDDEN_ROW = re.compile(rb'row r="(\d+)"[^>]*\shidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb"<" + _P + rb'col\s[^>]*\bhidden="(?:1|true)"[^>]*>')
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')
_ERROR = re.compile(rb"<" + _P + rb'c\s([^>]*\bt="e"[^>]*)>.*?<' + _P + rb"v>([^<]*)<", re.DOTALL)
_UNCALCULATED = re.compile(
    rb"<" + _P + rb"c\s([^>]*)>\s*<" + _P + rb"f(?:\s[^>]*)?(?:/>|>[^<]*</" + _P + rb"f>)\s*"
    rb"(<" + _P + rb"v\s*/>|<" + _P + rb"v></" + _P + rb"v>)?\s*</" + _P + rb"c>"
)


def look_into_workbook(source: Source) -> tuple[dict[str, SheetFacts], bool]:
    """Check every part of an XLSX workbook, and say what stands in its sheets, and whether macros.

    Raises:
        Refused: A part is damaged, declares entities, or claims far more cells than it holds.
    """
    with open_archive(source) as archive:
        parts = _sheet_parts(archive)
        facts = {}
        for info in archive.infolist():
            if "/media/" not in info.filename and info.filename not in parts.values():
                deque(declared_nothing(archive, info.filename), maxlen=0)
        struck = _struck(archive)
        for name, part in parts.items():
            facts[name] = _facts(archive, part, name, struck=struck)
        return facts, any(name.endswith("vbaProject.bin") for name in archive.namelist())


def _struck(archive: zipfile.ZipFile) -> re.Pattern[bytes] | None:
    """What a filled cell looks like whose font is struck through, if the workbook has any."""
    styles = whole(archive, "xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b""
    if b"strike" not in styles:
        return None
    fonts, formats = (tree(styles).find(f"{{*}}{name}") for name in ("fonts", "cellXfs"))
    marks = [font.find("{*}strike") for font in (() if fonts is None else fonts)]
    struck = {
        str(at)
        for at, mark in enumerate(marks)
        if mark is not None and mark.get("val", "1") not in {"0", "false"}
    }
    named = enumerate(() if formats is None else formats)
    ids = "|".join(str(at) for at, each in named if each.get("fontId") in struck)
    cell = rf'c r="[A-Z]+(\d+)"(?=[^>]*\ss="(?:{ids})")[^>]*[^/>]>'
    return re.compile(cell.encode()) if ids else None


def declared_nothing(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Give a member in pieces that are safe to parse as XML.

    Raises:
        Refused: It is damaged, or declares entities.
    """
    for piece in _pieces(inflate(archive, archive.getinfo(name))):
        _refuse_declarations(piece)
        yield piece


def _refuse_declarations(piece: bytes) -> None:
    if _DECLARATION.search(piece):
        raise Refused("file_declares")


def whole(archive: zipfile.ZipFile, name: str) -> bytes:
    """Give a small member whole, as XML safe to parse.

    Raises:
        Refused: It is missing, damaged, or declares entities.
    """
    if name not in archive.namelist():
        raise Refused("file_damaged")
    return b"".join(declared_nothing(archive, name))


def tree(content: bytes) -> ET.Element:
    """Parse XML in which no entity is declared.

    Raises:
        Refused: It is not well formed.
    """
    try:
        return ET.fromstring(content)  # noqa: S314  (declarations were refused before)
    except (ET.ParseError, ValueError):
        raise Refused("file_damaged") from None


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Member of the archive that holds each sheet, by the sheet's name."""
    links = tree(whole(archive, "xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for sheet in tree(whole(archive, "xl/workbook.xml")).iter():
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        if sheet.tag.endswith("}sheet") and link in targets:
            part = normpath(join("/xl", targets[link])).removeprefix("/")
            if "sheets/" in part and "chartsheets/" not in part and part in archive.namelist():
                found[sheet.get("name", "")] = part
    return found


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut a stream before rows, so that no cell lies in two pieces; elsewhere before a tag."""
    kept = b""
    for chunk in chunks:
        kept += chunk
        cut = kept.rfind(b'row r="')
        cut = cut if cut > 0 else kept.rfind(b"<")
        if cut > 0:
            yield kept[:cut]
            kept = kept[cut:]
    yield kept


def _facts(
    archive: zipfile.ZipFile, part: str, sheet: str, *, struck: re.Pattern[bytes] | None
) -> SheetFacts:
    """Look at every cell of a sheet once, as quickly as bytes can be searched."""
    facts = SheetFacts()
    columns: set[bytes] = set()
    rows: set[bytes] = {_USUAL_ROWS}
    info = archive.getinfo(part)
    for piece in declared_nothing(archive, part):
        letters = _COLUMN.findall(piece)
        columns.update(letters)
        rows.update(_FAR_ROW.findall(piece))
        if len(letters) < piece.count(b"<c") + piece.count(b":c"):  # written in another way
            for column, row in _ODD_REFERENCE.findall(piece):
                columns.add(column)
                rows.add(row)
        _note(piece, facts)
        if struck:
            facts.struck_rows.update(map(int, struck.findall(piece)))
    if _area(columns, rows | {b"1"}) > _allowed(info.file_size):
        _refuse_far_cells(archive, info, sheet)
    return facts


def _note(piece: bytes, facts: SheetFacts) -> None:
    if b"hidden=" in piece:
        facts.hidden_rows.update(int(row) for row in _HIDDEN_ROW.findall(piece))
        for column in _HIDDEN_COLUMN.findall(piece):
            span = {key: int(value) for key, value in _SPAN.findall(column)}
            facts.hidden_columns.update(
                range(span.get(b"min", 1), min(span.get(b"max", 0), 16_384) + 1)
            )
    if b't="e"' in piece:
        for attributes, text in _ERROR.findall(piece):
            facts.errors |= dict.fromkeys(_places(attributes), text.decode("utf-8", "replace"))
    if b"<f" in piece or (b"<row" not in piece and b":f" in piece):
        for attributes, value in _UNCALCULATED.findall(piece):
            if not (value and b't="str"' in attributes):  # an empty text is a result
                facts.uncalculated.update(_places(attributes))


def _places(attributes: bytes) -> list[tuple[int, int]]:
    found = _REFERENCE.findall(b" " + attributes)
    return [(int(row), number_of(column)) for column, row in found]


def number_of(column: bytes) -> int:
    """Give the number of a column by its letters.

    Example:
        >>> number_of(b"A"), number_of(b"AB")
        (1, 28)
    """
    number = 0
    for letter in column.upper()[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _area(columns: set[bytes], rows: set[bytes]) -> int:
    if not columns:
        return 0
    wide, high = sorted(map(number_of, columns)), sorted(int(row[:9]) for row in rows)
    return (wide[-1] - wide[0] + 1) * (high[-1] - high[0] + 1)


def _allowed(size: int) -> int:
    return min(_MOST_CELLS, max(FEW_CELLS, size // _LEAST_BYTES))


def _refuse_far_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo, sheet: str) -> None:
    """Refuse a sheet whose filled cells lie so far apart that the space between fills memory."""
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for piece in _pieces(inflate(archive, info)):
        for column, row in _FILLED.findall(piece):
            columns.add(column)
            rows.add(row)
    if _area(columns, rows) > _allowed(info.file_size):
        letters, row = max(columns, key=number_of), max(rows, key=int)
        found = f"{letters[:4].decode()}{row[:9].decode()}"
        raise Refused("cells_far_apart", found=found, sheet=sheet, row=int(row[:9]))
