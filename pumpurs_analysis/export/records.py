"""Records as files for other programs: Parquet and CSV, for those who may open them anyway.

Comes in: a Dataset of records. Goes out: a file per table and a note of what they are. These rows
are internal: nothing here is protected, and every export says so.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
from pyarrow import compute, csv, parquet

from pumpurs_analysis import catalogue
from pumpurs_analysis.dataset import Dataset, StoredTables
from pumpurs_analysis.storage import replacing
from pumpurs_analysis.text import Language, number, say

_FORMULA_STARTS = r"^([=+\-@\t\r])"
_BOM = "\ufeff".encode()
_NOTE = {"lv": "LASI_MANI.txt", "en": "READ_ME.txt"}


def export_records(
    data: Dataset,
    folder: Path | str,
    *,
    formats: Iterable[str] = ("parquet", "csv"),
    language: Language = "lv",
) -> list[Path]:
    """Write every table with rows as Parquet and CSV, and a note that they are internal.

    CSV opens in the spreadsheet programs of Latvia by a double click: UTF-8 with mark, ``;``, and a
    decimal comma where the language is Latvian; text that starts like a formula stays text. Each
    file is there whole or not at all.

    Raises:
        KeyError: A format other than ``parquet`` and ``csv``.
        OSError: A file could not be written.
    """
    writers = {name: _WRITERS[name] for name in formats}
    folder = Path(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written, lines = [], [say("export.records.read_me", language)]
    if data.is_made_up:
        lines.append(say("export.records.made_up", language))
    for name in data.tables:
        frame = _read(data, name)
        if frame.empty:
            continue
        table = pa.Table.from_pandas(frame, preserve_index=False)
        table = table.replace_schema_metadata({"note": " ".join(lines[:2]), "table": name})
        for ending, write in writers.items():
            written.append(folder / f"{name}.{ending}")
            with replacing(written[-1], private=True) as out:
                write(table, out, language)
        lines.append(_described(name, len(frame), language))
    with replacing(folder / _NOTE[language], private=True) as out:
        out.write("\r\n".join([*lines, ""]).encode("utf-8-sig"))
    return [*written, folder / _NOTE[language]]


def _read(data: Dataset, name: str) -> pd.DataFrame:
    tables = data.tables  # of a workspace nothing is kept in memory
    return tables.read(name) if isinstance(tables, StoredTables) else tables[name]


def _described(name: str, count: int, language: Language) -> str:
    one_row_per = catalogue.entries("fields")["tables"][name]["one_row_per"][language]
    words = {"name": name, "count": number(count, language), "one_row_per": one_row_per}
    return say("export.records.table", language, **words)


def _write_parquet(table: pa.Table, out: IO[bytes], _language: Language) -> None:
    parquet.write_table(table, out, compression="zstd")


def _write_csv(table: pa.Table, out: IO[bytes], language: Language) -> None:
    out.write(_BOM)
    names = pa.table({name: pa.array([], pa.string()) for name in table.column_names})
    options = {"delimiter": ";", "quoting_style": "needed"}
    csv.write_csv(names, out, csv.WriteOptions(quoting_header="none", **options))
    for batch in table.to_batches(max_chunksize=500_000):
        shown = {name: _shown(batch.column(name), language) for name in table.column_names}
        csv.write_csv(pa.table(shown), out, csv.WriteOptions(include_header=False, **options))


def _shown(values: Any, language: Language) -> Any:  # noqa: ANN401  (pyarrow has no types)
    """Turn a column into what its cells show."""
    if pa.types.is_dictionary(values.type):
        words = _shown(values.dictionary, language)
        return pa.DictionaryArray.from_arrays(values.indices, words).dictionary_decode()
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return compute.replace_substring_regex(values, _FORMULA_STARTS, r"'\1")
    if pa.types.is_floating(values.type) and language == "lv":
        return compute.replace_substring(values.cast(pa.string()), ".", ",")
    return values.cast(pa.date32()) if pa.types.is_timestamp(values.type) else values


_WRITERS: dict[str, Callable[[pa.Table, IO[bytes], Language], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
}
