"""What is published: every file shows the same numbers, and none holds a hidden one."""

import csv
import io
import json
import re
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from frictionless import Package
from pptx import Presentation

import pumpurs_analysis as pa
from pumpurs_analysis import cli
from pumpurs_analysis.export import contents, decks, output_folder
from pumpurs_analysis.text import LANGUAGES
from tests.scanning import PLANTED, closed, hidden_sums, insides, numbers_in

WANTED = decks.Wanted({}, "lv")
MARKS = {"x": "hidden", "…": "missing"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, release):
    """Everything, written once, by what knows shown numbers only."""
    out, shut = tmp_path_factory.mktemp("release"), closed(release)
    output_folder.write_release(shut, WANTED, out / "publish")
    output_folder.write_slides(shut, WANTED, out / "slides")
    return out


def wanted_numbers(release):
    return {each.key: each for each in contents.headlines(release, {})}


def read(folder, name):
    return (folder / name).read_text(encoding="utf-8")


def table(folder, name):
    text = read(folder, f"publish/open_data/{name}.csv")
    return list(csv.DictReader(io.StringIO(text)))


def page_data(folder):
    found = re.search(r'id="data">(.*?)</script>', read(folder, "publish/figures.html"), re.DOTALL)
    return json.loads(found.group(1).replace("<\\/", "</"))


def test_every_file_shows_the_same_headline_numbers(folder, release):
    wanted = {each.label("lv"): each.text("lv") for each in wanted_numbers(release).values()}
    assert len(wanted) >= 8

    first = Presentation(folder / "slides/slides.pptx").slides[1]
    boxes = [[line.text for line in shape.text_frame.paragraphs] for shape in first.shapes
             if shape.has_text_frame]  # fmt: skip
    assert {box[1]: box[0] for box in boxes if len(box) == 2} == wanted

    for text in (read(folder, "slides/slides.html"), page_data(folder)["views"]["lv"][""]["tiles"]):
        tiles = dict(re.findall(r"<div><dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", text))
        assert tiles == wanted


def test_workbook_package_and_manifest_hold_the_headlines_as_numbers(folder, release):
    wanted = wanted_numbers(release)
    per = {"money": 100}

    sheet = openpyxl.load_workbook(folder / "publish/figures.xlsx")["Galvenie skaitļi"]
    in_book = {row[0]: row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}
    in_csv = {row["key"]: row["value"] for row in table(folder, "headlines")}
    manifest = output_folder.read_manifest(folder / "publish")

    for key, each in wanted.items():
        if each.value is None:
            assert MARKS[in_csv[key]] == each.state
            assert MARKS[in_book[each.label("lv")]] == each.state
            continue
        assert float(in_csv[key]) == each.value
        assert in_book[each.label("lv")] == each.value / per.get(each.unit, 1)
    assert {each["key"]: each["value"] for each in manifest["headlines"]} == {
        key: each.value for key, each in wanted.items()
    }


def test_plans_by_school_year_agree_in_chart_table_workbook_and_csv(folder, release):
    frame = release.get("participation", by=("school_year",)).frame
    wanted = dict(zip(frame["school_year"], frame["plan_count"], strict=True))

    slides = Presentation(folder / "slides/slides.pptx").slides
    charts = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    (over_time,) = [chart for chart in charts if "2018./2019." in list(chart.plots[0].categories)]
    plans = next(each for each in over_time.plots[0].series if each.name == "plāni")
    assert list(plans.values) == list(wanted.values())

    in_csv = pd.read_csv(folder / "publish/open_data/participation_by_school_year.csv")
    assert dict(zip(in_csv["school_year"], in_csv["plan_count"], strict=True)) == wanted

    book = openpyxl.load_workbook(folder / "publish/figures.xlsx")
    (sheet,) = [each for each in book if "mācību gads" in each.title]
    rows = list(sheet.iter_rows(values_only=True))
    column = next(row.index("Plāni") for row in rows if "Plāni" in row)
    head = next(place for place, row in enumerate(rows) if "Plāni" in row)
    assert [row[column] for row in rows[head + 1 : head + 1 + len(wanted)]] == list(wanted.values())
    assert len(sheet._charts) == 1


def test_open_data_are_a_valid_package(folder):
    report = Package(str(folder / "publish/open_data/datapackage.json")).validate()
    descriptor = json.loads(read(folder, "publish/open_data/datapackage.json"))

    assert report.valid, report.flatten(["path", "message"])
    assert descriptor["licenses"][0]["name"] == "CC-BY-4.0"
    assert descriptor["made_up"] is True
    assert "Made-up" in descriptor["description"]
    for resource in descriptor["resources"]:
        assert set(resource["schema"]["missingValues"]) == {"", "…", "x", "–"}


def test_hidden_cells_are_told_apart_from_zero_and_missing(folder, release):
    for name, shown in contents.figures(release, {}):
        rows = table(folder, name)
        for column in set(shown.hidden) & set(rows[0]):
            for row, is_hidden in zip(rows, shown.hidden[column], strict=True):
                assert (row[column] in {"x", "–"}) >= is_hidden, (name, column)
                assert (row[column] == "x") <= is_hidden, (name, column)


def test_no_hidden_number_stands_in_any_file(folder, release, example_records):
    """Every place of a chart, table or file where a hidden cell belongs holds no number."""
    truth = pa.make_release(example_records, audience="owner")
    hidden, known = 0, set()
    for name, shown in contents.figures(release, {}):
        result = shown.result
        choices = {k: v for k, v in result.choices.items() if k in {"details", "level"} and v}
        by = [part for part in result.choices.get("by", "").split(", ") if part]
        whole = truth.get(result.name, by=by, **choices).frame
        rows = table(folder, name)
        for column in set(shown.hidden) & set(rows[0]):
            places = shown.hidden[column].to_numpy().nonzero()[0]
            hidden += len(places)
            assert all(rows[place][column] in {"x", "–"} for place in places)
            assert shown.frame[column].iloc[places].isna().all()
            known |= set(whole[column].iloc[places].dropna())
    assert hidden > 0
    assert known  # the numbers were there to be hidden


def test_workbooks_inside_slides_hold_only_what_their_charts_draw(folder):
    drawn = 0
    with ZipFile(folder / "slides/slides.pptx") as package:
        names = set(package.namelist())
        for name in names:
            if name.endswith(".xlsx"):
                book = openpyxl.load_workbook(BytesIO(package.read(name)))
                assert len(book.sheetnames) == 1
                drawn += 1
        charts = [package.read(name).decode() for name in names
                  if re.fullmatch(r"ppt/charts/chart\d+\.xml", name)]  # fmt: skip
    assert drawn == len(charts)
    deck = Presentation(folder / "slides/slides.pptx")
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                blob = shape.chart.part.chart_workbook.xlsx_part.blob
                cells = [cell for row in openpyxl.load_workbook(BytesIO(blob)).active.iter_rows(
                    min_row=2, min_col=2, values_only=True) for cell in row]  # fmt: skip
                series = [list(each.values) for each in shape.chart.plots[0].series]
                values = [value for place in zip(*series, strict=True) for value in place]
                assert [cell is None for cell in cells] == [value is None for value in values]
                assert [cell for cell in cells if cell is not None] == pytest.approx(
                    [value for value in values if value is not None]
                )


def test_the_page_fetches_nothing_and_speaks_both_languages(folder):
    text, data = read(folder, "publish/figures.html"), page_data(folder)

    assert "default-src 'none'" in text
    outside = text[: text.index('id="data"')]
    assert not re.search(r"""(src|href)=["'](?!data:)|url\((?!data:)|@import""", outside)
    assert len(text.encode()) < 5_000_000
    assert set(data["views"]) == set(LANGUAGES)
    assert data["views"]["lv"].keys() == data["views"]["en"].keys()
    assert data["words"]["lv"].keys() == data["words"]["en"].keys()


def test_the_page_offers_the_filters_of_the_release_and_no_more(folder, release):
    offered = set(page_data(folder)["views"]["lv"]) - {""}

    assert offered == {f"{name}={value}" for name in release.filters
                       for value in release.values(name)}  # fmt: skip


def test_made_up_data_and_draft_are_said_in_every_file(folder):
    said = "Izdomāti parauga dati"
    book = openpyxl.load_workbook(folder / "publish/figures.xlsx")
    slides = Presentation(folder / "slides/slides.pptx").slides

    assert said in read(folder, "publish/figures.html")
    assert said in {row[0] for row in book.worksheets[0].iter_rows(values_only=True)}
    for slide in slides:
        assert any(said in shape.text_frame.text and "Melnraksts" in shape.text_frame.text
                   for shape in slide.shapes if shape.has_text_frame)  # fmt: skip


def test_two_runs_give_the_same_bytes(tmp_path, folder, release):
    shut = closed(release)
    output_folder.write_release(shut, WANTED, tmp_path / "publish")
    output_folder.write_slides(shut, WANTED, tmp_path / "slides")

    for path in sorted(folder.rglob("*")):
        if path.is_file():
            assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path


def test_the_manifest_names_each_file_with_its_hash(folder):
    import hashlib  # noqa: PLC0415  (needed by this test alone)

    named = output_folder.read_manifest(folder / "publish")["files"]
    there = {str(path.relative_to(folder / "publish")): path
             for path in (folder / "publish").rglob("*") if path.is_file()}  # fmt: skip

    assert set(named) == set(there) - {"manifest.json"}
    for name, digest in named.items():
        assert hashlib.sha256(there[name].read_bytes()).hexdigest() == digest


def test_the_recipe_under_a_figure_opens_its_entry(folder):
    recipes = json.loads(read(folder, "slides/recipes.json"))
    under = set(re.findall(r"Recepte ([0-9a-f]{8})", read(folder, "slides/slides.html")))

    assert under <= set(recipes)
    assert all(entry["measure"] and entry["rules"] and entry["code"] for entry in recipes.values())


def test_a_figure_of_caps_names_each_cap_since_when_and_whether_it_is_assumed(folder):
    recipes = json.loads(read(folder, "publish/recipes.json")).values()
    of_caps = [entry for entry in recipes if entry["measure"] == "cost_against_cap"]

    assert of_caps
    for entry in recipes:
        versions = [tuple(each.values()) for each in entry["rule_versions"]]
        assert bool(versions) == (entry in of_caps)
        if versions:
            assert ("catering_cap_eur", "2017-03-01", "stated", "S01") in versions
            assert ("catering_cap_eur", "2023-01-01", "assumed", "S03") in versions
    page = read(folder, "publish/figures.html")
    assert "Ēdināšanas griesti 01.01.2023. – pieņemts" in page.replace("\\u2013", "–")


def number(value, state="shown"):
    return {"key": "plans", "value": value, "state": state, "unit": "count", "recipe": "r"}


@pytest.mark.parametrize(
    ("new", "cause"),
    [
        pytest.param({"rules": "2"}, "the rules changed", id="rules"),
        pytest.param({"program": "2"}, "the program changed", id="code"),
        pytest.param({"content": "2", "inputs": {"a": "1", "b": "1"}}, "1 new file", id="delivery"),
        pytest.param({"content": "2", "inputs": {"a": "2"}}, "1 file mended", id="mended"),
        pytest.param({"content": "2"}, "the records changed", id="content alone"),
        pytest.param(
            {"rules": "2", "program": "2"},
            "one or more of these: the rules changed; the program changed",
            id="two at once",
        ),
    ],
)
def test_a_changed_number_has_its_cause(new, cause):
    old = {"rules": "1", "program": "1", "content": "1", "inputs": {"a": "1"}, "where": {}}
    before = {**old, "headlines": [number(1234.0)]}
    after = {**old, **new, "headlines": [number(None, "hidden")]}

    (change,) = output_folder.changes(before, after, "en")

    assert (change.before, change.after, change.cause) == ("1,234", "hidden", cause)


def test_the_same_numbers_are_no_change():
    same = {"rules": "1", "headlines": [number(3.0)]}

    assert output_folder.changes(same, {**same, "rules": "2"}, "en") == []


def test_names_of_delivered_files_stay_out_of_what_is_published(folder):
    for path in folder.rglob("*"):
        if path.suffix in {".json", ".html"}:
            assert '.xlsx"' not in path.read_text(encoding="utf-8").replace("figures.xlsx", "")


def run(capsys, *words):
    with pytest.raises(SystemExit) as stopped:
        cli.main([*words])
    out = capsys.readouterr()
    return stopped.value.code, out.out + out.err


def test_commands_write_published_figures_without_a_workspace(tmp_path, capsys):
    assert run(capsys, "slides", "--out", str(tmp_path / "s"), "--language", "en")[0] == 0
    assert run(capsys, "publish", "--out", str(tmp_path / "p"), "--language", "en")[0] == 0
    code, said = run(capsys, "publish", "--out", str(tmp_path / "q"), "--language", "en",
                     "--compare", str(tmp_path / "p"), "--final")  # fmt: skip

    assert code == 0
    assert "No key figure changed." in said
    assert (tmp_path / "s/slides.pptx").exists()
    assert output_folder.read_manifest(tmp_path / "q")["status"] == "final"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["slides", "--municipality", "Xyzzy"], "Nothing about “Xyzzy”", id="place"),
        pytest.param(
            ["slides", "--municipality", "Madona"],
            "The nearest: Madonas novads",
            id="another place",
        ),
        pytest.param(["slides", "--logos", "nowhere"], "“nowhere” cannot be used", id="logos"),
        pytest.param(["publish", "--compare", "nowhere"], "no former release", id="compare"),
        pytest.param(["slides", "--workspace", "nowhere"], "no workspace", id="workspace"),
        pytest.param(["slides", "--deck", "nowhere.yaml"], "nowhere.yaml", id="deck"),
    ],
)
def test_commands_say_what_cannot_be_used(words, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code, told = run(capsys, *words, "--out", "out", "--language", "en")

    assert (code, said in told) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["slides", "publish"])
def test_a_file_where_a_folder_is_wanted_is_said_and_kept(command, tmp_path, capsys):
    file = tmp_path / "mine.txt"
    file.write_text("mine")

    code, told = run(capsys, command, "--out", str(file), "--language", "en")

    assert (code, "“mine.txt” cannot be used: a folder is wanted there" in told) == (2, True)
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    "written", ["1 234,56", "1\u00a0234,56 EUR", "1,234.56", r"1\u00a0234,56", "1&nbsp;234,56"]
)
def test_the_scan_sees_a_sum_in_every_way_of_writing_it(written):
    assert "123456" in numbers_in(f"<td>{written}</td>")


def test_no_hidden_sum_stands_in_a_file_a_slide_or_a_workbook_inside(
    folder, release, example_records
):
    planted = hidden_sums(release, example_records)
    assert len(planted) > 4
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        inside = b"\n".join(insides(path.read_bytes())).decode("utf-8", "replace")
        assert not planted & numbers_in(inside), path.name


def test_workbooks_have_no_place_that_is_not_seen(folder):
    """No formula with a kept answer, no pivot, comment or link; no hidden sheet, row or column."""
    contents_ = [path.read_bytes() for path in folder.rglob("*.*") if path.suffix != ".csv"]
    packages = [ZipFile(BytesIO(each)) for each in contents_ if each.startswith(b"PK")]
    inner = [
        ZipFile(BytesIO(each.read(name)))
        for each in packages
        for name in each.namelist()
        if name.endswith(".xlsx")
    ]
    books = [each for each in (*packages, *inner) if "xl/workbook.xml" in each.namelist()]
    for book in books:
        assert not re.search("pivot|external|comment|vba|query", " ".join(book.namelist()))
        for sheet in openpyxl.load_workbook(book.fp).worksheets:
            assert sheet.sheet_state == "visible"
            assert not any(each.hidden for each in sheet.row_dimensions.values())
            assert not any(each.hidden for each in sheet.column_dimensions.values())
            assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    assert len(books) > 3


def test_everything_is_written_without_the_records_and_holds_nothing_planted(
    folder, release, tmp_path
):
    """Nor with what protect hid: in one language here, in the other as it stands in the folder."""
    shut, wanted = closed(release), decks.Wanted({}, "en")
    output_folder.write_release(shut, wanted, tmp_path / "publish")
    output_folder.write_slides(shut, wanted, tmp_path / "slides")

    written = [path for out in (folder, tmp_path) for path in out.rglob("*.*") if path.is_file()]
    assert {path.suffix for path in written} == {".html", ".xlsx", ".csv", ".json", ".md", ".pptx"}
    everything = b"\n".join(part for path in written for part in insides(path.read_bytes()))
    assert not [words for words in PLANTED if words.encode() in everything]
    assert release.values("municipality_today")[0].encode() in everything  # the look sees words


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_with_hover_and_alternative_texts_are_drawn_from_what_shows(language, release):
    """Figures that know nothing of the records: whatever they carry is in the frame or hidden."""
    drawn = 0
    for shown in closed(release).figures.values():
        chart = getattr(pa.charts, shown.result.name, None)
        if chart is None:
            continue
        assert not any(
            shown.frame.loc[shown.hidden[column].to_numpy(), column].notna().any()
            for column in shown.hidden
            if column in shown.frame
        )
        assert shown.result.contributors is None
        text = chart(shown, language=language).to_json()
        assert not [words for words in PLANTED if words in text]
        drawn += 1
    assert drawn >= len(release.figures) - 1


def test_numbers_read_back_from_the_open_data_give_nothing_small_away(folder, release):
    """What stands in the files is what was attacked, number by number."""
    read_back = 0
    for name, shown in contents.figures(release, {}):
        rows = table(folder, name)
        for column in {*shown.result.counts, *shown.result.money} & set(rows[0]):
            for row, value in zip(rows, shown.frame[column], strict=True):
                assert (row[column] in {"x", "…", "–", ""}) == pd.isna(value), (name, column)
                if not pd.isna(value):
                    assert float(row[column]) == value
                    read_back += 1
    assert read_back > 0

    told = pa.attack(list(release.figures.values()))

    assert len(told) > 0
    assert set(told["status"]) <= {"ok", "needless"}
