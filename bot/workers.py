"""A bounded pool of tasks for one kind of the clock's work, so that kinds do not block."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from shop.core.errors import BooksUnavailableError

log = structlog.get_logger()


class Workers:
    """Runs tasks concurrently; the caller asks `places` how many more may start."""

    def __init__(self, most: int, *, on_done: Callable[[], None]) -> None:
        """`on_done` is called whenever a task has finished."""
        self._most, self._on_done = most, on_done
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def places(self) -> int:
        """How many more may be started now."""
        return max(self._most - len(self._tasks), 0)

    @property
    def is_idle(self) -> bool:
        """Whether everything started is finished."""
        return not self._tasks

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start a task; its errors are logged and stop nothing else."""
        task = asyncio.create_task(_survived(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def settle_down(self) -> None:
        """Wait until everything started is finished."""
        while not self.is_idle:
            await asyncio.wait(self._tasks)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._on_done()


async def _survived(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except BooksUnavailableError:
        log.warning("books_unavailable", door="clock")  # it comes again when its lease ends
    except Exception as error:
        log.exception("effect_failed", error=type(error).__name__)
