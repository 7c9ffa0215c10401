import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress

import openpyxl
import pytest

from pumpurs_analysis import cli
from pumpurs_analysis.text import NBSP


def run(capsys, *words, lang="lv_LV.UTF-8", monkeypatch=None):
    if monkeypatch:
        monkeypatch.setenv("LANG", lang)
        monkeypatch.delenv("LC_ALL", raising=False)
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    return stopped.value.code, *capsys.readouterr()


@pytest.mark.parametrize(
    ("lang", "usage"), [("lv_LV.UTF-8", "Lietojums: pumpurs"), ("en_GB.UTF-8", "Usage: pumpurs")]
)
def test_help_speaks_the_users_language(capsys, monkeypatch, lang, usage):
    code, out, _ = run(capsys, "--help", lang=lang, monkeypatch=monkeypatch)

    assert code == 0
    assert out.startswith(usage)


@pytest.mark.parametrize("name", ["rules", "published", "dashboards", "lab"])
def test_help_of_a_command_holds_no_english_in_latvian(capsys, name):
    code, out, _ = run(capsys, name, "--help", "--language", "lv")

    assert code == 0
    assert not [w for w in ("Usage", "Options", "Show", "TEXT", "default") if w in out]


def test_no_command_shows_the_help(capsys):
    code, out, _ = run(capsys, "--language", "en")

    assert code == 0
    assert "published" in out


def test_rules_of_a_day_have_source_and_day_checked(capsys):
    code, out, _ = run(capsys, "rules", "--on", "01.10.2019.", "--language", "lv")

    assert code == 0
    assert f"70,00{NBSP}€" in out
    assert "avots skatīts 22.11.2026.)" in out


def test_rules_outside_their_time_are_not_verified(capsys):
    _, out, _ = run(capsys, "rules", "--on", "2042-01-01", "--language", "en")

    assert "not verified" in out
    assert "€70.00" not in out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["rulez"], "Komandas „rulez” nav. Pieejamās: rules"),
        (["rules", "--onn", "x"], "Opcija --onn nav zināma. Pieejamās: --on"),
        (["rules", "--on"], "Opcijai --on vajag vērtību"),
        (["rules", "--on", "31.02.2020"], "Opcijas --on vērtība „31.02.2020” neder"),
        (["rules", "more"], "kāds vārds ir lieks vai trūkst"),
        (["dashboards", "--port", "80"], "skaitlis no 1024 līdz 65535"),
        (["dashboards", "--most-pages", "none"], "skaitlis no 1 līdz 1000"),
        (["published", "--language", "de"], "Jābūt: lv vai en."),
        (["published", "--municipality", "Tukma novads"], "Tuvākā: Tukuma novads"),
    ],
)
def test_a_wrong_word_is_answered_with_what_is_right(capsys, monkeypatch, words, part):
    code, _, err = run(capsys, *words, monkeypatch=monkeypatch)

    assert code == cli.NEEDS_MENDING
    assert part in err
    assert "Traceback" not in err


def test_published_says_what_was_read(capsys):
    code, out, _ = run(capsys, "published", "--language", "en")

    assert code == 0
    assert "Figures read: 310, pages: 90." in out


def test_a_table_is_saved_whole(capsys, tmp_path):
    file = tmp_path / "tukums.csv"

    code, _, _ = run(capsys, "published", "--municipality", "Tukuma novads", "--csv", str(file))

    assert code == 0
    assert "284 skolēniem" in file.read_text("utf-8-sig")
    assert list(tmp_path.iterdir()) == [file]


def test_where_nothing_can_be_written_a_sentence_says_so(capsys, tmp_path):
    code, _, err = run(capsys, "published", "--csv", str(tmp_path / "nowhere" / "a.csv"))

    assert code == cli.NEEDS_MENDING
    assert "Nekas nav mainīts" in err or "Nothing was changed" in err


def test_a_full_disk_leaves_the_old_file_whole(capsys, tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    file.write_text("old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))

    code, _, err = run(capsys, "published", "--csv", str(file), "--language", "en")

    assert (code, file.read_text()) == (cli.NEEDS_MENDING, "old")
    assert "Cannot save a.csv: the disk is full" in err
    assert list(tmp_path.iterdir()) == [file]


def test_a_fault_of_ours_is_one_sentence(capsys, monkeypatch):
    def failing(_):
        raise ValueError("Zvaigznīte Izdomātā, 3 learners")

    monkeypatch.setattr("pumpurs_analysis.rules.rule_table", failing)

    code, out, err = run(capsys, "rules", "--language", "en")

    assert code == cli.OUR_FAULT
    assert err.startswith("An unexpected fault of the program (ValueError)")
    assert "Zvaigznīte" not in out + err


def test_help_does_not_wait_for_pandas():
    code = "import sys, pumpurs_analysis.cli as c; c.build('lv'); print('pandas' in sys.modules)"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "False"


def test_marked_copies_of_namesakes_keep_their_folders(capsys, tmp_path):
    rows = (
        "Izglītības iestāde;IAP kods;Atbalsta veids;Mēnesis;Izmaksātā summa, EUR\n"
        "Zantes pamatskola;IAP-1;Transports;09.2022;{}\n"
    )
    for folder, amount in (("ziema", "desmit"), ("vasara", "divi"), ("rudens", "12,00")):
        (tmp_path / "skolas" / folder).mkdir(parents=True)
        (tmp_path / "skolas" / folder / "izmaksas.csv").write_text(rows.format(amount))
    report = tmp_path / "labojumi.zip"

    code, _, err = run(capsys, "check", str(tmp_path / "skolas"), "--report", str(report))

    assert (code, err) == (cli.NEEDS_MENDING, "")
    with zipfile.ZipFile(report) as archive:
        assert archive.namelist() == [
            "vasara/izmaksas_labojamais.xlsx",
            "ziema/izmaksas_labojamais.xlsx",
        ]
        book = openpyxl.load_workbook(archive.open("ziema/izmaksas_labojamais.xlsx"))
    commented = [cell.value for row in book.worksheets[1] for cell in row if cell.comment]
    assert "desmit" in commented


def test_where_no_row_can_be_marked_no_empty_archive_is_saved(capsys, tmp_path):
    (tmp_path / "skolas").mkdir()
    (tmp_path / "skolas" / "tukša.csv").write_text("")
    report = tmp_path / "labojumi.zip"

    code, _, err = run(capsys, "check", str(tmp_path / "skolas"), "--report", str(report))

    assert (code, report.exists()) == (cli.NEEDS_MENDING, False)
    assert "Nevienā datnē nav rindas, ko atzīmēt" in err


@pytest.mark.parametrize(("answer", "is_there"), [("nē", True), ("", True), ("Jā", False)])
def test_forgetting_asks_a_person_first(monkeypatch, tmp_path, example_workspace, answer, is_there):
    folder = tmp_path / "darbtelpa"
    shutil.copytree(example_workspace, folder)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _sentence: answer)

    with suppress(SystemExit):
        cli.main(["forget", str(folder), "--language", "lv"])

    assert (folder / "manifest.json").exists() == is_there
