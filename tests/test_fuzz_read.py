"""Files with bytes changed at random: a grid or a sentence, never a traceback, never a hang."""

import io
import random
import runpy
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pumpurs_analysis.read import read_delivery
from tests.tried import TIMES

HERE = Path(__file__).parent / "dirty"
PARTS = runpy.run_path(str(HERE / "parts.py"))
OFFICE = HERE / "office"
FILES = {"xlsx": 70, "ods": 70, "csv": 70, "zip": 40, "parquet": 40, "xls": 10}  # 300 in all


def whole(ending):
    if ending == "zip":
        names = ("izdomats.csv", "izdomats.xlsx")
        return PARTS["archive"]({name: (OFFICE / name).read_bytes() for name in names})
    if ending == "parquet":
        out = io.BytesIO()
        pd.DataFrame({"Skola": ["a", "b"] * 50, "Summa": range(100)}).to_parquet(out)
        return out.getvalue()
    return (OFFICE / f"izdomats.{ending}").read_bytes()


def changed(content, chance):
    """The same with a few bytes changed, lost, added or doubled."""
    content = bytearray(content)
    for _ in range(chance.choice([1, 1, 3, 20])):
        place = chance.randrange(len(content))
        match chance.randrange(5):
            case 0:
                content[place] = chance.randrange(256)
            case 1:
                content[place] ^= 1 << chance.randrange(8)
            case 2:
                del content[place : place + chance.randrange(1, min(64, len(content)))]
            case 3:
                content[place:place] = chance.randbytes(8)
            case 4:
                content[place:place] = content[: chance.randrange(1, 100)]
    return bytes(content)


def changed_inside(content, chance):
    """An archive one of whose XML members is changed and packed again, its checksum right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in members if name.endswith((".xml", ".rels"))])
    return PARTS["archive"]({**members, name: changed(members[name], chance)})


@pytest.mark.fuzz
@pytest.mark.parametrize(("ending", "times"), FILES.items())
def test_a_changed_file_is_read_or_refused_with_a_sentence(tmp_path, ending, times):
    chance = random.Random(20261126 if TIMES == 1 else None)
    content = whole(ending)
    ways = [changed, changed_inside] if ending in {"xlsx", "ods"} else [changed]

    for number in range(times * TIMES):
        file = tmp_path / f"{number}.{ending}"
        file.write_bytes(chance.choice(ways)(content, chance))
        grids, problems = read_delivery(file, key=b"a key of tests")

        assert grids or any(each.severity == "error" for each in problems)
        for each in problems:
            assert each.sentence("lv")
