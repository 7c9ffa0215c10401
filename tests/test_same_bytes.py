"""Two clean runs give the same bytes: a process of its own each, with another order of sets."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

WRITE = """
import sys
from pathlib import Path
import pumpurs_analysis as pa
from pumpurs_analysis import case_studies
from pumpurs_analysis.case_studies import documents, word_document
from pumpurs_analysis.export import decks, output_folder
out = Path(sys.argv[1])
release = pa.make_release(pa.published())
wanted = decks.Wanted({}, "lv")
output_folder.write_slides(release, wanted, out / "slides")
output_folder.write_release(release, wanted, out / "publish")
story = case_studies.story(None, "Tukuma novads")
text = documents.page_of(story, documents.parts_of(story, "lv"), "lv")
(out / "case.html").write_text(text, encoding="utf-8")
(out / "case.docx").write_bytes(word_document.docx_of(story, "lv"))
"""


def run(out: Path, seed: str) -> dict[str, str]:
    more = {"PYTHONHASHSEED": seed, "BROWSER_PATH": "", "TZ": f"Etc/GMT-{seed}"}
    subprocess.run([sys.executable, "-c", WRITE, str(out)], env=os.environ | more, check=True)
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return run(folder / "first", "1"), run(folder / "second", "2")


def test_slides_release_and_case_study_are_the_same_in_two_clean_runs(runs):
    first, second = runs

    assert {"slides/slides.pptx", "publish/figures.xlsx", "case.html", "case.docx"} <= set(first)
    assert first == second
