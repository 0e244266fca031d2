"""Starts the real shop as `python -m bot run` does, with a fault planted and a clock to move.

CRASH_AT names where the process kills itself: `KIND:NAME:WHEN:N`, the N-th time this is reached;
it leaves that name in the file CRASH_DIED.
KIND:NAME is `books:USE_CASE`, `telegram:METHOD`, `connector:VERB` or `provider:CALL`; WHEN is
before or after, and for books also inside: done, but not committed. CLOCK_FILE holds by how many
seconds the shop's time is ahead. PATIENCE shortens how long it waits for providers and for a
locked file; SANDBOX_MOOD names a file that says whether the sandbox is up, down or slow, and that
somebody else sends its webhooks.
"""

import asyncio
import functools
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Method = Callable[..., Coroutine[Any, Any, Any]]
AT = os.environ.get("CRASH_AT", "")
LEFT = [int(AT.rpartition(":")[2] or 0)]
SEEN = os.environ.get("CRASH_SEEN", "")


def reached(kind: str, name: str, when: str) -> None:
    """Die here, if this is the place."""
    place = f"{kind}:{name}:{when}"
    if SEEN:
        with Path(SEEN).open("a", encoding="utf-8") as seen:
            seen.write(place + "\n")
    if place == AT.rpartition(":")[0]:
        LEFT[0] -= 1
        if LEFT[0] == 0:
            Path(os.environ["CRASH_DIED"]).write_text(AT, "utf-8")
            os.kill(os.getpid(), signal.SIGKILL)


def guarded(owner: type, method: str, *, kind: str, name: Callable[..., str]) -> None:
    """Plant the places before and after a coroutine method."""
    inner: Method = getattr(owner, method)

    @functools.wraps(inner)
    async def outer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it returns
        called = name(*args, **kwargs)
        reached(kind, called, "before")
        result = await inner(*args, **kwargs)
        reached(kind, called, "after")
        return result

    setattr(owner, method, outer)


def guard_books(storage: type) -> None:
    """Plant the places around each use case that writes, and the one before its commit."""
    inner: Method = storage.run  # type: ignore[attr-defined] # both storages have it

    async def run(self: object, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        name = use_case.__name__

        def inside(*facts: Any, **more: Any) -> Any:  # noqa: ANN401 - the use case's own
            value = use_case(*facts, **more)
            reached("books", name, "inside")
            return value

        reached("books", name, "before")
        value = await inner(self, inside, *args, **kwargs)
        reached("books", name, "after")
        return value

    storage.run = run  # type: ignore[attr-defined] # the same


def shorten_patience() -> None:
    """Give up sooner; to be called before any provider is loaded."""
    if seconds := os.environ.get("PATIENCE"):
        import payments.outgoing
        import shop.books.sqlite

        payments.outgoing.TOTAL_SECONDS = float(seconds)
        shop.books.sqlite._BUSY_SECONDS = float(seconds)  # noqa: SLF001 - nobody else needs it


def make_moody(where: Path) -> None:
    """Let the sandbox, which lives in this process, be away as any other provider may be."""
    from payments.sandbox.provider import Sandbox
    from shop.ports import ProviderSilentError

    Sandbox._announce = lambda *_: None  # type: ignore[method-assign] # noqa: SLF001 - see above

    def mood_now() -> str:
        mood = where.read_text("ascii")
        with where.with_name("asked").open("a", encoding="ascii") as asked:
            asked.write(mood + "\n")
        return mood

    def felt(method: str) -> None:
        inner: Method = getattr(Sandbox, method)

        async def outer(self: object, *args: Any) -> Any:  # noqa: ANN401 - whatever it returns
            if (mood := mood_now()) == "up":
                return await inner(self, *args)
            if mood == "slow":
                await inner(self, *args)  # done, but its answer comes too late
                await asyncio.sleep(float(os.environ["PATIENCE"]))
            raise ProviderSilentError(reason=f"the sandbox is {mood}")

        setattr(Sandbox, method, outer)

    felt("create")
    felt("look_up")


def plant() -> None:
    """Plant every place, and the clock that can be moved."""
    from telegram.request import HTTPXRequest

    shorten_patience()

    from bot.clocks import SystemClock
    from bot.latency import MeasuredProvider
    from bot.telegram import Calls
    from connectors.generated import GeneratedConnector
    from shop.books.postgres import PostgresStorage
    from shop.books.sqlite import SqliteStorage

    guard_books(SqliteStorage)
    guard_books(PostgresStorage)

    def last_of_address(_self: object, url: str, *_: object, **__: object) -> str:
        return url.rpartition("/")[2]

    guarded(HTTPXRequest, "do_request", kind="telegram", name=last_of_address)
    guarded(Calls, "call", kind="telegram", name=lambda _, method, **__: str(method))
    for verb in ("create", "suspend", "resume", "terminate", "change", "rotate"):
        guarded(GeneratedConnector, verb, kind="connector", name=lambda *_, verb=verb: verb)
    for call in ("create", "look_up"):
        guarded(MeasuredProvider, call, kind="provider", name=lambda *_, call=call: call)
    if where := os.environ.get("SANDBOX_MOOD"):
        make_moody(Path(where))

    inner, ahead = SystemClock.now, Path(os.environ["CLOCK_FILE"])

    def now(self: SystemClock) -> datetime:
        return inner(self) + timedelta(seconds=int(ahead.read_text("ascii")))

    SystemClock.now = now  # type: ignore[method-assign] # the point of it


def main() -> None:
    """Plant, then be the shop."""
    from bot.__main__ import main as shop

    plant()
    sys.argv = ["telekiosk", "run"]
    shop()


if __name__ == "__main__":
    main()
