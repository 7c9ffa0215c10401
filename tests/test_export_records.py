"""Tables of a workspace as CSV and Parquet."""

import pandas as pd
import pytest

from pumpurs_analysis import schema
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.export.records import export_records
from tests.comparing import same

pytestmark = pytest.mark.usefixtures("own_settings")


def test_csv_opens_by_a_double_click(records, tmp_path):
    consultations = """
        plan_id | subject | hours | date
        P1      | =1+1;a  | 1.5   | 2019-10-01
        P2      |         | 2     |
    """

    export_records(records(consultations=consultations), tmp_path, formats=["csv"])

    lines = (tmp_path / "consultations.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("plan_id;learner_id;school_id;date;")
    assert lines[1].startswith('"P1";;;2019-10-01;;"1,5";;;"\'=1+1;a"')
    assert lines[2].startswith('"P2";;;;;"2"')


def test_english_csv_has_a_decimal_point(records, tmp_path):
    data = records(consultations="plan_id | hours\nP1 | 1.5")

    export_records(data, tmp_path, formats=["csv"], language="en")

    assert ";1.5;" in (tmp_path / "consultations.csv").read_text("utf-8-sig")


def test_parquet_reads_back_as_the_table(delivery, tmp_path):
    data = delivery("A")

    written = export_records(data, tmp_path, formats=["parquet"])

    same(schema.conform("payments", pd.read_parquet(tmp_path / "payments.parquet")), data.payments)
    assert {path.name for path in written} == {
        "plans.parquet", "payments.parquet", "schools.parquet", "inputs.parquet", "LASI_MANI.txt",
    }  # fmt: skip
    note = (tmp_path / "LASI_MANI.txt").read_text("utf-8-sig")
    assert note.startswith("Iekšējai lietošanai")
    assert "payments (20)" in note


def test_an_export_of_made_up_data_says_so(records, tmp_path):
    tables_of = records(plans="plan_id\nP1").tables

    export_records(Dataset(tables_of, evidence="records", is_made_up=True), tmp_path, language="en")

    assert "The data are made up" in (tmp_path / "READ_ME.txt").read_text("utf-8-sig")
