"""Runs mutants, one after another, in a copy of the house that is its own: `-m … <copy>`.

cosmic-ray's own runner starts a Python for each, which costs more than most tests; this one has
imported everything that is not ours, and forks. It reads a `Task` a line and writes a `Result`.
"""

import json
import os
import resource
import signal
import sys
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import import_module, util
from pathlib import Path

_OUTPUT = Path("output.txt")
_MODULES = Path("modules.json")
_OPTIONS = (
    "-x",
    "-q",
    "--no-header",
    "--tb=line",
    "-pno:cacheprovider",
    "-pno:xdist",
    "--timeout=0",  # the limits below count processor time: other work on the machine is no sign
    "--hypothesis-profile=mutants",
    "--basetemp=tmp",
    "-Wignore::pytest.PytestAssertRewriteWarning",  # what is ready before pytest is
    "-knot postgres",
)


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds of processor time, and of the clock for what only waits."""

    processor: int
    clock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A module's mutated text and the tests it has to be caught by; no module: as it is."""

    module: str
    source: str
    tests: tuple[str, ...]
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How it ended, how much processor time it took, and what pytest said last."""

    verdict: Verdict
    seconds: float
    said: str


def run(task: Task) -> Result:
    """Put the mutant in its place, run its tests, and put the module back."""
    if not task.module:
        return _run_tests(task)
    path = Path(task.module)
    kept = path.read_bytes()
    path.write_text(task.source, "utf-8")
    try:
        return _run_tests(task)
    finally:
        path.write_bytes(kept)


def _run_tests(task: Task) -> Result:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = os.fork()
    if not child:
        _be_pytest(task)
    status = _wait(child, task.limits.clock)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = _OUTPUT.read_text("utf-8", errors="replace").splitlines()
    said = next((line for line in reversed(lines) if line.startswith(("FAILED", "ERROR"))), "")
    if status is None or os.WIFSIGNALED(status):
        return Result(verdict=Verdict.TIMED_OUT, seconds=seconds, said=said)
    verdict = Verdict.KILLED if os.WEXITSTATUS(status) else Verdict.SURVIVED
    return Result(verdict=verdict, seconds=seconds, said=said or "\n".join(lines[-5:]))


def _be_pytest(task: Task) -> None:
    """Never returns: this is the child."""
    import pytest

    os.setsid()
    output = os.open(_OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (task.limits.processor, task.limits.processor))
    code = 1
    try:
        code = int(pytest.main([*_OPTIONS, *task.tests]))
        if not task.module:
            _note_foreign_modules()
        sys.stdout.flush()
    finally:
        os._exit(code)


def _wait(child: int, clock: int) -> int | None:
    """The child's status, or None when it was still at it and had to be ended."""
    until = time.monotonic() + clock
    pause = 0.01
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _note_foreign_modules() -> None:
    """What a clean run imported that is not ours, and that no mutant need import again."""
    here = str(Path.cwd())
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    found = [name for name, file in files.items() if file and not file.startswith(here)]
    known = json.loads(_MODULES.read_text("utf-8")) if _MODULES.exists() else []
    _MODULES.write_text(json.dumps(list(dict.fromkeys([*known, *found]))), "utf-8")


def _get_ready() -> None:
    """Import what the clean runs noted; pytest alone can name its plugins and what it makes up."""
    for name in json.loads(_MODULES.read_text("utf-8")):
        if name not in sys.modules and util.find_spec(name.partition(".")[0]) is not None:
            import_module(name)


def main() -> None:
    """Answer each line."""
    origin = util.find_spec("shop")
    assert origin is not None
    assert str(origin.origin).startswith(str(Path.cwd())), "the copy's shop is to be tried"
    for line in sys.stdin:
        given = json.loads(line)
        task = Task(**{**given, "limits": Limits(**given["limits"])})
        if _MODULES.exists():
            _get_ready()
        print(json.dumps(asdict(run(task))), flush=True)


if __name__ == "__main__":
    main()
