"""What the commands write: files with their recipes and a manifest, and what changed since.

Comes in: a Release and what is wanted. Goes out: a folder. Two runs give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pumpurs_analysis import tables
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.export import (
    contents,
    data_package,
    decks,
    one_page,
    release_workbook,
    slides_html,
    slides_pptx,
)
from pumpurs_analysis.export.contents import Headline
from pumpurs_analysis.releases import Release, recipes
from pumpurs_analysis.storage import replacing
from pumpurs_analysis.text import Language, say

MANIFEST = "manifest.json"
_NAMED = 3  # files named before an ellipsis


@dataclass(frozen=True)
class Change:
    """A headline number that is another one than before, and why."""

    key: str
    label: str
    before: str
    after: str
    cause: str


def write_slides(
    release: Release, wanted: decks.Wanted, out: Path, *, logos: Sequence[Path] = ()
) -> list[Path]:
    """Write a deck as PPTX and as one HTML file, with recipes and manifest.

    Args:
        release: What may be shown.
        wanted: Of which place, in which language, whether final, which findings.
        out: Folder to write to; made where it is missing.
        logos: Pictures for the first slide.

    Returns:
        The files.
    """
    return _write(slide_files(release, wanted, logos=logos), out)


def slide_files(
    release: Release, wanted: decks.Wanted, *, logos: Sequence[Path] = ()
) -> dict[str, bytes]:
    """Make a deck as PPTX and as one HTML file, with recipes and manifest, by their names."""
    deck = decks.make_deck(release, wanted)
    files = {
        "slides.pptx": slides_pptx.pptx(deck, logos),
        "slides.html": slides_html.html(deck, logos).encode(),
    }
    return files | _beside(release, wanted, files, figures=deck.figures)


def write_release(
    release: Release, wanted: decks.Wanted, out: Path, *, licence: str = "CC-BY-4.0"
) -> list[Path]:
    """Write the one-file page, the workbook and the open data, with recipes and manifest.

    Args:
        release: What may be shown.
        wanted: Of which place, in which language, whether final.
        out: Folder to write to; made where it is missing.
        licence: Of the open data; a key of ``licences`` in ``catalogue/decks.yaml``.

    Returns:
        The files.
    """
    where, language, is_final = wanted.where, wanted.language, wanted.is_final
    figures = [shown for _, shown in contents.figures(release, where)]
    package = data_package.package(release, where, licence=licence, is_final=is_final)
    files = {
        "figures.html": one_page.html(release, where, language, is_final=is_final).encode(),
        "figures.xlsx": release_workbook.workbook(release, where, language, is_final=is_final),
        **{f"open_data/{name}": content for name, content in package.items()},
    }
    return _write(files | _beside(release, wanted, files, figures=figures), out)


def _beside(
    release: Release, wanted: decks.Wanted, files: Mapping[str, bytes],
    *, figures: Iterable[Published],
) -> dict[str, bytes]:  # fmt: skip
    """Recipes of all figures, and the manifest: headline numbers and a hash of each file."""
    known = {contents.recipe_id(release, each): contents.recipe_of(release, each)
             for each in figures}  # fmt: skip
    made = {"recipes.json": _json(dict(sorted(known.items())))}
    hashes = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in sorted({**files, **made}.items())
    }
    made[MANIFEST] = _json({
        "status": "final" if wanted.is_final else "draft",
        "evidence": release.data.evidence,
        "made_up": release.data.is_made_up,
        "where": dict(wanted.where),
        "extracted": recipes.extracted_on(release.data),
        "sealed_by": release.data.seal("") if release.data.evidence == "records" else "",
        "content": recipes.content_version(release.data),
        "inputs": contents.inputs(release),
        "rules": recipes.rules_version(),
        "program": _program_version(),
        "left_out": list(release.left_out),
        "headlines": [asdict(each) for each in contents.headlines(release, wanted.where)],
        "files": hashes,
    })  # fmt: skip
    return made


@cache
def _program_version() -> str:
    """One hash of code and catalogue without the rules, so that the two causes are told apart."""
    folder = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".yaml"} and path.name != "rules.yaml":
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _write(files: Mapping[str, bytes], out: Path) -> list[Path]:
    written = []
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(content)
        written.append(path)
    return written


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a folder that was written before.

    Raises:
        FileNotFoundError: There is none.
    """
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], language: Language,
    *, names: Mapping[str, str] | None = None,
) -> list[Change]:  # fmt: skip
    """List each headline number that changed, with what changed beneath it.

    Args:
        before: Manifest of the former release.
        after: Manifest of this one.
        language: Language of the words.
        names: This release's files by seal, for who may know names; a manifest holds none.

    Example:
        >>> number = {"key": "plans", "value": 3.0, "state": "shown", "unit": "count", "recipe": ""}
        >>> old = {"headlines": [number], "rules": "a"}
        >>> new = {"headlines": [{**number, "value": 4.0}], "rules": "b"}
        >>> [(each.before, each.after, each.cause) for each in changes(old, new, "en")]
        [('3', '4', 'the rules changed')]
    """
    old, new = ({each["key"]: Headline(**each) for each in manifest["headlines"]}
                for manifest in (before, after))  # fmt: skip
    cause = _cause(before, after, language, names=names or {})
    found = []
    for key in dict.fromkeys([*old, *new]):
        first, second = old.get(key), new.get(key)
        if first and second and (first.value, first.state) == (second.value, second.state):
            continue
        label = (second or first or new[key]).label(language)
        texts = [each.text(language) if each else tables.MISSING for each in (first, second)]
        found.append(Change(key, label, texts[0], texts[1], cause))
    return found


def _cause(
    before: Mapping[str, Any], after: Mapping[str, Any], language: Language,
    *, names: Mapping[str, str],
) -> str:  # fmt: skip
    """Say what differs beneath two releases; where several things do, that it is one of them."""
    causes = []
    if any(before.get(name) != after.get(name) for name in ("where", "evidence")):
        causes.append(say("publish.cause.scope", language))
    elif before.get("sealed_by", "") != after.get("sealed_by", ""):
        causes.append(say("publish.cause.sealed_anew", language))
    elif before.get("content") != after.get("content"):
        causes += _changed_files(before, after, language, known=names)
    for name, part in (("rules", "rules"), ("code", "program")):
        if before.get(part) != after.get(part):
            causes.append(say(f"publish.cause.{name}", language))
    if not causes:
        return say("publish.cause.unknown", language)
    if len(causes) == 1:
        return causes[0]
    return say("publish.cause.one_of", language, causes="; ".join(causes))


def _changed_files(
    before: Mapping[str, Any], after: Mapping[str, Any], language: Language,
    *, known: Mapping[str, str],
) -> list[str]:  # fmt: skip
    old, new = before.get("inputs", {}), after.get("inputs", {})
    kinds = {
        "new_file": sorted(set(new) - set(old)),
        "gone_file": sorted(set(old) - set(new)),
        "mended_file": sorted(key for key in set(old) & set(new) if old[key] != new[key]),
    }
    told = []
    for kind, keys in kinds.items():
        if keys:
            named = ", ".join(known[key] for key in keys[:_NAMED] if key in known)
            more = f" ({named}{', …' if len(keys) > _NAMED else ''})" if named else ""
            told.append(say(f"publish.cause.{kind}", language, count=len(keys)) + more)
    return told or [say("publish.cause.records", language)]
