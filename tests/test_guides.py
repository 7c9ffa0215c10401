"""What the guides tell people to type, press and look at is really there."""

import re
from pathlib import Path

import click
import jinja2
import pytest

from pumpurs_analysis import catalogue
from pumpurs_analysis.app import guide, standalone
from pumpurs_analysis.cli import build

ROOT = Path(__file__).parents[1]
GUIDES = ("quick-guide.lv.md", "quick-guide.en.md", "operating.md")
START = (ROOT / "palaist.bat").read_bytes()
COMMANDS = build("en").commands


def read(name: str) -> str:
    return (guide.FOLDER / name).read_text(encoding="utf-8")


def typed(text: str) -> list[tuple[str, list[str]]]:
    """Every ``pumpurs COMMAND --flag`` of a text, with its flags."""
    lines = re.findall(r"pumpurs\"? ([a-z][\w-]*)([^`\n„“]*)", text)
    return [(command, re.findall(r"--[a-z-]+", rest)) for command, rest in lines]


@pytest.mark.parametrize(
    "text",
    [*map(read, GUIDES), START.decode("utf-8"), (ROOT / "README.md").read_text(encoding="utf-8")],
    ids=[*GUIDES, "palaist.bat", "README.md"],
)
def test_every_command_named_is_one_with_these_flags(text: str) -> None:
    commands = typed(text)

    assert commands
    for name, flags in commands:
        assert name in COMMANDS
        options = [one for one in COMMANDS[name].params if isinstance(one, click.Option)]
        assert set(flags) <= {flag for option in options for flag in option.opts}, name


@pytest.mark.parametrize("name", GUIDES)
def test_every_picture_and_page_linked_is_there_and_served(name: str) -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", read(name))

    assert linked
    for target in linked:
        assert (guide.FOLDER / target).is_file(), target
        served = guide.NAMES if target.endswith(".md") else r"pictures/guide-[\w.-]+\.png"
        assert re.fullmatch(served, target), target


def test_pictures_are_small_and_all_are_used() -> None:
    pictures = sorted((guide.FOLDER / "pictures").glob("guide-*.png"))
    used = {name for each in GUIDES for name in re.findall(r"guide-[\w.-]+\.png", read(each))}

    assert {picture.name for picture in pictures} == used
    assert sum(picture.stat().st_size for picture in pictures) < 900_000


@pytest.mark.parametrize("language", ["lv", "en"])
def test_words_in_bold_are_words_of_the_pages(language: str) -> None:
    texts = catalogue.entries("texts")
    shown = " ".join(str(entry[language]) for entry in texts.values()) + " LV | EN"
    steps = re.findall(r"\*\*([^*]+)\*\*", read(f"quick-guide.{language}.md"))
    pressed = [words for words in steps if not words.endswith(".")]

    named = {"izdomāti dati", "iekrāsoto datni", "made-up data", "marked file"}
    assert [words for words in pressed if words not in named and words not in shown] == []


def test_the_start_for_windows_is_what_windows_reads() -> None:
    lines = START.split(b"\r\n")
    labels = {line[1:] for line in lines if line.startswith(b":")}
    jumps = set(re.findall(rb"goto (\w+)", START))

    assert START.count(b"\n") == len(lines) - 1
    assert not START.startswith(b"\xef\xbb\xbf")
    assert jumps <= labels
    assert b"eol=crlf" in (ROOT / ".gitattributes").read_bytes()
    wanted = re.search(r'requires-python = ">=(\d+)\.(\d+)"', (ROOT / "pyproject.toml").read_text())
    assert wanted is not None
    assert b"(%s, %s)" % tuple(part.encode() for part in wanted.groups()) in START


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_drawn_as_a_page_with_nothing_from_outside(name: str) -> None:
    loader = jinja2.FileSystemLoader(standalone.TEMPLATE)
    environment = jinja2.Environment(loader=loader, autoescape=True)
    environment.globals["pumpurs"] = standalone.Site("lv")

    page = environment.get_template("guide.html").render(
        body=guide.as_html(read(name)), language="lv", base_url="/"
    )

    assert "<table>" in page
    assert "&lt;" not in page
    assert page.count("<a ") == page.count("</a>")  # one left open would hide what follows
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
