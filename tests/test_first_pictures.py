"""What the server keeps of a page for its next visitor, and when it lets go."""

import copy
import os

import pytest

from pumpurs_analysis.app.first_pictures import FirstPictures
from pumpurs_analysis.app.page import drawn
from pumpurs_analysis.app.standalone import Site
from pumpurs_analysis.app.state import Selection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    folder = tmp_path / "darbtelpa"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    monkeypatch.setenv("PUMPURS_WORKSPACE", str(folder))
    monkeypatch.setenv("PUMPURS_CONFIG", str(tmp_path / "own"))
    return folder


def state(language, value=1, query=None):
    parts = [{"id": "tiles", "value": value}]
    return {"language": language, "query": query or f"lang={language}", "parts": parts}


@pytest.mark.usefixtures("workspace")
def test_the_next_visitor_gets_the_last_picture_in_the_servers_language_first():
    pictures = FirstPictures()

    assert pictures.take("costs", state("en"), []) == state("en")
    assert pictures.take("costs", state("lv"), []) == state("lv")

    assert pictures.of("costs", "lv") == [state("lv"), state("en")]
    assert pictures.of("costs", "en") == [state("en"), state("lv")]
    assert pictures.of("risks", "lv") == []


@pytest.mark.usefixtures("workspace")
def test_what_the_visitor_has_is_not_sent_again_and_all_else_is():
    pictures = FirstPictures()
    pictures.take("costs", state("lv"), [])
    sent = pictures.of("costs", "lv")

    assert pictures.take("costs", state("lv"), sent) is None
    assert pictures.take("costs", state("lv", value=2), sent) == state("lv", value=2)
    assert pictures.of("costs", "lv") == [state("lv", value=2)]


@pytest.mark.usefixtures("workspace")
def test_who_came_before_a_picture_was_kept_is_sent_his_own():
    pictures = FirstPictures()
    sent = pictures.of("costs", "lv")
    pictures.take("costs", state("lv"), [])  # another visitor's kernel was quicker

    assert pictures.take("costs", state("lv"), sent) == state("lv")


@pytest.mark.usefixtures("workspace")
def test_a_view_with_filters_is_not_kept():
    pictures = FirstPictures()
    chosen = state("lv", query="lang=lv&municipality=TUK")

    assert pictures.take("costs", chosen, []) == chosen
    assert pictures.of("costs", "lv") == []


@pytest.mark.usefixtures("workspace")
def test_a_page_that_failed_is_not_kept():
    def failing(_chosen):
        raise ValueError("a figure of the records")

    pictures = FirstPictures()
    failed = vars(drawn(failing, Selection(language="lv")))

    assert pictures.take("costs", failed, []) == failed
    assert pictures.of("costs", "lv") == []


@pytest.mark.parametrize("changed", ["manifest.json", "marks.json", "releases.json"])
def test_a_load_a_mark_or_a_release_lets_all_go(workspace, changed):
    pictures = FirstPictures()
    pictures.take("costs", state("lv"), [])

    file = workspace / changed
    file.write_text("{ }")
    os.utime(file, (0, 0))  # certainly another moment

    assert pictures.of("costs", "lv") == []


def test_another_workspace_lets_all_go(workspace, tmp_path, monkeypatch):
    monkeypatch.delenv("PUMPURS_WORKSPACE")
    noted = tmp_path / "own" / "last_workspace.txt"
    pictures = FirstPictures()
    pictures.take("costs", state("lv"), [])

    noted.write_text(str(workspace))

    assert pictures.of("costs", "lv") == []


@pytest.mark.usefixtures("workspace")
def test_voila_copies_its_configuration_but_not_what_is_kept():
    site = Site("lv")
    copy.deepcopy({"pumpurs": site})["pumpurs"].pictures.take("costs", state("lv"), [])

    assert site.pictures.of("costs", "lv") == [state("lv")]
