"""What the SQL of the wings touches, as sqlglot reads it, and whose each table is."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aiosql
import sqlglot
from sqlglot import exp

from shop.books.queries import Dialect

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "shop"
MIGRATIONS = SHOP / "books" / "migrations"
_CHANGES = (exp.Insert, exp.Update, exp.Delete)


class UnreadableSqlError(ValueError):
    """The parser does not know this statement well enough to answer for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One named query, as one database is asked it."""

    path: Path
    dialect: Dialect
    name: str
    sql: str

    @property
    def wing(self) -> str:
        return self.path.relative_to(SHOP).parts[0]

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The tables of a statement; one that is written is not counted as read."""

    written: frozenset[str]
    read: frozenset[str]


@cache
def heights() -> Mapping[str, int]:
    """How high each wing stands, from the contract that holds its imports."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [contract] = [
        one
        for one in settings["tool"]["importlinter"]["contracts"]
        if one["type"] == "layers" and one.get("containers") == ["shop"]
    ]
    return {layer.strip("()"): height for height, layer in enumerate(reversed(contract["layers"]))}


@cache
def owners() -> Mapping[str, str]:
    """Whose each table and view is: it stands under a comment that begins with its wing."""
    found = {}
    for statement in (*_created("TABLE"), *_created("VIEW")):
        said = [comment.split(":")[0].strip() for comment in statement.comments or ()]
        [found[_name(statement.find(exp.Table))]] = [word for word in said if word in heights()]
    return found


@cache
def views() -> Mapping[str, Touched]:
    """What each view reads."""
    return {
        _name(view.find(exp.Table)): touched(view.expression.sql(dialect="sqlite"), "sqlite")
        for view in _created("VIEW")
    }


@cache
def references() -> frozenset[tuple[str, str]]:
    """Which table refers to which."""
    return frozenset(
        (_name(statement.find(exp.Table)), _name(reference.find(exp.Table)))
        for statement in _created("TABLE")
        for reference in statement.find_all(exp.Reference)
    )


def _created(kind: str) -> list[exp.Create]:
    scripts = [path.read_text("utf-8") for path in sorted(MIGRATIONS.glob("*.sql"))]
    read = [one for script in scripts for one in sqlglot.parse(script, dialect="sqlite") if one]
    if odd := [one for one in read if one.find(exp.Command)]:
        raise UnreadableSqlError(odd[0].sql())
    return [one for one in read if isinstance(one, exp.Create) and one.kind == kind]


@cache
def queries() -> tuple[Query, ...]:
    """Every query of every wing; one for both databases comes twice."""
    both = [
        query
        for path in sorted(SHOP.glob("*/*.sql"))
        for dialect in ("sqlite", "postgres")
        for query in _read(path, dialect)
    ]
    own = [
        query
        for path in sorted(SHOP.glob("*/postgres/*.sql"))
        for query in _read(path, "postgres")
    ]
    return (*both, *own)


def _read(path: Path, dialect: Dialect) -> list[Query]:
    # As sqlite3 is asked, which leaves `:name` as it is written; both dialects of sqlglot know it.
    found = aiosql.from_path(path, "sqlite3", mandatory_parameters=False)
    names = [name for name in found.available_queries if not name.endswith("_cursor")]
    return [
        Query(path=path, dialect=dialect, name=name, sql=getattr(found, name).sql)
        for name in names
    ]


def touched(sql: str, dialect: Dialect) -> Touched:
    """The tables that one statement writes and reads, however deep in it they stand."""
    statement = statement_of(sql, dialect)
    targets = [change.this for change in statement.find_all(*_CHANGES)]
    written = {_name(target.find(exp.Table)) for target in targets}
    # `FOR UPDATE OF s` names a table that stands in the statement anyway, by its alias.
    tables = [one for one in statement.find_all(exp.Table) if not one.find_ancestor(exp.Lock)]
    made_here = {one.alias for one in statement.find_all(exp.CTE)}
    if hidden := made_here & owners().keys():
        msg = f"WITH gives a name that a table has: {hidden}"
        raise UnreadableSqlError(msg)
    read = {_name(one) for one in tables} - written - made_here
    return Touched(written=frozenset(written), read=frozenset(read))


def statement_of(sql: str, dialect: Dialect) -> exp.Expr:
    """The one statement; a kind this module could misread is refused."""
    [statement] = [one for one in sqlglot.parse(sql, dialect=dialect) if one is not None]
    odd = statement.find(exp.Command, exp.Into, exp.Merge)
    if odd is not None or not isinstance(statement, (exp.Query, *_CHANGES)):
        raise UnreadableSqlError(sql)
    return statement


def _name(table: exp.Expression | None) -> str:
    if not isinstance(table, exp.Table) or not table.name:
        raise UnreadableSqlError(str(table))
    return table.name
