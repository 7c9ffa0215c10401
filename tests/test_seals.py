"""What recipes say of delivered files: who holds or guesses a file cannot confirm it by them."""

import hashlib
import json
import zlib

import pytest

import pumpurs_analysis as pa
from pumpurs_analysis import pseudonyms, storage, workspace
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.export import contents, decks, output_folder
from pumpurs_analysis.releases import release as releases
from tests.scanning import insides

NAME, CONTENT = "Zvaigznīte Izdomātā.xlsx", b"every byte of a delivered file"
FIGURES = [[("participation", (), {}), ("risk_mix", (), {})]]
WANTED = decks.Wanted({}, "lv")


@pytest.fixture
def real(delivery, own_settings, monkeypatch):  # noqa: ARG001  (keys of this test alone)
    """Records that are not made up, of two files; a release of two figures."""
    monkeypatch.setattr(releases, "_steps", lambda: FIGURES)
    made = delivery("A", "B")
    inputs = made.inputs.astype({"file": "string", "sha256": "string"})
    inputs["file"], inputs["sha256"] = [NAME, "b.xlsx"], hashlib.sha256(CONTENT).hexdigest()
    return Dataset({**made.tables, "inputs": inputs}, evidence="records")


@pytest.fixture
def folder(real, tmp_path):
    workspace.save(real, tmp_path / "records")
    return tmp_path / "records"


def written(folder, out):
    release = pa.make_release(pa.open_workspace(folder))
    files = output_folder.write_release(release, WANTED, out / "publish")
    files += output_folder.write_slides(release, WANTED, out / "slides")
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def confirmations(*texts):
    """Everything by which a holder of a text would look for it without a key."""
    for text in texts:
        whole = text if isinstance(text, bytes) else text.encode()
        for name in ("sha256", "sha1", "md5", "blake2b", "sha512", "blake2s", "sha3_256"):
            yield hashlib.new(name, whole).hexdigest()[:8]
        yield f"{zlib.crc32(whole):08x}"


def test_no_published_file_confirms_a_delivered_file_its_name_or_the_records(folder, tmp_path):
    content = workspace.manifest(folder)["content_hash"]
    plain = hashlib.sha256(CONTENT).hexdigest()
    looked_for = {plain[:8], content[:8], *confirmations(CONTENT, NAME, plain, content)}

    for name, content in written(folder, tmp_path / "out").items():
        inside = b"\n".join(insides(content)).decode("utf-8", "replace")
        assert not [each for each in looked_for if each in inside], name

    assert workspace.manifest(folder)["inputs"][0]["sha256"] == plain  # "the same file again"


def test_what_seals_is_the_workspaces_key_which_its_owner_alone_may_read(folder, tmp_path):
    first = written(folder, tmp_path / "first")
    said = json.loads(first["publish/manifest.json"])
    key = pseudonyms.key_for(folder)

    assert written(folder, tmp_path / "second") == first  # two runs, the same bytes
    assert said["content"] == pseudonyms.seal(workspace.manifest(folder)["content_hash"], key)
    assert set(said["inputs"]) == {pseudonyms.seal(each, key) for each in (NAME, "b.xlsx")}
    assert key not in b"".join(path.read_bytes() for path in folder.iterdir())
    (file,) = storage.own_folder("keys").glob("*.key")
    assert file.stat().st_mode & 0o077 == 0

    file.unlink()  # the key is lost: the same records have other seals
    assert json.loads(written(folder, tmp_path / "third")["publish/manifest.json"]) != said


def test_two_workspaces_of_the_same_files_are_sealed_apart_and_compared_with_a_word(
    real, folder, tmp_path
):
    workspace.save(real, tmp_path / "again")
    before, after = (
        json.loads(written(each, tmp_path / f"out {each.name}")["publish/manifest.json"])
        for each in (folder, tmp_path / "again")
    )
    assert not {before["content"], *before["inputs"]} & {after["content"], *after["inputs"]}
    number = next(each for each in after["headlines"] if each["state"] == "shown")
    number["value"] += 1

    (change,) = output_folder.changes(before, after, "en")

    assert change.cause.startswith("codes of the data were made with another key")


def test_who_may_know_names_is_told_which_file_changed(folder):
    release = pa.make_release(pa.open_workspace(folder))
    sealed = contents.inputs(release)
    number = {"key": "plans", "state": "shown", "unit": "count", "recipe": "r"}
    after = {"content": "2", "inputs": sealed, "headlines": [{**number, "value": 2.0}]}
    left = {each: sealed[each] for each, name in contents.names(release).items() if name != NAME}
    before = {"content": "1", "inputs": left, "headlines": [{**number, "value": 1.0}]}

    (change,) = output_folder.changes(before, after, "en", names=contents.names(release))

    assert change.cause == f"1 new file ({NAME})"


def test_records_in_memory_have_no_key_and_say_nothing_of_their_files(real):
    release = pa.make_release(real)

    assert (contents.inputs(release), release.recipe(release.get("risk_mix")).content) == ({}, "")


def test_made_up_records_are_sealed_alike_everywhere(real, tmp_path, monkeypatch):
    said = []
    for name in ("first", "second"):
        monkeypatch.setenv("PUMPURS_CONFIG", str(tmp_path / f"settings {name}"))
        workspace.save(Dataset(real.tables, "records", is_made_up=True), tmp_path / name)
        said.append(written(tmp_path / name, tmp_path / f"out {name}"))

    assert said[0] == said[1]
