"""Providers that do not answer: how often in a row, since when, and when they are tried again."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import maybe_moment, maybe_seconds, seconds
from shop.books.queries import Row, Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    """A provider in trouble; one without trouble has no row."""

    provider: str
    failures: int
    is_open: bool
    opened_at: datetime | None
    try_at: datetime | None
    tries: int
    error: str


class ProviderHealthRecords:
    """The table of providers in trouble."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def fail(self, provider: str, *, error: str) -> ProviderHealth:
        """One more failure in a row."""
        row = self._sql.one("circuit_fail", provider=provider, error=error)
        assert row is not None  # noqa: S101 - the statement always returns its row
        return _circuit(row)

    def of(self, provider: str) -> ProviderHealth | None:
        """Its trouble, if it has any."""
        row = self._sql.one("circuit_of", provider=provider)
        return None if row is None else _circuit(row)

    def open(self, provider: str, *, now: datetime, try_at: datetime) -> bool:
        """Hide it from customers; False when another was first."""
        changed = self._sql.count(
            "circuit_open", provider=provider, now=seconds(now), try_at=seconds(try_at)
        )
        return changed == 1

    def suspect(self, provider: str, *, now: datetime) -> None:
        """Have it tried at once, without hiding it yet."""
        self._sql.run("circuit_suspect", provider=provider, now=seconds(now))

    def close(self, provider: str) -> ProviderHealth | None:
        """It answers again; the trouble it had, or None when it had none."""
        row = self._sql.one("circuit_close", provider=provider)
        return None if row is None else _circuit(row)

    def half_close(self, provider: str, *, failures: int) -> None:
        """Show it again, as one that has failed so often in a row."""
        self._sql.run("circuit_half_close", provider=provider, failures=failures)

    def opened(self) -> list[ProviderHealth]:
        """The providers that customers do not see."""
        return [_circuit(row) for row in self._sql.all("circuits_open")]

    def claim(self, *, now: datetime, lease: datetime) -> list[ProviderHealth]:
        """Providers it is time to try; no one else tries them until `lease`."""
        rows = self._sql.all("circuits_claim", now=seconds(now), lease=seconds(lease))
        return [_circuit(row) for row in rows]

    def try_later(self, provider: str, at: datetime | None, *, error: str) -> None:
        """Try again then."""
        self._sql.run(
            "circuit_try_later", provider=provider, try_at=maybe_seconds(at), error=error
        )

    def next_try(self) -> datetime | None:
        """When it is time to try one."""
        return maybe_moment(self._sql.value("circuits_next"))


def _circuit(row: Row) -> ProviderHealth:
    return ProviderHealth(
        provider=row["provider"],
        failures=row["failures"],
        is_open=bool(row["is_open"]),
        opened_at=maybe_moment(row["opened_at"]),
        try_at=maybe_moment(row["try_at"]),
        tries=row["tries"],
        error=row["error"],
    )
