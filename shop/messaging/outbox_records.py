"""Effects that leave the process after the commit (laws 3 and 10): at least once, in lanes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from shop.books.moments import maybe_moment, moment, seconds
from shop.books.queries import Row, Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect to be queued; effects of one lane happen in order, a key happens once.

    `kind` is declared by the wing that queues it, and says what carries it out.
    """

    kind: str
    lane: str
    key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedEffect:
    """An effect taken from the queue; `tries` counts this one."""

    id: int
    kind: str
    lane: str
    key: str
    payload: Mapping[str, Any]
    tries: int
    due_at: datetime
    created_at: datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much of one kind waits, and since when."""

    kind: str
    many: int
    oldest: datetime


class Outbox:
    """The table of effects."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(self, effects: Sequence[Effect], *, now: datetime) -> None:
        """Queue; an effect whose key is known already is left as it is."""
        if effects:
            self._sql.many("outbox_add_many", [_columns(effect, now) for effect in effects])

    def claim(self, *, now: datetime, lease: datetime, most: int) -> list[QueuedEffect]:
        """Take due effects, one a lane; unfinished ones come again after `lease`."""
        rows = self._sql.all(
            "outbox_claim",
            now=seconds(now),
            lease=seconds(lease),
            most=most,
            holder=self._sql.holder,
        )
        return sorted((_effect(row) for row in rows), key=lambda effect: effect.id)

    def finish(
        self, effect_id: int, *, now: datetime, state: str = "done", error: str = ""
    ) -> bool:
        """It happened (`done`), is not wanted any more (`dropped`), or never will (`dead`)."""
        done = self._sql.count(
            "outbox_finish", id=effect_id, state=state, now=seconds(now), error=error
        )
        return done == 1

    def again(
        self, effect_id: int, *, due_at: datetime, error: str, is_counted: bool = True
    ) -> None:
        """Try later; an uncounted try (the other side said when) does not wear it out."""
        self._sql.run(
            "outbox_again",
            id=effect_id,
            due_at=seconds(due_at),
            error=error,
            forgiven=0 if is_counted else 1,
        )

    def holders(self, *, now: datetime, latest: datetime) -> set[int]:
        """Whose leases run now; none ends after `latest`."""
        rows = self._sql.all("outbox_holders", now=seconds(now), latest=seconds(latest))
        return {row["leased_by"] for row in rows}

    def release(self, holder: int, *, now: datetime) -> int:
        """Give back what a process that is gone had taken; what was put off still waits."""
        return self._sql.count("outbox_release", holder=holder, now=seconds(now))

    def replay(self, effect_id: int, *, now: datetime) -> bool:
        """Let a dead effect try afresh."""
        return self._sql.count("outbox_replay", id=effect_id, now=seconds(now)) == 1

    def dismiss(self, effect_id: int, *, now: datetime) -> bool:
        """Put a dead effect away."""
        return self._sql.count("outbox_dismiss", id=effect_id, now=seconds(now)) == 1

    def dead(self, *, most: int) -> list[QueuedEffect]:
        """Effects that were given up."""
        return [_effect(row) for row in self._sql.all("outbox_dead", most=most)]

    def count_dead(self) -> int:
        """How many effects were given up."""
        return int(self._sql.value("outbox_count_dead"))

    def get(self, effect_id: int) -> QueuedEffect | None:
        """The effect of this id."""
        row = self._sql.one("outbox_by_id", id=effect_id)
        return None if row is None else _effect(row)

    def depth(self) -> list[Depth]:
        """What waits, by kind."""
        return [
            Depth(kind=row["kind"], many=row["many"], oldest=moment(row["oldest"]))
            for row in self._sql.all("outbox_depth")
        ]

    def messages_sent(self, lane: str, *, most: int) -> list[tuple[Mapping[str, Any], datetime]]:
        """What a chat was sent, and when; the latest first."""
        rows = self._sql.all("outbox_messages_sent", lane=lane, most=most)
        return [(json.loads(row["payload"]), moment(row["done_at"])) for row in rows]

    def next_due(self) -> datetime | None:
        """When the next effect is due."""
        return maybe_moment(self._sql.value("outbox_next_due"))


def _columns(effect: Effect, now: datetime) -> dict[str, object]:
    at = seconds(now)
    return {
        "kind": effect.kind,
        "lane": effect.lane,
        "key": effect.key,
        "payload": to_json(effect.payload).decode(),
        "due_at": at,
        "now": at,
    }


def _effect(row: Row) -> QueuedEffect:
    return QueuedEffect(
        id=row["id"],
        kind=row["kind"],
        lane=row["lane"],
        key=row["key"],
        payload=json.loads(row["payload"]),
        tries=row["tries"],
        due_at=moment(row["due_at"]),
        created_at=moment(row["created_at"]),
        error=row["error"],
    )
