"""Parquet files to Grids, column by column, coded before anything becomes text.

Comes in: a Source. Goes out: a Grid whose first record is the names of the columns.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from pumpurs_analysis.read.grid import Codes, Door, coded, text_of
from pumpurs_analysis.read.source import Refused, Source
from pumpurs_analysis.read.workbook import Read

_MOST_ROWS = 200_000_000
_ROWS_PER_BYTE = 100  # a file of few bytes can claim any number of rows


def read_parquet(source: Source, key: bytes) -> Iterator[Read]:
    """Read a Parquet file.

    Raises:
        Refused: It is damaged, or claims more rows than it can hold.
    """
    door = Door(source, "", key)
    try:
        with source.open() as opened, parquet.ParquetFile(opened) as probe:
            schema = probe.schema_arrow
            if probe.metadata.num_rows > min(_MOST_ROWS, _ROWS_PER_BYTE * source.size):
                raise Refused("file_swollen")
        texts = [
            f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)
        ]
        with source.open() as opened, parquet.ParquetFile(opened, read_dictionary=texts) as file:
            columns = door.columns(
                _below(name, file.read(columns=[name]).column(0)) for name in schema.names
            )
    except (pa.ArrowException, ValueError, OSError):
        raise Refused("file_damaged") from None
    yield door.grid(columns), door.problems


def _below(name: str, column: pa.ChunkedArray) -> tuple[Codes, list[str] | pa.Array]:
    """Codes and texts of a column below its name; a missing value is an empty cell."""
    if pa.types.is_nested(column.type):
        cells = [None if cell is None else str(cell) for cell in column.to_pylist()]
        column = pa.chunked_array([pa.array(cells, pa.string())])
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if len(column) == 0:
        return coded([name])
    whole = column.combine_chunks()
    texts = whole.dictionary
    if not pa.types.is_string(texts.type):
        texts = pa.array([text_of(value) for value in texts.to_pylist()], pa.string())
    both = pa.concat_arrays([pa.array([name, ""]), texts]).dictionary_encode()
    places = both.indices.to_numpy()
    codes = whole.indices.fill_null(-1).to_numpy()
    return np.concatenate([places[:1], np.append(places[2:], places[1])[codes]]), both.dictionary
