"""SQL goes down as imports do: a wing writes its own tables and reads those of wings below."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.books.queries import Dialect
from tests.architecture.sql import (
    MIGRATIONS,
    ROOT,
    SHOP,
    Query,
    Touched,
    UnreadableSqlError,
    heights,
    owners,
    queries,
    references,
    statement_of,
    touched,
    views,
)

POINTS_UP = {("receipts", "payments"), ("periods", "order_lines")}
"""Money comes for a payment, time is given for an order's line, and both wings are only handed its
number: no query of theirs looks it up (held by the test above). The constraint alone knows the
table above; without it the books could hold money of a payment that never was."""

PACKAGES = ("bot", "handlers", "payments", "connectors", "shop", "preview", "locales")
FILES = sorted(SHOP.glob("*/*.sql"))
OVERRIDES = sorted(SHOP.glob("*/postgres/*.sql"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def wrongs(query: Query) -> Iterator[str]:
    """What a query does that its wing may not."""
    tables = touched(query.sql, query.dialect)
    for table in sorted(tables.written):
        if owners()[table] != query.wing:
            yield f"{query} writes {table}, a table of {owners()[table]}"
    for table in sorted(tables.read):
        if heights()[owners()[table]] > heights()[query.wing]:
            yield f"{query} reads {table}, a table of {owners()[table]}, which stands higher"


def test_a_wing_writes_its_own_tables_and_reads_its_own_and_those_below() -> None:
    assert {wrong for query in queries() for wrong in wrongs(query)} == set()


def test_a_table_refers_to_its_own_wing_and_those_below() -> None:
    up = {
        (table, other)
        for table, other in references()
        if heights()[owners()[other]] > heights()[owners()[table]]
    }
    assert up == POINTS_UP


def test_a_view_reads_tables_of_its_own_wing_and_of_those_below() -> None:
    assert views(), "there is one"
    for view, tables in views().items():
        for table in tables.read:
            assert heights()[owners()[table]] <= heights()[owners()[view]], (view, table)


@pytest.mark.parametrize(
    ("wing", "sql", "wrong"),
    [
        ("ledger", "SELECT * FROM receipts WHERE id IN (SELECT id FROM orders)", "reads orders"),
        ("ledger", "DELETE FROM orders WHERE id = :id", "writes orders"),
        ("desk", "UPDATE orders SET state = :state WHERE id = :id", "writes orders"),
        ("desk", "INSERT INTO audit (id) SELECT id FROM orders", "writes audit"),
        ("orders", "UPDATE orders SET id = (SELECT MAX(id) FROM refunds)", "reads refunds"),
    ],
)
def test_a_query_that_reaches_too_far_is_found(wing: str, sql: str, wrong: str) -> None:
    query = Query(path=SHOP / wing / "records.sql", dialect="sqlite", name="q", sql=sql)
    [found] = wrongs(query)
    assert wrong in found


@pytest.mark.parametrize(
    ("dialect", "sql", "written", "read"),
    [
        ("sqlite", "SELECT 1 FROM a, b LEFT JOIN c ON EXISTS (SELECT 1 FROM d)", "", "a b c d"),
        ("sqlite", "SELECT a FROM b UNION SELECT c FROM d AS e", "", "b d"),
        ("sqlite", "WITH x AS (SELECT * FROM a) SELECT * FROM x", "", "a"),
        ("sqlite", "INSERT INTO a (b) SELECT c FROM d RETURNING (SELECT e FROM f)", "a", "d f"),
        ("sqlite", "INSERT INTO a (b) VALUES (:b) ON CONFLICT (b) DO UPDATE SET b = 1", "a", ""),
        ("sqlite", "UPDATE a SET b = (SELECT c FROM d) FROM e WHERE a.f = e.f", "a", "d e"),
        ("postgres", "DELETE FROM a USING b WHERE a.c = b.c RETURNING *", "a", "b"),
        ("postgres", "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", "a", ""),
        ("postgres", "SELECT * FROM a AS b FOR UPDATE OF b SKIP LOCKED", "", "a"),
    ],
)
def test_every_table_of_a_statement_is_seen(
    dialect: Dialect, sql: str, written: str, read: str
) -> None:
    assert touched(sql, dialect) == Touched(
        written=frozenset(written.split()), read=frozenset(read.split())
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * INTO a FROM b",
        "DROP TABLE orders",
        "COPY orders FROM STDIN",
        "WITH orders AS (SELECT * FROM refunds) SELECT * FROM orders",
        "MERGE INTO a USING b ON a.c = b.c WHEN MATCHED THEN DELETE",
    ],
)
def test_a_statement_that_could_be_misread_is_refused(sql: str) -> None:
    with pytest.raises(UnreadableSqlError):
        touched(sql, "postgres")


def test_sql_files_stand_in_wings_alone_each_beside_its_records() -> None:
    found = {path for name in PACKAGES for path in (ROOT / name).rglob("*.sql")}
    assert found == {*FILES, *OVERRIDES, *MIGRATIONS.rglob("*.sql")}
    assert [shown(path) for path in FILES if not path.with_suffix(".py").exists()] == []


def test_a_module_uses_the_queries_beside_it_and_all_of_them() -> None:
    home = {query.name: query.path.with_suffix(".py") for query in _shared()}
    used = {
        (name, path)
        for path in SHOP.rglob("*.py")
        for name in texts(path.read_text("utf-8"))
        if name in home
    }
    elsewhere = {f"{name} in {shown(path)}" for name, path in used if home[name] != path}
    unused = home.keys() - {name for name, _ in used}
    assert (elsewhere, unused) == (set(), set())


def test_no_query_stands_twice_be_it_by_another_name() -> None:
    names = Counter(query.name for query in _shared())
    own = {one.name: one.sql for one in queries() if one.path in OVERRIDES}
    # A claim is a plain look where nobody else can be at work, and a lock on PostgreSQL.
    bodies = Counter(
        statement_of(query.sql, "sqlite").sql(comments=False) + own.get(query.name, "")
        for query in _shared()
    )
    assert [one for one, times in (names + bodies).items() if times > 1] == []


def test_what_is_said_to_postgresql_alone_stands_in_a_file_of_the_same_name() -> None:
    shared = {(query.wing, query.path.name, query.name) for query in _shared()}
    own = {(one.wing, one.path.name, one.name) for one in queries() if one.path in OVERRIDES}
    assert own <= shared
    assert len(own) == len([one for one in queries() if one.path in OVERRIDES])


def test_statements_are_executed_in_the_books_alone() -> None:
    found = {
        path.parent
        for name in PACKAGES
        for path in (ROOT / name).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"execute", "executemany", "executescript"}
    }
    assert found == {SHOP / "books"}


def test_the_sql_in_the_books_own_code_names_no_wings_table() -> None:
    found = {
        f"{table} in {shown(path)}"
        for path in sorted((SHOP / "books").glob("*.py"))
        for table in named_tables(path.read_text("utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("""run("UPDATE orders SET state = ''")""", {"orders"}),
        ("""run(f"DELETE FROM {prefix}.receipts WHERE {key} = 1")""", {"receipts"}),
        ('def f():\n    """Reads orders."""\n    run("SELECT * FROM schema_migrations")', set()),
    ],
)
def test_a_table_named_in_a_string_is_found(source: str, found: set[str]) -> None:
    assert named_tables(source) == found


def named_tables(source: str) -> set[str]:
    """The wings' tables that strings of this code name."""
    words = {word for text in texts(source) for word in re.findall(r"\w+", text)}
    return words & owners().keys()


def texts(source: str) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    tree = ast.parse(source)
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def _shared() -> list[Query]:
    return [one for one in queries() if one.dialect == "sqlite"]
