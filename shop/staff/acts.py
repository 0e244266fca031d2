"""What a member of staff does: refused where this very tap did it before, done, and noted."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.books import Books
from shop.books.notes import Notes
from shop.core.errors import DoneAlreadyError
from shop.core.facts import Facts, write_facts
from shop.staff.audit_records import AuditLog

_TAPS = 50  # buttons of one kind that are remembered, for each thing they are about


class StaffAct(Facts):
    """What the audit says was done; a wing declares its acts in its `acts.py`, never a secret."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ByStaff:
    """One act of this member of staff in the transaction of `books`.

    `tap` names the button that asked for it; a command has none, and may ask again.
    """

    books: Books
    staff_id: int
    now: datetime
    tap: str = ""

    def refuse_second(self, act: type[StaffAct], about: int) -> None:
        """Raise `DoneAlreadyError` when this tap did this already; the caller has the claim."""
        if not self.tap:
            return
        key = f"tap:{self.staff_id}:{act.kind}:{about}"
        taps = (self.books[Notes].note(key) or "").split()
        if self.tap in taps:
            raise DoneAlreadyError
        self.books[Notes].set_note(key, " ".join([*taps[1 - _TAPS :], self.tap]))

    def note(self, act: StaffAct, *, customer_id: int | None) -> None:
        """Put it into the audit, with whose affairs it changed."""
        self.books[AuditLog].audit(
            self.staff_id,
            act.kind,
            customer_id=customer_id,
            facts=write_facts(act),
            now=self.now,
        )
