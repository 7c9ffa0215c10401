"""Files that are whole or not there, one writer at a time, and the user's own folder.

Comes in: a path and bytes. Goes out: the new file in place of the old one, or the old one
untouched. Knows nothing of what stands in the files.
"""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import platformdirs

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LAST_WORKSPACE = "last_workspace.txt"  # in the user's own folder: what opens if none is named
_OWNER_ONLY = 0o600
_STRAY = ".pumpurs-"
_HOUR = 3600.0
_PAUSE = 0.05


class Busy(OSError):  # noqa: N818  (it says what is the case)
    """Another program keeps the folder locked.

    Attributes:
        process: Its number, as it wrote it down; empty where it could not be read.
    """

    def __init__(self, process: str) -> None:
        self.process = process
        super().__init__(f"Process {process or '?'} keeps the lock")


@contextmanager
def replacing(file: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Write beside the target and swap in: a full disk or a stopped run leaves no half file.

    What former runs left behind when they were killed is swept away after an hour.

    Args:
        file: The target; what stands there stays until the new content is safe on the disk.
        private: Whether the owner alone may read it.

    Raises:
        OSError: It could not be written; the target is as it was.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with replacing(Path(folder) / "a.txt") as out:
        ...         _ = out.write(b"whole")
        ...     [path.name for path in Path(folder).iterdir()]
        ['a.txt']
    """
    sweep(file.parent, older_than=_HOUR)
    temporary = file.parent / f"{_STRAY}{secrets.token_hex(6)}"
    try:
        with temporary.open("xb") as out:
            if private:
                temporary.chmod(_OWNER_ONLY)
            yield out
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    settle(file.parent)


def settle(path: Path) -> None:
    """Wait until a finished file, or the names in a folder, are safe on the disk."""
    if path.is_dir() and sys.platform == "win32":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, pattern: str = f"{_STRAY}*", *, older_than: float = 0.0) -> None:
    """Remove files that killed runs left behind; one that is still open may stay till next time."""
    for stray in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - stray.stat().st_mtime >= older_than:
                stray.unlink()


@contextmanager
def locked(folder: Path, *, wait_seconds: float = 30.0) -> Iterator[None]:
    """Let one program at a time work in a folder.

    The operating system frees the lock when its holder ends, however it ends: a lock file that a
    killed run left behind stops nobody. The file names the holder, so that others can say who.

    Raises:
        Busy: Another program still held the lock after the wait.
    """
    with _lock_file(folder).open("r+b") as file:
        until = time.monotonic() + wait_seconds
        while not _taken(file):
            if time.monotonic() >= until:
                raise Busy(_holder(file))
            time.sleep(_PAUSE)
        file.seek(1)
        file.truncate()
        file.write(str(os.getpid()).encode())
        file.flush()
        try:
            yield
        finally:
            file.truncate(1)
            _free(file)


def _lock_file(folder: Path) -> Path:
    """Give the lock file, made where it is missing; it is never removed, so all lock the same."""
    path = folder / ".pumpurs.lock"
    with suppress(FileExistsError), path.open("xb") as file:
        file.write(b" ")  # the byte that is locked; the process number follows it
    return path


def _holder(file: IO[bytes]) -> str:
    file.seek(1)
    return file.read(20).decode("ascii", "replace").strip()


def _taken(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _free(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)


def own_folder(*parts: str) -> Path:
    """Give a folder of the user's configuration that the owner alone can open, made if missing.

    ``PUMPURS_CONFIG`` names another place, for tests and for computers with several users.
    """
    named = os.environ.get("PUMPURS_CONFIG")
    folder = Path(named) if named else platformdirs.user_config_path("pumpurs", appauthor=False)
    folder = folder.joinpath(*parts)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
