"""REFI-QDA: projects (.qdpx, a zip with ``project.qde``) and codebooks (.qdc).

Follows the published schemas urn:QDA-XML:project:1.0 and urn:QDA-XML:codebook:1.0, read by local
name so that editions of either serve. Positions count Unicode characters of the plain text.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from pumpurs_analysis.errors import Problem
from pumpurs_analysis.interviews.found import Found, Row, field_of
from pumpurs_analysis.read import guard
from pumpurs_analysis.read.source import Refused, Source

_PROJECT = "project.qde"
_MEDIA = {"PictureSource", "PDFSource", "AudioSource", "VideoSource"}
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
_INTERNAL = "internal://"
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)|\x00")  # NUL: UTF-16 would hide the others
_MOST_BYTES = 1 << 26


def is_project(source: Source) -> bool:
    """Say whether a file is a REFI-QDA project."""
    if not source.head.startswith(b"PK"):
        return False
    with guard.open_archive(source) as archive:
        return _PROJECT in archive.namelist()


def is_codebook(source: Source) -> bool:
    """Say whether a file is a REFI-QDA codebook."""
    return source.ending == "qdc"


def read_codebook(source: Source, found: Found) -> None:
    """Read the codes of a codebook.

    Raises:
        Refused: It is damaged, or declares entities.
    """
    if source.size > _MOST_BYTES:
        raise Refused("file_swollen")
    found.codes += _codes(_tree(source.content), source.name, {})


def read_project(source: Source, found: Found) -> None:
    """Read sessions (text sources), codes and coded passages of a project; no media.

    Raises:
        Refused: It is damaged, swollen, or declares entities.
    """
    with guard.open_archive(source) as archive:
        project = _tree(guard.whole(archive, _PROJECT))
        names: dict[str, str] = {}
        found.codes += _codes(project, source.name, names)
        known = _attributes(project)
        sources = [each for each in project.iter() if _local(each) == "TextSource"]
        labels = _labels(sources)
        for each in sources:
            session = labels[each.get("guid", "")]
            cells = {**known.get(each.get("guid", ""), {}), "session": session}
            found.sessions.append(Row(cells, source.name))
            text = _text(each, archive)
            consent = cells.get("consent", "")
            for passage in _passages(each, text, names):
                of_session = {"session": session, "consent": consent}
                found.segments.append(Row({**of_session, **passage}, source.name))
        media = sum(_local(each) in _MEDIA for each in project.iter())
    if media:
        found.problems.append(Problem("interview_media_left", source.name, found=str(media)))


def _tree(content: bytes) -> ET.Element:
    if _DECLARATION.search(content):
        raise Refused("file_declares")
    return guard.tree(content)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _local(child) == name)


def _codes(root: ET.Element, file: str, names: dict[str, str]) -> list[Row]:
    """Give the codes with their parents; ``names`` learns which guid is which."""
    rows: list[Row] = []
    tops = (each for each in root.iter() if _local(each) == "Codes")
    waiting = [(code, "") for top in tops for code in _children(top, "Code")][::-1]
    while waiting:
        code, parent = waiting.pop()
        name = code.get("name", "")
        names[code.get("guid", "")] = name
        rows.append(Row({"code": name, "parent": parent}, file))
        waiting += [(child, name) for child in _children(code, "Code")][::-1]
    return rows


def _labels(sources: list[ET.Element]) -> dict[str, str]:
    """Name each source; namesakes keep their guid."""
    names = [each.get("name", "") for each in sources]
    return {
        each.get("guid", ""): name if name and names.count(name) == 1 else each.get("guid", "")
        for each, name in zip(sources, names, strict=True)
    }


def _attributes(project: ET.Element) -> dict[str, dict[str, str]]:
    """Give what variables say of each source, its case's first, its own over them."""
    fields = {
        each.get("guid", ""): field_of(each.get("name", ""))
        for each in project.iter()
        if _local(each) == "Variable"
    }
    said: dict[str, dict[str, str]] = {}
    for case in (each for each in project.iter() if _local(each) == "Case"):
        for reference in _children(case, "SourceRef"):
            said.setdefault(reference.get("targetGUID", ""), {}).update(_values(case, fields))
    for each in project.iter():
        if _local(each) == "TextSource":
            said.setdefault(each.get("guid", ""), {}).update(_values(each, fields))
    return said


def _values(element: ET.Element, fields: Mapping[str, str]) -> dict[str, str]:
    values = {}
    for value in _children(element, "VariableValue"):
        reference = next(_children(value, "VariableRef"), None)
        name = fields.get(reference.get("targetGUID", ""), "") if reference is not None else ""
        told = [each.text or "" for kind in _VALUES for each in _children(value, kind)]
        if name and told:
            values[name] = told[0]
    return values


def _text(element: ET.Element, archive: zipfile.ZipFile) -> str:
    """Give the plain text of a source, which stands in the project or beside it."""
    inside = next(_children(element, "PlainTextContent"), None)
    if inside is not None:
        return inside.text or ""
    path = element.get("plainTextPath", "")
    wanted = f"sources/{path.removeprefix(_INTERNAL)}".casefold()
    for info in archive.infolist():
        if path.startswith(_INTERNAL) and info.filename.casefold() == wanted:
            try:
                return b"".join(guard.inflate(archive, info)).decode("utf-8-sig")
            except UnicodeDecodeError:
                raise Refused("file_damaged") from None
    return ""


def _passages(element: ET.Element, text: str, names: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give each coding of each passage."""
    for passage in _children(element, "PlainTextSelection"):
        start, end = passage.get("startPosition", ""), passage.get("endPosition", "")
        is_place = start.isdecimal() and end.isdecimal()
        for coding in _children(passage, "Coding"):
            reference = next(_children(coding, "CodeRef"), None)
            guid = "" if reference is None else reference.get("targetGUID", "")
            yield {
                "code": names.get(guid, ""),
                "coder": coding.get("creatingUser") or passage.get("creatingUser") or "",
                "start": start,
                "end": end,
                "quotation": text[int(start) : int(end)] if is_place else "",
            }
