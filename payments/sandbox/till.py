"""Stores the sandbox's play money: one JSON file per payment, safe against kill -9.

Only for trying the shop: files are replaced whole and synced, never indexed or cleaned up.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from payments import fields
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import Happening, ProviderError

RETURNED = "_returned"
"""What the event of a returned refund is called after the refund's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that happened to a payment, hidden until `ripe_at`.

    `why` is the reason of a failed charge.
    """

    event_id: str
    happening: Happening
    receipt_id: str
    minor: int
    occurred_at: datetime
    ripe_at: datetime
    why: str = ""

    @property
    def refund(self) -> str:
        """The name of a returned refund; the shop's own reference if the shop made it."""
        if self.happening is not Happening.REFUND_RETURNED:
            return ""
        return self.event_id.removesuffix(RETURNED).removeprefix("evt_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A payment the shop asked for, and everything that happened to it.

    `saves`: the payer agrees to save the card; `card` is how it behaves from then on (see
    `saved_methods`), "" before it is used and after it is deleted. `language` is the payer's
    IETF tag.
    """

    reference: str
    amount: Money
    title: str
    description: str
    expires_at: datetime
    return_url: str
    acts: tuple[Act, ...] = ()
    saves: bool = False
    card: str = ""
    language: str = "en"

    def known(self, now: datetime) -> list[Act]:
        """List what has happened so far."""
        return [act for act in self.acts if act.ripe_at <= now]

    def receipts_by(self, now: datetime) -> list[Act]:
        """List the receipts that have arrived so far."""
        return [act for act in self.receipts() if act.ripe_at <= now]

    def receipts(self) -> list[Act]:
        """List the receipts that arrived or will arrive."""
        return [act for act in self.acts if act.happening is Happening.RECEIVED]


class Till:
    """A directory of slips, safe between processes and across a kill -9."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, reference: str) -> Slip | None:
        """Return the slip with this reference, or None; `ProviderError` if its file is broken."""
        try:
            return _from_json(self._file(reference).read_bytes())
        except FileNotFoundError:
            return None
        except (BadInputError, ValueError) as error:
            raise ProviderError(reason=f"the sandbox's file {reference}.json is broken") from error

    def keep(self, slip: Slip) -> Slip:
        """Store a slip, or return the one that exists already."""
        with self._locked():
            known = self.find(slip.reference)
            if known is None:
                self._write(slip)
            return known or slip

    def add(
        self, reference: str, make: Callable[[Slip], Sequence[Act]], *, card: str | None = None
    ) -> list[Act]:
        """Let `make` decide what happens to a slip next; an unknown slip is a `ProviderError`.

        If something happens, `card` is the card that was used.
        """
        with self._locked():
            slip = self.find(reference)
            if slip is None:
                raise ProviderError(reason=f"the sandbox has no payment {reference}")
            new = list(make(slip))
            if new:
                kept = slip.card if card is None else card
                self._write(replace(slip, acts=(*slip.acts, *new), card=kept))
            return new

    def forget_card(self, reference: str) -> None:
        """Delete this card."""
        with self._locked():
            slip = self.find(reference)
            if slip is not None:
                self._write(replace(slip, card=""))

    def ripen(self, reference: str, now: datetime) -> list[Act]:
        """Reveal all acts now; returns those that were still hidden."""
        with self._locked():
            slip = self.find(reference)
            waiting = [act for act in slip.acts if act.ripe_at > now] if slip else []
            if slip and waiting:
                acts = tuple(replace(a, ripe_at=min(a.ripe_at, now)) for a in slip.acts)
                self._write(replace(slip, acts=acts))
            return waiting

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, slip: Slip) -> None:
        file = self._file(slip.reference)
        draft = file.with_suffix(".new")
        with draft.open("wb") as out:
            out.write(_to_json(slip))
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)

    def _file(self, reference: str) -> Path:
        # The reference comes from a browser and must not lead out of the directory.
        if not (reference.isascii() and reference.replace("_", "").isalnum()):
            raise ProviderError(reason="that is not a reference")
        return self._directory / f"{reference[:40]}.json"


def _to_json(slip: Slip) -> bytes:
    acts = [
        {
            "event_id": act.event_id,
            "happening": act.happening.value,
            "receipt_id": act.receipt_id,
            "minor": act.minor,
            "occurred_at": act.occurred_at.isoformat(),
            "ripe_at": act.ripe_at.isoformat(),
            "why": act.why,
        }
        for act in slip.acts
    ]
    return json.dumps(
        {
            "reference": slip.reference,
            "minor": slip.amount.minor,
            "currency": slip.amount.currency,
            "title": slip.title,
            "description": slip.description,
            "expires_at": slip.expires_at.isoformat(),
            "return_url": slip.return_url,
            "saves": slip.saves,
            "card": slip.card,
            "language": slip.language,
            "acts": acts,
        },
        indent=1,
    ).encode()


def _from_json(raw: bytes) -> Slip:
    data = fields.parse_object(raw)
    return Slip(
        reference=fields.text(data, "reference"),
        amount=Money(fields.whole(data, "minor"), fields.text(data, "currency")),
        title=str(data["title"]),
        description=str(data["description"]),
        expires_at=fields.iso_moment(data, "expires_at"),
        return_url=str(data["return_url"]),
        acts=tuple(_act(row) for row in fields.rows(data, "acts")),
        saves=data.get("saves") is True,
        card=fields.optional_text(data, "card"),
        language=fields.optional_text(data, "language"),
    )


def _act(row: fields.Fields) -> Act:
    return Act(
        event_id=fields.text(row, "event_id"),
        happening=Happening(fields.text(row, "happening")),
        receipt_id=fields.optional_text(row, "receipt_id"),
        minor=fields.whole(row, "minor"),
        occurred_at=fields.iso_moment(row, "occurred_at"),
        ripe_at=fields.iso_moment(row, "ripe_at"),
        why=fields.optional_text(row, "why"),
    )
