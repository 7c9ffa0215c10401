"""Which table it is, which of several sums counts, and words in cells: worked out by hand."""

import openpyxl

from pumpurs_analysis import loading
from tests.loaded import errors, paid, rows, sentences, told

AUTUMN = "Zantes pamatskola, 2022./2023. m. g. 1. semestris"


# --- which table it is


def test_a_class_teacher_beside_numbers_of_learners_is_no_specialist(check):
    checked = check("""Zantes pamatskola, skolēnu skaits klasēs 2018./2019. m. g.
Klase;Zēni;Meitenes;Kopā;Audzinātājs
1.;5;6;11;A. K.
5.;7;3;10;C. M.
""")

    assert rows(checked, "enrolment", "grade_band", "learner_count") == [
        ["grades_1_4", "11"],
        ["grades_5_9", "10"],
    ]
    assert errors(checked) == []


def test_a_list_of_purchases_makes_no_plans(check):
    title = "Rēzeknes tehnikums, individuālie mācību līdzekļi 2021./2022. m. g. 1. semestris"
    bought = "Audzēknis;Kurss;Iegādāts;Datums;Cena ar PVN\n17;1;instrumenti;21.09.2021.;45,99"
    checked = check(f"{title}\n{bought}\n")

    assert len(checked.dataset.plans) == 0
    assert rows(checked, "payments", "support_kind", "month", "amount_cents") == [
        ["learning_materials", "2021-09-01 00:00:00", "4599"]
    ]


def test_who_had_one_support_is_no_list_of_plans(check):
    title = "Rēzeknes tehnikums, individuālie mācību līdzekļi 2021./2022. m. g. 1. semestris"
    checked = check(f"{title}\nAudzēknis;Kurss;Iegādāts;Gabali\n17;1;instrumenti;2\n")

    assert checked.dataset is None


def test_sums_of_one_name_below_several_funds_are_asked_for(tmp_path):
    book = openpyxl.Workbook()
    for line in [
        ["Zantes pamatskola, ēdināšana 2022. gada oktobris"],
        ["IAP kods", "Pašvaldības finansējums", None, "PuMPuRS"],
        [None, "Dienas", "Summa", "Dienas", "Summa"],
        ["A-1", 10, 20, 10, 25],
    ]:
        book.active.append(line)
    for cells in ("B2:C2", "D2:E2"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "dati.xlsx")

    checked = loading.check(tmp_path)

    assert checked.dataset is None
    assert told(checked, "row", "found") == [
        ("column_missing", "3", "PuMPuRS Summa"),
        ("figures_not_used", "3", "Pašvaldības finansējums Summa"),
    ]


def test_what_was_paid_counts_before_what_was_bought(check):
    checked = check("""Zantes pamatskola, transports 2022. gada oktobris
IAP kods;Summa;50% atlaide;Izmaksāts
A-1;24,00;12,00;12,00
""")

    assert paid(checked) == [("A-1", "2022-10", 1200, False)]
    assert set(told(checked, "found")) == {
        ("figures_not_used", "50% atlaide"),
        ("figures_not_used", "Summa"),
    }


def test_a_mark_of_having_been_paid_is_no_sum(check):
    checked = check("""Zantes pamatskola, transports 2022. gada oktobris
IAP kods;Summa;Izmaksāts
A-1;24,00;jā
A-2;20,00;nē
""")

    assert [cents for *_, cents, _ in paid(checked)] == [2400, 2000]
    assert told(checked, "found") == [("column_not_used", "Izmaksāts")]


def test_hours_on_site_and_remotely_are_not_taken_for_marks(check):
    checked = check("""Zantes pamatskola, 2022. gada oktobris
IAP kods;Klātienē;Attālināti
;Stundas;Stundas
A-1;2;1
""")

    assert checked.dataset is None
    assert set(told(checked, "found")) == {
        ("column_missing", "<NA>"),
        ("figures_not_used", "Klātienē Stundas"),
        ("figures_not_used", "Attālināti Stundas"),
    }


def test_the_month_of_payment_beside_the_month_paid_for_is_no_sum(check):
    checked = check("""Zantes pamatskola
IAP kods;Veids;Par mēnesi;Izmaksāts mēnesī;Summa
A-1;Transports;09.2022;10.2022;12,00
""")

    assert (paid(checked), told(checked)) == ([("A-1", "2022-09", 1200, False)], [])


# --- words in cells and headings


def test_marks_below_a_support_or_risk_named_with_its_group_are_read(check):
    checked = check(f"{AUTUMN}\nIAP kods;Klase;Atbalsts: transp.;Riski - kavējumi\nA-1;6.;X;X\n")

    assert rows(checked, "supports", "support_kind") == [["transport"]]
    assert rows(checked, "risks", "risk") == [["unexcused_absences"]]


def test_a_teacher_of_a_subject_is_a_teacher_and_nobodys_name(check):
    checked = check(
        f"""{AUTUMN}
IAP kods;Datums;Stundas;Speciālists;Forma
A-1;05.09.2022.;1;matemātikas skolotāja;kl.
A-1;06.09.2022.;1;angļu valodas skolotājs;att.
A-1;07.09.2022.;1;A. B.;
""".replace("Norise", "Norises veids")
    )

    assert rows(checked, "consultations", "date", "specialist_kind", "is_remote") == [
        ["2022-09-05 00:00:00", "teacher", "False"],
        ["2022-09-06 00:00:00", "teacher", "True"],
        ["2022-09-07 00:00:00", "nan", "<NA>"],
    ]
    assert checked.dataset.consultations["specialist_id"].nunique() == 1


def test_young_people_may_be_counted_in_words(check):
    checked = check("""Projekta Nr.;Projekta nosaukums;Novads;Īstenošanas laiks;Summa;Jaunieši
J-1;Roku rokā;Ķeguma novads;01.03.2019.-31.08.2019.;4600 EUR;12 jaunieši
""")

    assert rows(checked, "ngo_projects", "amount_cents", "learner_count") == [["460000", "12"]]
    assert told(checked) == []


def test_what_a_whole_table_lacks_is_named_once(check):
    checked = check("""Zantes pamatskola, 2020./2021. m. g. I un II semestris
Amats;Vārds, uzvārds
Psihologs;Zane Kalniņa
Logopēds;Anna Bērziņa
""")

    assert told(checked, "row", "wanted") == [("cell_missing", "3", "semester")]
    assert "„semestris”" in sentences(checked, "lv")[0]
