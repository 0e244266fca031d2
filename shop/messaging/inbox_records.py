"""Everything that came in from outside, once for each of its sender's own identities."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic_core import to_json

from shop.books.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.books.queries import Row, Sql


class InboxState(StrEnum):
    """What became of it."""

    WAITING = "waiting"
    DONE = "done"
    UNHANDLED = "unhandled"  # of a kind the shop does not act on: kept and visible
    UNKNOWN = "unknown"  # about an order the shop does not know
    ELSEWHERE = "elsewhere"  # of another business in the same account: counted
    STUCK = "stuck"  # it failed again and again: staff see it


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEvent:
    """One thing that came in; `body` is the raw bytes, `headers` those worth keeping.

    `chat_id` is the chat of an update, None for what a provider sent.
    """

    id: int
    provider: str
    event_id: str
    kind: str
    headers: Mapping[str, str]
    body: bytes
    state: InboxState
    note: str
    tries: int
    received_at: datetime
    chat_id: int | None


class Inbox:
    """The table of inbox events."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def keep(
        self,
        provider: str,
        event_id: str,
        *,
        kind: str,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
        state: InboxState = InboxState.DONE,
        due_at: datetime | None = None,
        chat_id: int | None = None,
    ) -> int | None:
        """Keep an inbox event; None when this one came before. `chat_id`: an update's chat.

        Until `due_at` it is this process's.
        """
        return self._sql.added(
            "inbox_keep",
            provider=provider,
            event_id=event_id,
            kind=kind,
            headers=to_json(dict(headers)).decode(),
            body=body,
            state=state,
            due_at=maybe_seconds(due_at),
            now=seconds(now),
            chat_id=chat_id,
            holder=self._sql.holder,
        )

    def finish(self, inbox_event_id: int, state: InboxState, *, note: str = "") -> None:
        """Say what became of it."""
        self._sql.run("inbox_finish", id=inbox_event_id, state=state, note=note)

    def take_again(self, provider: str, event_id: str) -> int | None:
        """The inbox event of this identity, to be acted on now whatever became of it."""
        found: int | None = self._sql.value(
            "inbox_take_again", provider=provider, event_id=event_id
        )
        return found

    def claim(self, *, now: datetime, lease: datetime, most: int) -> list[InboxEvent]:
        """Take inbox events nobody finished, in order; they come again after `lease`."""
        rows = self._sql.all(
            "inbox_claim",
            now=seconds(now),
            lease=seconds(lease),
            most=most,
            holder=self._sql.holder,
        )
        return sorted((_inbox_event(row) for row in rows), key=lambda inbox_event: inbox_event.id)

    def is_overtaken(self, inbox_event_id: int, *, chat_id: int) -> bool:
        """Whether a later update of this chat was answered already."""
        return bool(self._sql.value("inbox_overtaken", chat_id=chat_id, id=inbox_event_id))

    def holders(self, *, now: datetime, latest: datetime) -> set[int]:
        """Whose leases run now; none ends after `latest`."""
        rows = self._sql.all("inbox_holders", now=seconds(now), latest=seconds(latest))
        return {row["leased_by"] for row in rows}

    def release(self, holder: int, *, now: datetime) -> int:
        """Give back what a process that is gone had taken; what was put off still waits."""
        return self._sql.count("inbox_release", holder=holder, now=seconds(now))

    def stuck(self, *, most: int) -> list[InboxEvent]:
        """What staff should look at."""
        return [_inbox_event(row) for row in self._sql.all("inbox_stuck", most=most)]

    def counts(self) -> dict[InboxState, int]:
        """How many inbox events wait for staff, by state."""
        return {InboxState(row["state"]): row["many"] for row in self._sql.all("inbox_counts")}

    def count_elsewhere(self, *, since: datetime) -> int:
        """How many inbox events were of another business."""
        return int(self._sql.value("inbox_elsewhere", since=seconds(since)))

    def waiting(self) -> int:
        """How many inbox events wait to be handled."""
        return int(self._sql.value("inbox_waiting"))

    def next_due(self) -> datetime | None:
        """When the next inbox event is to be handled."""
        return maybe_moment(self._sql.value("inbox_next_due"))

    def get(self, inbox_event_id: int) -> InboxEvent | None:
        """The inbox event of this id."""
        row = self._sql.one("inbox_by_id", id=inbox_event_id)
        return None if row is None else _inbox_event(row)

    def reopen(self, inbox_event_id: int, *, now: datetime) -> bool:
        """Let an inbox event be handled afresh."""
        return self._sql.count("inbox_reopen", id=inbox_event_id, now=seconds(now)) == 1

    def forget_updates(self, *, before: datetime, most: int) -> int:
        """Delete handled chat updates older than this; payment events stay."""
        return self._sql.count("inbox_forget", before=seconds(before), most=most)

    def latest(self, *, most: int) -> list[InboxEvent]:
        """The newest inbox events of payment providers, whatever became of them."""
        return [_inbox_event(row) for row in self._sql.all("inbox_latest", most=most)]

    def erase(self, *, before: datetime, most: int) -> int:
        """Erase what payment events said, older than this; who they were stays.

        Only of those that are handled, and of kinds that the shop does not act on.
        """
        erased = self._sql.count("inbox_erase", nothing=b"", before=seconds(before), most=most)
        return erased + self._sql.count(
            "inbox_erase_noise", nothing=b"", before=seconds(before), most=most - erased
        )


def _inbox_event(row: Row) -> InboxEvent:
    return InboxEvent(
        id=row["id"],
        provider=row["provider"],
        event_id=row["event_id"],
        kind=row["kind"],
        headers=json.loads(row["headers"]),
        body=bytes(row["body"]),
        state=InboxState(row["state"]),
        note=row["note"],
        tries=row["tries"],
        received_at=moment(row["received_at"]),
        chat_id=row["chat_id"],
    )
