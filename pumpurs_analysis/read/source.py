"""What is to be read: a file on disk or a member of an archive, by one name for people.

Comes in: a path or bytes. Goes out: its bytes, hash and kind by content. Refused is raised inside
this package alone; a delivery turns it into a problem.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from pumpurs_analysis.errors import Problem
from pumpurs_analysis.pseudonyms import shown_name

CHUNK = 1 << 22


class Refused(Exception):  # noqa: N818  (says what happened; the problem says why)
    """The file is not read; holds the problem that says why."""

    def __init__(
        self, code: str, *, found: str = "", sheet: str = "", row: int | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.found, self.sheet, self.row = code, found, sheet, row

    def problem(self, file: str) -> Problem:
        """Say it of a file."""
        sheet = shown_name(self.sheet, set())
        return Problem(self.code, file, sheet, row=self.row, found=self.found)


@dataclass(frozen=True)
class Source:
    """A file to read.

    Attributes:
        name: As it may be shown: no folders but those that tell namesakes apart, no person's name.
        path: Where it lies, unless it is a member of an archive.
        unpack: Gives the bytes of a member of an archive.
    """

    name: str
    path: Path | None = None
    unpack: Callable[[], bytes] | None = None

    @cached_property
    def content(self) -> bytes:
        """All bytes; for small files."""
        if self.unpack:
            return self.unpack()
        with self.open() as file:
            return file.read()

    def open(self) -> BinaryIO:
        """Open for reading from the start."""
        return self.path.open("rb") if self.path else io.BytesIO(self.content)

    @property
    def ending(self) -> str:
        """The ending of the name, small, without its dot."""
        return Path(self.name).suffix.lower().removeprefix(".")

    @cached_property
    def head(self) -> bytes:
        """The first bytes, enough to tell what it is."""
        with self.open() as file:
            return file.read(1 << 16)

    @cached_property
    def size(self) -> int:
        """Length in bytes."""
        return self.path.stat().st_size if self.path else len(self.content)

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        digest = hashlib.sha256()
        with self.open() as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                digest.update(chunk)
        return digest.hexdigest()
