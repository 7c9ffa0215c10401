"""Workbooks and archives put together by hand: what no spreadsheet program would write."""

import zipfile
from io import BytesIO

from pumpurs_analysis.read import read_delivery

KEY = b"a key of tests"

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Default Extension="rels" ContentType="{_TYPE}-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    f'ContentType="{_TYPE}-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Lapa" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def archive(members, **more):
    """The bytes of a zip with these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **more) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def workbook(rows, before="", after="", **parts):
    """The bytes of an XLSX workbook whose sheet holds these rows of XML."""
    space = f'xmlns="{_SPREADSHEET}"'
    sheet = f"<worksheet {space}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return archive({**PARTS, "xl/worksheets/sheet1.xml": sheet, **parts})


def cell(place, value):
    """One text cell."""
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def opendocument(content):
    """The bytes of an ODS workbook with this inside its body."""
    names = {"office": "office", "table": "table", "text": "text", "style": "style"}
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in names.items()
    )
    body = f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body>"
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f"<office:document-content {spaces}>{body}</office:document-content>",
        }
    )


def read(folder, content, name="a.csv"):
    """Give the grids and problems of one file."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_delivery(file, key=KEY)


def codes(problems):
    return [problem.code for problem in problems]
