import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.fixtures.books import migrate as real_migrate
from tests.fixtures.postgres import FreshDatabase, Server

_ANNA = b"INSERT INTO customers (telegram_id, name, created_at) VALUES (7, 'Anna', 0)"
_ENTRY = b"""
    INSERT INTO journal (group_ref, line, account, minor, currency, entered_at)
    VALUES ('a', 1, 'sales', 5, 'EUR', 0)
"""
migrations = 0


def migrate(url: str) -> None:
    global migrations  # noqa: PLW0603 - counts how often the template is made
    migrations += 1
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE customers (id BIGINT PRIMARY KEY)")


def test_a_fresh_database_has_the_schema_and_no_rows(postgres_url: FreshDatabase) -> None:
    with psycopg.connect(postgres_url(migrate)) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (0,)


def test_two_databases_share_nothing_but_their_template(postgres_url: FreshDatabase) -> None:
    first, second = postgres_url(migrate), postgres_url(migrate)
    with psycopg.connect(first) as connection:
        connection.execute("INSERT INTO customers VALUES (1)")
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (0,)
    assert migrations == 1


def test_a_used_database_is_as_good_as_new(postgres_server: Server) -> None:
    url = postgres_server.fresh(real_migrate)
    with closing(psycopg.connect(url)) as forgotten:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_ENTRY)
            connection.execute(_ANNA)
        forgotten.execute("LOCK TABLE customers")
        postgres_server.carry_out_refund(url, real_migrate)
    assert postgres_server.fresh(real_migrate) == url
    with psycopg.connect(url) as connection:
        for table in ("journal", "customers"):
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert connection.execute(query).fetchone() == (0,)
        connection.execute(_ANNA)
        assert connection.execute("SELECT id FROM customers").fetchone() == (1,)
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(_ENTRY + b"; DELETE FROM journal")
    postgres_server.drop(url)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE journal DROP CONSTRAINT journal_group_ref_line_key",
        "ALTER TABLE customers ADD COLUMN shoe_size BIGINT",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
    ],
)
def test_a_database_of_another_schema_is_not_used_again(
    postgres_server: Server, change: str
) -> None:
    url = postgres_server.fresh(real_migrate)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(change.encode())
    postgres_server.carry_out_refund(url, real_migrate)
    again = postgres_server.fresh(real_migrate)
    assert again != url
    postgres_server.drop(again)


def test_a_database_goes_even_when_someone_forgot_to_disconnect(postgres_server: Server) -> None:
    url = postgres_server.fresh(migrate)
    with psycopg.connect(url) as forgotten:
        postgres_server.drop(url)
        with pytest.raises(psycopg.OperationalError):
            forgotten.execute("SELECT 1")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_the_server_goes_when_the_tests_are_interrupted(
    end: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "test_sleep.py").write_text(
        "import signal, time\n"
        # A shell's background job ignores Ctrl-C, and what it starts does too.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tests.fixtures.postgres import postgres_server\n"
        "def test_sleep(postgres_server):\n"
        "    print('home', postgres_server.home, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", tmp_path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path,
        text=True,
    ) as run:
        assert run.stdout
        home = Path(next(line.split()[1] for line in run.stdout if line.startswith("home")))
        server = int((home / "data" / "postmaster.pid").read_text().split()[0])
        run.send_signal(end)
    deadline = time.monotonic() + 10
    while is_running(server) or home.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
