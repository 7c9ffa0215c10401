"""The generated pages of ``docs/``: dictionary, rules and errors, in Latvian and English.

Comes in: the catalogue alone. Goes out: Markdown. A test compares what stands in ``docs/`` with
what this module writes, so the pages cannot fall behind the catalogue.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pumpurs_analysis import catalogue, schema
from pumpurs_analysis.errors import Problem
from pumpurs_analysis.rules import also_stated, breaks, rule_table
from pumpurs_analysis.text import LANGUAGES, say

FOLDER = catalogue.DATA.parent / "docs"


def pages() -> dict[str, str]:
    """Write every generated page, by file name.

    Example:
        >>> sorted(pages())
        ['dictionary.md', 'errors.md', 'rules.md']
    """
    parts = {"dictionary.md": _dictionary(), "rules.md": _rules(), "errors.md": _errors()}
    return {name: "\n\n".join(blocks) + "\n" for name, blocks in parts.items()}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the pages into a folder and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, page in pages().items():
        path = folder / name
        path.write_text(page, encoding="utf-8")
        paths.append(path)
    return paths


def _dictionary() -> Iterator[str]:
    fields = catalogue.entries("fields")
    yield _title("docs.dictionary")
    for table, entry in fields["tables"].items():
        yield f"## {table}"
        yield f"{_both('docs.one_row_per')}: {_pair(entry['one_row_per'])}"
        header = ("column", "dtype", "unit", "codes", "latvian", "english")
        yield _table(header, (_column(*item) for item in schema.fields(table).items()))
    yield f"## {_both('docs.codes')}"
    for name, codes in catalogue.entries("codes").items():
        if name != "school_words":
            yield f"### {name}"
            yield _table(("code", "latvian", "english", "note"), map(_code, codes.items()))


def _column(name: str, field: Mapping[str, Any]) -> tuple[object, ...]:
    words = field["description"]
    codes = field.get("allowed") or ""
    return f"`{name}`", field["dtype"], field["unit"] or "", codes, words["lv"], words["en"]


def _code(item: tuple[str, Mapping[str, Any]]) -> tuple[object, ...]:
    code, entry = item
    return f"`{code}`", entry["name"]["lv"], entry["name"]["en"], entry.get("note", "")


def _rules() -> Iterator[str]:
    yield _title("docs.rules")
    yield "  \n".join(say("docs.rules_lead", language) for language in LANGUAGES)
    values = rule_table()
    others = also_stated()
    of_value = ("from", "to", "value", "status", "source", "checked", "note")
    for rule_id, entry in catalogue.entries("rules").items():
        yield f"## {_pair(entry['name'])}"
        yield f"`{rule_id}`"
        steps = values[values["rule"] == rule_id].to_dict("records")
        yield _table(of_value, (_step(step) for step in steps))
        said = others[others["rule"] == rule_id].to_dict("records")
        if said:
            yield f"{_both('docs.also_stated')}:"
            yield "\n".join(f"- {o['says_lv']} / {o['says_en']} ({o['source']})" for o in said)
        verify = _pair(entry["verify"])
        yield f"{_both('docs.verify')}: {verify} ({entry['verify_source']})"
    yield f"## {_both('docs.breaks')}"
    of_break = ("date", "latvian", "english", "source")
    yield _table(of_break, ((b.date, b.name["lv"], b.name["en"], b.source) for b in breaks()))
    yield f"## {_both('docs.sources')}"
    yield _table(("code", "title", "seen"), map(_source, catalogue.entries("sources").items()))


def _step(step: Mapping[Any, Any]) -> tuple[object, ...]:
    status = " / ".join(say(f"rules.status.{step['status']}", lang) for lang in LANGUAGES)
    days = (f"{step[day]:%Y-%m-%d}" for day in ("valid_from", "valid_to"))
    value = f"{step['value_lv']}<br>{step['value_en']}"
    note = f"{step['note_lv']}<br>{step['note_en']}"
    return *days, value, status, step["source"], f"{step['checked']:%Y-%m-%d}", note


def _source(item: tuple[str, Mapping[str, Any]]) -> tuple[object, ...]:
    code, entry = item
    where = f"<{entry['address']}>" if "address" in entry else entry["document"]
    published = f", {entry['published']}" if entry["published"] else ""
    title = f"{entry['title']}<br>{entry['publisher']}{published}<br>{where}"
    return code, title, f"{entry['seen']['lv']}<br>{entry['seen']['en']}"


def _errors() -> Iterator[str]:
    yield _title("docs.errors")
    yield "  \n".join(say("docs.example_persons", language) for language in LANGUAGES)
    severities = catalogue.entries("codes")["severity"]
    for code, entry in catalogue.entries("problems").items():
        problem = _example(code, entry)
        yield f"## `{code}`"
        yield f"{_both('docs.severity')}: {_pair(severities[entry['severity']]['name'])}"
        yield from _delivery(entry["example"])
        yield "\n".join(f"- {language}: {problem.sentence(language)}" for language in LANGUAGES)


def _example(code: str, entry: Mapping[str, Any]) -> Problem:
    """Give the problem that the example of an entry causes."""
    example = entry["example"]
    if isinstance(example, str):
        column = "…" if "{column}" in str(entry) else ""
        return Problem(code, **{"found": example, "column": column} | entry.get("told", {}))
    files = list(example.get("files", {}))
    return Problem(
        code, **({"file": files[0]} if len(files) == 1 else {}) | entry.get("expect", {})
    )


def _delivery(example: str | Mapping[str, Any]) -> Iterator[str]:
    title = _both("docs.example")
    if isinstance(example, str):
        yield f"{title}: `{example}`"
    elif "made_by" in example:
        yield f"{title}: {_both('docs.example_built')} `{example['made_by']}`"
    else:
        files = (f"`{name}`\n\n```text\n{text}\n```" for name, text in example["files"].items())
        yield f"{title}: " + "\n\n".join(files)


def _title(key: str) -> str:
    return f"# {_both(key)}\n\n{_both('docs.generated')}"


def _both(key: str) -> str:
    return " / ".join(say(key, language) for language in LANGUAGES)


def _pair(words: Mapping[str, str]) -> str:
    return " / ".join(words[language] for language in LANGUAGES)


def _table(header: Iterable[str], rows: Iterable[tuple[object, ...]]) -> str:
    names = [_both(f"docs.{name}") for name in header]
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write()
