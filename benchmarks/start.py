"""How soon `telekiosk run` listens, and what it occupies while nobody buys anything."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.processes import cpu_seconds, resident_megabytes
from benchmarks.tables import milliseconds, show

_TIMES = 5
_IDLE_SECONDS = 3.0
_TOKEN = "1000:BENCH"  # noqa: S105 - it opens nothing but the stand-in
_HEAVIEST = 8


def start() -> None:
    """Print the medians of five starts on new books, and what is imported longest."""
    with tempfile.TemporaryDirectory(prefix="telekiosk-bench-") as folder, _telegram() as address:
        runs = [_run(Path(folder), address, is_new=not number) for number in range(_TIMES)]
    new, *old = runs
    rows = [
        ("new books", *_figures([new])),
        (f"books that are there, {len(old)} starts", *_figures(old)),
    ]
    show(
        "start: `telekiosk run` on SQLite, against a Bot API on this machine",
        ("start", "listens after", "CPU", "memory, idle"),
        rows,
        "Medians. Idle: 3 seconds later, polling and ticking.",
    )
    show(
        "imports: what takes longest, with what it brings along",
        ("module", "own and below"),
        _imports(),
        "python -X importtime, one run; the order says more than the figures.",
    )


def _figures(runs: list[tuple[float, float, float]]) -> tuple[str, str, str]:
    ready, cpu, memory = (median(column) for column in zip(*runs, strict=True))
    return milliseconds(ready), milliseconds(cpu), f"{memory:.0f} MB"


def _run(folder: Path, address: str, *, is_new: bool) -> tuple[float, float, float]:
    """Seconds until it listens, its processor time by then, megabytes when idle."""
    assert (folder / "shop.db").exists() is not is_new
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env=_environment(folder, address),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        while not (line := process.stdout.readline()).startswith("listening"):
            assert line, "telekiosk run ended instead of listening"
        ready, cpu = time.perf_counter() - began, cpu_seconds(process.pid)
        time.sleep(_IDLE_SECONDS)
        memory = resident_megabytes(process.pid)
        process.kill()  # it may be killed at any time, and that is quicker
    return ready, cpu, memory


def _environment(folder: Path, address: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "TELEGRAM_BOT_TOKEN": _TOKEN,
        "TELEGRAM_API_URL": address,
        "DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
        "LISTEN": "127.0.0.1:0",
        "SECRET_KEY": "benchmark" * 4,
        "STRIPE_SECRET_KEY": "sk_test_benchmark",
        "STRIPE_WEBHOOK_SECRET": "whsec_benchmark",
        "SANDBOX": "on",
        "STARS": "on",
    }


@contextmanager
def _telegram() -> Iterator[str]:
    """The preview's stand-in of the Bot API, in a process of its own."""
    command = [sys.executable, "-m", "preview", "--listen", "127.0.0.1:0", "--token", _TOKEN]
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.kill()


def _imports() -> list[tuple[str, str]]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import bot.assemble, bot.process"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = {}
    for line in done.stderr.splitlines()[1:]:
        _, microseconds, name = line.split("|")
        top = name.strip().partition(".")[0]
        found[top] = max(found.get(top, 0.0), int(microseconds) / 1e6)
    heaviest = sorted(found.items(), key=lambda one: -one[1])[:_HEAVIEST]
    return [(name, milliseconds(seconds)) for name, seconds in heaviest]
