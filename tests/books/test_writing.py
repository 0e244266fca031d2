"""What `run` and `read` promise every use case, in each kind of database."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import psycopg
import pytest

from shop.books.books import Books
from shop.books.notes import Notes
from shop.books.opening import Storage, storage_at
from shop.books.sqlite import SqliteStorage
from shop.core.errors import BadInputError, BooksUnavailableError
from shop.staff.audit_records import AuditLog
from tests.fixtures.books import NOW


def note(books: Books, key: str, value: str = "yes") -> str:
    books[Notes].set_note(key, value)
    return key


def note_and_fail(books: Books, key: str) -> None:
    note(books, key)
    raise BadInputError(reason=key)


def look(books: Books, key: str) -> str | None:
    return books[Notes].note(key)


def count_up(books: Books) -> int:
    customer = books[Notes].note("count") or "0"
    books[Notes].set_note("count", str(int(customer) + 1))
    return int(customer) + 1


async def test_one_that_fails_takes_no_one_with_it(storage: Storage) -> None:
    results = await asyncio.gather(
        *(storage.run(note_and_fail if i % 7 == 3 else note, f"k{i}") for i in range(200)),
        return_exceptions=True,
    )
    for i, result in enumerate(results):
        stands = await storage.read(look, f"k{i}")
        if i % 7 == 3:
            assert isinstance(result, BadInputError)
            assert (result.sentence, stands) == (f"k{i}", None)
        else:
            assert (result, stands) == (f"k{i}", "yes")


async def test_who_is_answered_finds_it_in_the_books(storage: Storage) -> None:
    async def write_and_look(key: str) -> str | None:
        await storage.run(note, key)
        return await storage.read(look, key)

    seen = await asyncio.gather(*(write_and_look(f"k{i}") for i in range(200)))
    assert seen == ["yes"] * 200


async def test_a_database_error_is_its_callers_alone(storage: Storage) -> None:
    def break_a_rule(books: Books) -> None:
        note(books, "before")
        books[AuditLog].audit(1, "x", customer_id=12345, facts={}, now=NOW)

    results = await asyncio.gather(
        storage.run(note, "a"),
        storage.run(break_a_rule),
        storage.run(note, "b"),
        return_exceptions=True,
    )
    assert (results[0], results[2]) == ("a", "b")
    assert isinstance(results[1], sqlite3.IntegrityError | psycopg.IntegrityError)
    assert await storage.read(look, "before") is None


async def test_a_reader_may_not_write(storage: Storage) -> None:
    with pytest.raises((BooksUnavailableError, psycopg.errors.ReadOnlySqlTransaction)):
        await storage.read(note, "k")
    assert await storage.read(look, "k") is None
    assert await storage.run(note, "k") == "k"


async def test_a_reader_sees_one_moment_however_long_it_looks(storage: Storage) -> None:
    looked, written = threading.Event(), threading.Event()

    def look_twice(books: Books) -> tuple[str | None, str | None]:
        before = look(books, "k")
        looked.set()
        assert written.wait(10)
        return before, look(books, "k")

    reading = asyncio.create_task(storage.read(look_twice))
    await asyncio.to_thread(looked.wait, 10)
    await storage.run(note, "k")
    written.set()
    assert await reading == (None, None)
    assert await storage.read(look, "k") == "yes"


async def test_a_caller_who_leaves_does_not_disturb_the_others(storage: Storage) -> None:
    tasks = [asyncio.create_task(storage.run(note, f"k{i}")) for i in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[1::2] == [f"k{i}" for i in range(1, 20, 2)]
    assert all(isinstance(result, asyncio.CancelledError) for result in results[::2])
    assert await storage.run(note, "after") == "after"


async def test_an_error_of_the_use_case_itself_comes_through(storage: Storage) -> None:
    for error in (RuntimeError("bug"), ValueError("bug"), KeyError("bug")):

        def fail(_books: Books, error: Exception = error) -> None:
            raise error

        for door in (storage.run, storage.read):
            with pytest.raises(type(error), match="bug"):
                await door(fail)


async def test_closed_books_say_so(books_url: str) -> None:
    storage = storage_at(books_url)
    for door in (storage.run, storage.read):
        with pytest.raises(BooksUnavailableError):
            await door(look, "k")
    await storage.open()
    waiting = asyncio.gather(*(storage.run(note, f"k{i}") for i in range(20)))
    await asyncio.sleep(0)
    await storage.close()
    assert len(await waiting) == 20, "what was begun is finished"
    for door in (storage.run, storage.read):
        with pytest.raises(BooksUnavailableError):
            await door(look, "k")


async def test_a_url_of_another_kind_is_refused() -> None:
    for url in ("", "sqlite:///", "mysql://x", "telekiosk.db"):
        with pytest.raises(BadInputError, match="DATABASE_URL must look like"):
            storage_at(url)


class TestSqliteAlone:
    async def test_those_who_wait_commit_together_and_hear_only_afterwards(
        self, tmp_path: Path
    ) -> None:
        storage = SqliteStorage(tmp_path / "shop.db")
        await storage.open()
        done: list[str] = []
        statements: list[tuple[str, int]] = []
        writer = storage._writer  # noqa: SLF001 - to listen to what it does
        assert writer is not None
        await writer.set_trace_callback(
            lambda text: statements.append((text.split(None, 1)[0], len(done)))
        )

        async def write(key: str) -> None:
            done.append(await storage.run(note, key))

        await asyncio.gather(*(write(f"k{i}") for i in range(200)))
        words = [word for word, _ in statements]
        assert words.count("COMMIT") == words.count("BEGIN") == 1
        assert "SAVEPOINT" not in words, "nothing had to be undone"
        assert dict(statements)["COMMIT"] == 0, "nobody was answered before the commit"
        await storage.close()

    async def test_only_who_fails_after_writing_costs_the_others_a_second_run(
        self, tmp_path: Path
    ) -> None:
        storage = SqliteStorage(tmp_path / "shop.db")
        await storage.open()
        runs: list[str] = []

        def write(books: Books, key: str) -> str:
            runs.append(key)
            return note(books, key)

        def only_fail(_books: Books) -> None:
            raise BadInputError(reason="nothing was written")

        quiet = await asyncio.gather(
            storage.run(write, "a"),
            storage.run(only_fail),
            storage.run(write, "b"),
            return_exceptions=True,
        )
        assert (runs, quiet[0], quiet[2]) == (["a", "b"], "a", "b")
        loud = await asyncio.gather(
            storage.run(write, "c"),
            storage.run(note_and_fail, "lost"),
            storage.run(write, "d"),
            return_exceptions=True,
        )
        assert runs == ["a", "b", "c", "c", "d"], "rolled back, then each in a savepoint"
        assert (loud[0], loud[2]) == ("c", "d")
        assert [await storage.read(look, key) for key in ("c", "lost", "d")] == [
            "yes",
            None,
            "yes",
        ]
        await storage.close()

    async def test_use_cases_go_one_after_the_other(self, tmp_path: Path) -> None:
        storage = storage_at(f"sqlite:///{tmp_path}/shop.db")
        await storage.open()
        counts = await asyncio.gather(*(storage.run(count_up) for _ in range(300)))
        assert sorted(counts) == list(range(1, 301))
        await storage.close()

    async def test_two_processes_with_one_file_lose_nothing(self, tmp_path: Path) -> None:
        both = [storage_at(f"sqlite:///{tmp_path}/shop.db") for _ in range(2)]
        for one in both:
            await one.open()
        counts = await asyncio.gather(*(both[i % 2].run(count_up) for i in range(100)))
        assert sorted(counts) == list(range(1, 101))
        for one in both:
            await one.close()
