"""What can happen to a file: locked, read-only, on a full disk, gone, or not ours."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shop.books import sqlite
from shop.books.books import Books
from shop.books.migrate import migrate_sqlite
from shop.books.notes import Notes
from shop.books.opening import Storage, storage_at
from shop.core.errors import BooksUnavailableError
from tests.fixtures.tables import Tables

NOBODY = 65534


@pytest.fixture
async def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Storage]:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.2)
    storage = storage_at(f"sqlite:///{tmp_path}/shop.db")
    await storage.open()
    yield storage
    await storage.close()


def note(books: Books, key: str, size: int = 1) -> str:
    books[Notes].set_note(key, "x" * size)
    return key


def look(books: Books, key: str) -> str | None:
    return books[Notes].note(key)


async def answers(storage: Storage, keys: list[str], *, size: int) -> list[str | BaseException]:
    return await asyncio.gather(
        *(storage.run(note, key, size) for key in keys), return_exceptions=True
    )


async def test_a_locked_file_is_said_and_waited_out(books: Storage, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for answer in await answers(books, ["a", "b", "c"], size=1):
        assert isinstance(answer, BooksUnavailableError)
    assert await books.read(look, "a") is None, "readers go on"
    other.execute("ROLLBACK")
    other.close()
    assert await books.run(note, "a") == "a"
    assert await books.read(look, "b") is None


async def test_a_short_lock_is_not_noticed(
    books: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del monkeypatch
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(books.run(note, "a"))
    await asyncio.sleep(0.05)
    other.execute("ROLLBACK")
    other.close()
    assert await writing == "a"


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond this: what a full disk looks like without one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_loses_nothing_and_is_recovered_from(
    books: Storage, tmp_path: Path
) -> None:
    await books.run(note, "before")
    with files_up_to((tmp_path / "shop.db-wal").stat().st_size + 40_000):
        keys = [f"k{i}" for i in range(8)]
        for answer in await answers(books, keys, size=30_000):
            assert isinstance(answer, BooksUnavailableError)
        for key in keys:
            assert await books.read(look, key) is None, "nothing half written"
        assert await books.read(look, "before") == "x"
        small = await answers(books, ["small"], size=1)
    assert await books.run(note, "after", 30_000) == "after"
    stands = await books.read(look, "small")
    assert (stands == "x") == (small == ["small"]), "who was told it stands finds it"
    assert not_broken(tmp_path / "shop.db")


def not_broken(path: Path) -> bool:
    file = sqlite3.connect(path)
    try:
        return file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        file.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, where one may mount one."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=True)  # noqa: S607 - the system's own


async def test_a_really_full_disk_is_recovered_from_too(small_disk: Path) -> None:
    storage = storage_at(f"sqlite:///{small_disk}/shop.db")
    await storage.open()
    ballast = small_disk / "ballast"
    free = os.statvfs(small_disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_bsize - 8_192))
    for answer in await answers(storage, ["a", "b"], size=60_000):
        assert isinstance(answer, BooksUnavailableError)
    assert await storage.read(look, "a") is None
    ballast.unlink()
    assert await storage.run(note, "a", 60_000) == "a"
    assert await storage.read(look, "b") is None
    await storage.close()
    assert not_broken(small_disk / "shop.db")


async def test_one_that_does_not_fit_fails_alone_when_the_others_do(
    books: Storage, tmp_path: Path
) -> None:
    # A limit of pages is met within a statement, so SQLite may undo just that one.
    writer = books._writer  # type: ignore[attr-defined]  # noqa: SLF001 - to set a limit on it
    pages = Tables(f"sqlite:///{tmp_path}/shop.db").one("PRAGMA page_count")
    await writer.execute_fetchall(f"PRAGMA max_page_count = {pages + 4}")
    results = await asyncio.gather(
        books.run(note, "a"),
        books.run(note, "big", 500_000),
        books.run(note, "b"),
        return_exceptions=True,
    )
    stand = [await books.read(look, key) for key in ("a", "big", "b")]
    assert isinstance(results[1], BooksUnavailableError)
    assert stand[1] is None
    for result, stands, key in ((results[0], stand[0], "a"), (results[2], stand[2], "b")):
        assert (stands == "x") == (result == key), "who was told it stands finds it"
    for _ in range(2):
        await asyncio.gather(books.run(note, "later"), return_exceptions=True)
    assert await books.read(look, "later") == "x"


@contextmanager
def someone_with_no_rights() -> Iterator[None]:
    """Permissions hold back everyone but root, so root becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only_url() -> Iterator[str]:
    """Books that may be read and not written; not below pytest's folder, which is closed."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        file = sqlite3.connect(folder / "shop.db", isolation_level=None)
        migrate_sqlite(file)
        file.close()
        (folder / "shop.db").chmod(0o444)
        folder.chmod(0o555)
        yield f"sqlite:///{folder}/shop.db"
        folder.chmod(0o755)


async def test_a_read_only_file_is_a_plain_sentence(read_only_url: str) -> None:
    storage = storage_at(read_only_url)
    await asyncio.to_thread(int)  # imports what nobody may not
    with someone_with_no_rights(), pytest.raises(BooksUnavailableError) as told:
        await storage.open()
    assert str(told.value) == "The books cannot be written just now; nothing was changed."


@pytest.mark.parametrize("content", [b"this is no database, however long it may be " * 99])
async def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(content)
    with pytest.raises(BooksUnavailableError):
        await storage_at(f"sqlite:///{path}").open()
    assert path.read_bytes() == content


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BooksUnavailableError):
        await storage_at(f"sqlite:///{tmp_path}/none/shop.db").open()
