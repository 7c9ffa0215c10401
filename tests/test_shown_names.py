"""A file or a sheet called after a learner: the name stays with its owner."""

import zipfile
from io import BytesIO

import openpyxl
import pytest

from pumpurs_analysis import loading
from pumpurs_analysis.app.data_check import Desk
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.export import problem_report
from pumpurs_analysis.pseudonyms import shown_name
from pumpurs_analysis.schools import register

PERSONAL = ("Kalniņa", "kalnina", "Bērziņš", "Jānis", "29999")
HEAD = ["Skola", "Personas kods", "Mēnesis", "Atbalsta veids", "Summa"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Kalniņa", "A… K…"),
        ("anna_kalnina.xlsx", "a…_k….xlsx"),
        ("ANNA KALNIŅA", "A… K…"),
        ("Kalniņa_Anna_IAP.xlsx", "K…_A…_IAP.xlsx"),
        ("Bērziņa IAP 2019.ods", "B… IAP 2019.ods"),
        ("A.Bērziņa 5.kl", "A.B… 5.kl"),
        ("Marta Kalniņa", "M… K…"),
        ("marta_kalnina.csv", "m…_k….csv"),
        ("Anna Roze", "A… R…"),
        ("Plāni Jānis Bērziņš 010203-29999.xls", "Plāni J… B… ….xls"),
        ("Rezultāti +371 20000000", "Rezultāti …"),
    ],
)
def test_of_a_persons_name_first_letters_stay(name, shown):
    assert shown_name(name, set()) == shown


@pytest.mark.parametrize(
    "name",
    """Sheet1|Lapa1|Tabelle1|Maija izmaksas|Marta tabula|Kopsavilkums|Dati|IAP_saraksts|Irlava
    |Madona
    |Atskaite_2019_2.xlsx|Tukuma_2vsk.xlsx|Naudas plūsma|Formas atbildes 1|Form Responses 1|1.kl.
    |Jauns Microsoft Excel darblapa.xlsx|PuMPuRS_Tukums_2019.xlsx|Kuldīgas 2.vsk.xlsx|piegāde.zip
    |IZDOMATI_DATI_Džūkstes_pamatskola.xlsx|export (2).csv|Kopija no plāni.xlsx|11.2022|""".replace(
        "\n    ", ""
    ).split("|"),
)
def test_names_without_a_person_stay_as_they_are(name):
    assert shown_name(name, set()) == name


def test_names_of_schools_stay_as_they_are():
    assert [name for name in register()["name"] if shown_name(name, set()) != name] == []


def test_what_looks_alike_stays_distinct():
    taken = set()

    shown = [shown_name(f"{name} IAP.xlsx", taken) for name in ("Kalniņa", "Krūmiņa", "Kārkliņa")]

    assert shown == ["K… IAP.xlsx", "K… IAP (2).xlsx", "K… IAP (3).xlsx"]
    assert shown_name("Kopā", taken | {"Kopā"}) == "Kopā (2)"


def workbook(**sheets: str) -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    book.remove(book.active)
    for number, (name, amount) in enumerate(sheets.items(), 1):
        sheet = book.create_sheet(name)
        sheet.append(HEAD)
        code = f"01020{number}-29999"
        sheet.append(["Irlavas pamatskola", code, "2019. gada maijs", "transports", amount])
    book.save(out)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Two workbooks with two sheets each and one archive, all called after learners."""
    both = {"Anna Kalniņa": "trīs", "Agnese Kārkliņa": "četri"}
    (tmp_path / "Kalniņa Anna.xlsx").write_bytes(workbook(**both))
    (tmp_path / "Bērziņš Jānis 010203-29999.xlsx").write_bytes(workbook(Transports="pieci"))
    with zipfile.ZipFile(tmp_path / "piegāde.zip", "w") as archive:
        archive.writestr("kalnina_anna.xlsx", workbook(**{"Jānis Bērziņš": "seši"}))
    return tmp_path


def test_no_message_table_or_report_names_the_person(folder):
    seen = []

    found = loading.check(folder, progress=lambda _done, _total, name: seen.append(name))

    told = " ".join([
        *(problem.sentence(language) for problem in loading.as_problems(found.problems)
          for language in ("lv", "en")),
        *(table.to_csv() for table in (found.problems, found.inputs, found.rows_apart)),
        *(problem_report.html(found.problems, found.inputs, language) for language in ("lv", "en")),
        problem_report.csv(found.problems, "lv").decode("utf-8-sig"),
        *seen,
    ])  # fmt: skip
    assert {*found.problems["file"]} >= {"K… A….xlsx", "B… J… ….xlsx", "piegāde.zip/k…_a….xlsx"}
    assert {*found.problems["sheet"]} >= {"A… K…", "A… K… (2)", "Transports", "J… B…"}
    assert [word for word in PERSONAL if word in told] == []


def test_the_owners_own_copy_is_marked_in_the_right_sheets(folder):
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    problems = loading.check(folder).problems

    given = problem_report.files_to_mark(files, problems)
    [name] = [name for name in given if name.startswith("K…")]
    book = openpyxl.load_workbook(BytesIO(problem_report.marked(given[name], name, problems, "lv")))
    inside = "piegāde.zip/k…_a….xlsx"
    copy = openpyxl.load_workbook(
        BytesIO(problem_report.marked(given[inside], inside, problems, "lv"))
    )

    assert given[name] == files["Kalniņa Anna.xlsx"]
    assert "„trīs”" in book["Anna Kalniņa"]["E2"].comment.text
    assert "„četri”" in book["Agnese Kārkliņa"]["E2"].comment.text
    assert "„seši”" in copy["Jānis Bērziņš"]["E2"].comment.text
    assert book.worksheets[0]["B5"].hyperlink.location == "'Anna Kalniņa'!E2"


def test_the_page_offers_the_marked_copy_without_the_name(folder):
    desk = Desk()
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    desk.take(files, lambda *_: None)()

    offered, content = desk.download("", "marked", Selection())

    with zipfile.ZipFile(BytesIO(content)) as archive:
        inside = archive.namelist()
    assert offered.endswith(".zip")
    assert len(inside) == 3
    assert [word for word in PERSONAL if word in " ".join(inside)] == []
