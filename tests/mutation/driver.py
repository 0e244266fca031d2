"""Copies the house, lets each suite pass once as it is, and hands out the mutants."""

import compileall
import json
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import TypeVar

from tests.mutation.making import Mutant
from tests.mutation.worker import Limits, Result, Task, Verdict

T = TypeVar("T")
R = TypeVar("R")
_COPIED = ("bot", "handlers", "payments", "connectors", "shop", "preview", "locales", "tests")
_FILES = ("pyproject.toml", "README.md", ".env.example")
_PATIENT = Limits(processor=600, clock=1800)
_GRACE = 10  # seconds a mutant may take beyond three times what its tests take


class BrokenSuiteError(Exception):
    """The tests fail before anything is mutated, so they could tell nothing."""


class Worker:
    """A process with a copy of its own."""

    def __init__(self, root: Path, copy: Path) -> None:
        _copy(root, copy)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutation.worker"],
            cwd=copy,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, task: Task) -> Result:
        """Send a task, and wait for what became of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Result(
            verdict=Verdict(answer["verdict"]),
            seconds=float(answer["seconds"]),
            said=str(answer["said"]),
        )

    def close(self) -> None:
        """No more tasks: it ends by itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def run_all(
    root: Path,
    mutants: Sequence[Mutant],
    suites: Mapping[str, tuple[str, ...]],
    *,
    workers: int,
    each: Callable[[Mutant, Result], None],
) -> None:
    """Try every mutant; `each` hears of it as soon as it is known."""
    paths = dict.fromkeys(test for mutant in mutants for test in suites[mutant.module])
    with _crew(root, workers) as crew:
        took = dict(zip(paths, crew.map(_pass_once, paths), strict=True))

        def try_one(worker: Worker, mutant: Mutant) -> None:
            tests = suites[mutant.module]
            limits = _limits_of(sum(took[path] for path in tests))
            task = Task(module=mutant.module, source=mutant.source, tests=tests, limits=limits)
            each(mutant, worker.run(task))

        crew.map(try_one, mutants)


def _pass_once(worker: Worker, tests: str) -> float:
    """Every test passes where nothing is mutated; returns the processor time they take."""
    result = worker.run(Task(module="", source="", tests=(tests,), limits=_PATIENT))
    if result.verdict is not Verdict.SURVIVED:
        raise BrokenSuiteError(result.said)
    return result.seconds


def _limits_of(seconds: float) -> Limits:
    processor = int(3 * seconds) + _GRACE
    return Limits(processor=processor, clock=20 * processor)


class _Crew:
    """Workers, and whichever is free takes the next task."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._many = len(workers)
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in workers:
            self._free.put(worker)

    def map(self, do: Callable[[Worker, T], R], tasks: Iterable[T]) -> list[R]:
        """What came of each task, in their order."""

        def take(task: T) -> R:
            worker = self._free.get()
            try:
                return do(worker, task)
            finally:
                self._free.put(worker)

        with ThreadPoolExecutor(self._many) as pool:
            return list(pool.map(take, tasks))


@contextmanager
def _crew(root: Path, workers: int) -> Iterator[_Crew]:
    with ExitStack() as stack:
        copies = Path(stack.enter_context(TemporaryDirectory(prefix="mutants-")))
        working = (Worker(root, copies / str(number)) for number in range(workers))
        yield _Crew([stack.enter_context(closing(worker)) for worker in working])


def _copy(root: Path, copy: Path) -> None:
    """Compiled by its text's hash: by a file's time, a mutant made within a second is missed."""
    copy.mkdir()
    for folder in _COPIED:
        shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy2(root / name, copy / name)
    by_hash = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(copy / "shop", quiet=1, invalidation_mode=by_hash)
