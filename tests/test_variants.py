"""One delivery in every format is one delivery; whatever is in a file, no row of it is lost."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import example as tried_always
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis import example, loading
from pumpurs_analysis.pseudonyms import MADE_UP_KEY
from pumpurs_analysis.workspace.content import content_hash
from tests.tried import tried

RECORDS = ["plans", "supports", "risks", "payments", "consultations", "specialists"]
RECORDS += ["ngo_projects", "enrolment"]
CHOICES = {"plans": 60, "municipalities": ["Gulbenes novads"]}


def hashes(checked: loading.Checked) -> dict[str, str]:
    return {name: content_hash(checked.dataset.tables[name]) for name in RECORDS}


def rewritten(text: str, *, separator: str, decimal: str) -> str:
    """A CSV with another separator, and figures with another decimal mark."""
    rows = csv.reader(io.StringIO(text), delimiter=";")
    out = io.StringIO()
    write = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        write.writerow([cell.replace(",", decimal) if is_figure(cell) else cell for cell in row])
    return out.getvalue()


def is_figure(cell: str) -> bool:
    return cell.replace(",", "", 1).isdigit()


@pytest.fixture(scope="module")
def as_workbook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("xlsx")
    example.write(folder, dirt=False, formats=["xlsx"], **CHOICES)
    return hashes(loading.check(folder))


@pytest.fixture(scope="module")
def as_csv(tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    return example.write(folder, dirt=False, formats=["csv"], **CHOICES)


def test_text_and_parquet_load_to_the_tables_of_the_workbook(as_workbook, as_csv, tmp_path):
    example.write(tmp_path, dirt=False, formats=["parquet"], **CHOICES)

    assert hashes(loading.check(as_csv)) == as_workbook
    assert hashes(loading.check(tmp_path)) == as_workbook


@pytest.mark.parametrize(
    ("encoding", "separator", "decimal"),
    [
        ("utf-8", ",", "."),
        ("utf-8-sig", ";", ","),
        ("cp1257", ";", ","),
        ("utf-16", "\t", "."),
        ("utf-16-le", "\t", ","),
    ],
)
def test_every_way_to_write_text_loads_to_the_same_tables(
    as_workbook, as_csv, tmp_path, encoding, separator, decimal
):
    for path in as_csv:
        text = rewritten(path.read_text("utf-8-sig"), separator=separator, decimal=decimal)
        (tmp_path / path.name).write_bytes(text.encode(encoding, "replace"))

    assert hashes(loading.check(tmp_path)) == as_workbook


def test_no_row_of_a_dirty_delivery_is_lost(tmp_path):
    example.write(tmp_path, plans=90, municipalities=["Tukuma novads", "Madonas novads"])

    checked = loading.check(tmp_path)

    inputs = checked.inputs
    parts = inputs["accepted_count"] + inputs["set_aside_count"] + inputs["not_data_count"]
    assert (parts == inputs["row_count"]).all()
    apart = checked.rows_apart["input_id"].astype(object).value_counts()
    named = (inputs["set_aside_count"] + inputs["not_data_count"]).astype("int64")
    named.index = inputs["input_id"].astype(object)
    assert named.sub(apart, fill_value=0).eq(0).all()
    for name in RECORDS:
        rows = checked.dataset.tables[name][["input_id", "row"]].astype(object)
        gone = checked.rows_apart[["input_id", "row"]].astype(object)
        assert rows.merge(gone).empty, name


HEADINGS = ["IAP kods", "Semestris", "Skola", "Personas kods", "Klase", "Statuss", "Riski"]
HEADINGS += ["Atbalsta veids", "Mēnesis", "Summa", "Datums", "Stundas", "Kopā", "Septembris"]
HEADINGS += ["Ekonomiskie riski", "Transports", "Piezīmes", "Vārds, uzvārds", "Izgudrojums"]
CELLS = ["", "A-1", "A-2", "Transports", "09.2022", "30,00", "-", "x", "Kopā", "2022/2023-1"]
CELLS += ["Tukuma 2. vidusskola", "Zantes psk.", "05.10.2022.", "31.02.2020.", "1e9", "=1+1"]
CELLS += ["nezināms", "7.a", "Īstenošanā", "⟪", "\u00a0", "ß" * 70, "-5", "2042", "Sagatavoja:"]


@tried(60)
@given(
    headings=st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=7),
    rows=st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=8), max_size=8),
    titles=st.lists(st.sampled_from(CELLS), max_size=2),
)
@tried_always(headings=["Summa", "IAP kods"], rows=[[""], ["A-1"]], titles=[])
def test_any_table_is_read_or_explained_and_every_row_is_named(tmp_path, headings, rows, titles):
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([*([title] for title in titles), headings, *rows])
    file = tmp_path / "a.csv"
    file.write_text(out.getvalue(), "utf-8")

    checked = loading.check(file, key=MADE_UP_KEY)

    inputs = checked.inputs
    parts = inputs["accepted_count"] + inputs["set_aside_count"] + inputs["not_data_count"]
    assert (parts == inputs["row_count"]).all()
    for problem in loading.as_problems(checked.problems):
        assert problem.sentence("lv")
        assert problem.sentence("en")


def test_two_loads_of_one_delivery_are_the_same(tmp_path):
    example.write(tmp_path, plans=60, municipalities=["Gulbenes novads"])

    first, second = (loading.check(tmp_path) for _ in range(2))

    for name, frame in first.dataset.tables.items():
        pd.testing.assert_frame_equal(frame, second.dataset.tables[name])
