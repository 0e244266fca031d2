"""The real shop as a process, beside a stand-in of Telegram, with its clock in a file."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TOKEN = "1000:PROOF"
PATIENCE = 30.0
SECRET_KEY = "a secret key for the proof"
_SECRET_ENDINGS = ("_TOKEN", "_KEY", "_SECRET")
HOME = Path(__file__).parents[2]
CATALOG = """
[shop]
name = "Northlight TV"
currency = "EUR"
support = "@northlight_support"
stream_url = "https://play.northlight.example"

[[plan]]
slug = "solo"
name = "Solo"
description = "One screen."
screens = 1
connector = "generated"
trial_days = 3
grace_days = 3
keep_days = 14

[plan.prices]
"1 month" = { EUR = "7.99", XTR = 450 }
"3 months" = { EUR = "21.99" }

[[plan]]
slug = "duo"
name = "Duo"
description = "From stock."
screens = 2
connector = "stock"
trial_days = 0
grace_days = 3
keep_days = 14

[plan.prices]
"1 month" = { EUR = "12.99" }

[[channel]]
id = "news"
name = "News"
"""


def free_port() -> int:
    """A port of this machine that nobody uses just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def telegram(*people: str) -> Iterator[str]:
    """A stand-in of Telegram as a process; gives its address."""
    given = [piece for person in people for piece in ("--person", person)]
    command = [
        *(sys.executable, "-m", "preview", "--listen", "127.0.0.1:0", "--token", TOKEN),
        *("--flood", "off", "--bot-username", "shop_bot", *given),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOME) as process:
        try:
            assert process.stdout
            found = re.search(r"http\S+", process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.kill()


class ShopProcess:
    """One shop in a folder: started, killed and started again, always with the same books."""

    def __init__(self, folder: Path, *, database: str, telegram_url: str, **more: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        (folder / "catalog.toml").write_text(CATALOG, "utf-8")
        self._clock, self._died = folder / "clock", folder / "died"
        self._process: subprocess.Popen[str] | None = None
        self._crash_at = ""
        self._settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram_url,
            "DATABASE_URL": database,
            "LISTEN": f"127.0.0.1:{self.port}",
            "SECRET_KEY": SECRET_KEY,
            "SANDBOX": "on",
            "STARS": "on",
            "STAFF_IDS": "9001",
            "CATALOG": str(folder / "catalog.toml"),
            "CLOCK_FILE": str(self._clock),
            **more,
        }
        self.move_clock(0)

    def listen_on(self, port: int) -> None:
        """Listen there instead of on a port of its own."""
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self._settings["LISTEN"] = f"127.0.0.1:{port}"

    def start(self, *, crash_at: str = "", seen: str = "") -> None:
        """Start it and return once it listens, or once it has killed itself."""
        self._crash_at = crash_at
        self._died.unlink(missing_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error::ResourceWarning", "-m", "tests.crash.launcher"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.folder,
                env={
                    **kept,
                    **self._settings,
                    "PYTHONPATH": str(HOME),
                    "CRASH_AT": crash_at,
                    "CRASH_SEEN": seen,
                    "CRASH_DIED": str(self._died),
                    "PYTHONDONTWRITEBYTECODE": "",
                },
            )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if "listening" not in line and not (crash_at and self.wait_for_death()):
            raise AssertionError(self.log.read_text("utf-8"))

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process
        return self._process.pid

    def wait_for_death(self, seconds: float = PATIENCE) -> bool:
        """Whether it dies in this time: by SIGKILL, and at the place it was to die at."""
        assert self._process
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.has_killed_itself

    @property
    def has_killed_itself(self) -> bool:
        """Whether it is dead by SIGKILL, at the place it was to die at."""
        if self._process is None or self._process.poll() != -signal.SIGKILL:
            return False
        return self._died.exists() and self._died.read_text("utf-8") == self._crash_at

    def stop(self) -> float:
        """SIGTERM; returns how many seconds it took."""
        assert self._process
        began = time.monotonic()
        self._process.terminate()
        code = self._process.wait(PATIENCE)
        took = time.monotonic() - began
        self._close()
        written = self.log.read_text("utf-8")
        assert code == 0, written
        assert self.secrets_written() == []
        return took

    def secrets_written(self) -> list[str]:
        """Law 13: which secrets lie where, in the log, the books of SQLite or any other file."""
        secrets = {
            name: value.encode()
            for name, value in self._settings.items()
            if name.endswith(_SECRET_ENDINGS) and value
        }
        files = [one for one in self.folder.rglob("*") if one.is_file()]
        return [
            f"{name} in {file.name}"
            for file in files
            for said in [file.read_bytes()]
            for name, value in secrets.items()
            if value in said
        ]

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close()

    def move_clock(self, seconds: int) -> None:
        """Set how far ahead of the machine's time the shop is; only ever forward."""
        draft = self._clock.with_suffix(".new")
        draft.write_text(str(seconds), "ascii")
        draft.replace(self._clock)

    @property
    def ahead(self) -> int:
        """How far ahead of the machine's time the shop is, in seconds."""
        return int(self._clock.read_text("ascii"))

    def skip(self, seconds: int) -> None:
        """Let time pass in the shop."""
        self.move_clock(self.ahead + seconds)

    def _close(self) -> None:
        if self._process is not None and self._process.stdout:
            self._process.stdout.close()
