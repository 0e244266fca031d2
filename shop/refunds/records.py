"""Refunds, one row a try to give money back, and what providers tell of theirs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.books.queries import Row, Sql
from shop.core.errors import NotFoundError
from shop.core.money import Money
from shop.core.moves import must_move
from shop.refunds.cases import Case, case_of
from shop.refunds.states import REFUND_MOVES, RefundState

RECLAIMED = "reclaimed"  # why: money had left that lay in the wallet and was spent on this


class RefundRoute(StrEnum):
    """How money goes back."""

    PROVIDER = "provider"  # asked of the provider by us
    WALLET = "wallet"
    MANUAL = "manual"  # staff pay it back outside
    RETURNED = "returned"  # a bank returned what had gone back, and the wallet has it
    TOLD = "told"  # someone did it at the provider, and the provider told us
    DISPUTE = "dispute"  # a bank took it


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back, or back; `staff_id` None when nobody here did it.

    `tax` is what of `from_order` was tax. `returned_at`: it had gone back, and a bank returned
    it to the provider; `returns` counts how often.
    """

    id: int
    reference: str
    receipt: int
    customer_id: int | None
    route: RefundRoute
    state: RefundState
    money: Money
    from_wallet: Money
    from_order: Money
    tax: Money
    reason: str
    staff_id: int | None
    refund_ref: str
    url: str
    note: str
    tries: int
    made_at: datetime
    done_at: datetime | None
    returned_at: datetime | None
    returns: int

    @property
    def again(self) -> str:
        """Which time it goes, for the names of what is booked and told once: "" is the first."""
        return ":again" * (self.returns > 0) + str(self.returns) * (self.returns > 1)

    @property
    def is_owed_again(self) -> bool:
        """Whether a bank returned it, and it has not found another way yet."""
        return self.state is RefundState.MANUAL and self.returned_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefund:
    """What is noted before anybody is asked."""

    reference: str
    receipt: int
    customer_id: int | None
    route: RefundRoute
    state: RefundState
    money: Money
    from_wallet: Money
    from_order: Money
    tax: Money
    reason: str
    staff_id: int | None
    ask_at: datetime | None
    done_at: datetime | None


class Refunds:
    """The tables of refunds."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def case(self, receipt: int) -> Case:
        """Read under the customer's claim, so that it holds until the commit."""
        row = self._sql.one("refund_case", id=receipt)
        if row is None:
            raise NotFoundError(what="receipt", name=receipt)
        return case_of(row)

    def add(self, new: NewRefund, *, now: datetime) -> int:
        """Note an intent, or what is done already."""
        found: int = self._sql.value(
            "refund_add",
            reference=new.reference,
            receipt=new.receipt,
            customer_id=new.customer_id,
            route=new.route,
            state=new.state,
            minor=new.money.minor,
            currency=new.money.currency,
            from_wallet=new.from_wallet.minor,
            from_order=new.from_order.minor,
            tax=new.tax.minor,
            reason=new.reason,
            staff_id=new.staff_id,
            ask_at=maybe_seconds(new.ask_at),
            now=seconds(now),
            done_at=maybe_seconds(new.done_at),
            holder=self._sql.holder,
        )
        return found

    def get(self, refund_id: int) -> Refund:
        """The refund of this id."""
        row = self._sql.one("refund_by_id", id=refund_id)
        if row is None:
            raise NotFoundError(what="refund", name=refund_id)
        return _refund(row)

    def move(
        self,
        old: Refund,
        state: RefundState,
        *,
        refund_ref: str = "",
        url: str = "",
        note: str = "",
        ask_at: datetime | None,
        done_at: datetime | None = None,
    ) -> bool:
        """Change state and when to ask next; False when another was first.

        Raises `ForbiddenMoveError` where the table does not allow it.
        """
        must_move(REFUND_MOVES, old.state, state)
        changed = self._sql.count(
            "refund_move",
            id=old.id,
            old=old.state,
            state=state,
            refund_ref=refund_ref or old.refund_ref,
            url=url or old.url,
            note=note,
            ask_at=maybe_seconds(ask_at),
            done_at=maybe_seconds(done_at),
        )
        return changed == 1

    def ask_later(
        self,
        known: Refund,
        *,
        refund_ref: str = "",
        url: str = "",
        note: str = "",
        ask_at: datetime | None,
    ) -> None:
        """Note what was heard, and when to ask next; its state stays."""
        self._sql.run(
            "refund_ask_later",
            id=known.id,
            state=known.state,
            refund_ref=refund_ref or known.refund_ref,
            url=url or known.url,
            note=note,
            ask_at=maybe_seconds(ask_at),
        )

    def name(self, refund_id: int, refund_ref: str) -> None:
        """What the provider calls it, where nobody has noted that yet."""
        self._sql.run("refund_name", id=refund_id, refund_ref=refund_ref)

    def mark_returned(self, refund: Refund, *, note: str, now: datetime) -> bool:
        """What had gone back is at the provider again; False when that is known."""
        must_move(REFUND_MOVES, refund.state, RefundState.MANUAL)
        changed = self._sql.count("refund_bounce", id=refund.id, note=note, now=seconds(now))
        return changed == 1

    def by_hand(self, refund: Refund) -> None:
        """What a bank returned was paid back outside by staff."""
        self._sql.run("refund_by_hand", id=refund.id)

    def given_anew(self, refund: Refund) -> None:
        """What a bank returned was given back at the provider again: it may return once more."""
        self._sql.run("refund_given_anew", id=refund.id)

    def into_wallet(self, refund: Refund, *, now: datetime) -> bool:
        """What a bank returned is in the wallet now; False when another was first."""
        must_move(REFUND_MOVES, refund.state, RefundState.DONE)
        return self._sql.count("refund_into_wallet", id=refund.id, now=seconds(now)) == 1

    def of(self, customer_id: int, *, most: int) -> list[Refund]:
        """A customer's latest refunds."""
        rows = self._sql.all("refunds_of", customer_id=customer_id, most=most)
        return [_refund(row) for row in rows]

    def of_receipt(self, receipt: int) -> list[Refund]:
        """What went back, or was to, of one receipt; the oldest first."""
        return [_refund(row) for row in self._sql.all("refunds_of_receipt", receipt=receipt)]

    def claim(self, *, now: datetime, lease: datetime, most: int) -> list[Refund]:
        """Refunds it is time to ask about; no one else asks until `lease`."""
        rows = self._sql.all(
            "refunds_claim",
            now=seconds(now),
            lease=seconds(lease),
            most=most,
            holder=self._sql.holder,
        )
        return [_refund(row) for row in rows]

    def holders(self, *, now: datetime, latest: datetime) -> set[int]:
        """Whose leases run now; none ends after `latest`."""
        rows = self._sql.all("refunds_holders", now=seconds(now), latest=seconds(latest))
        return {row["leased_by"] for row in rows}

    def release(self, holder: int, *, now: datetime) -> int:
        """Give back what a process that is gone had taken; what was put off still waits."""
        return self._sql.count("refunds_release", holder=holder, now=seconds(now))

    def next_question(self) -> datetime | None:
        """When it is time to ask about a refund next."""
        return maybe_moment(self._sql.value("refunds_next"))

    def totals(self, *, since: datetime, until: datetime) -> list[tuple[int, Money]]:
        """How many went back, and how much, in each currency."""
        rows = self._sql.all("refunds_totals", since=seconds(since), until=seconds(until))
        return [(row["many"], Money(int(row["minor"]), row["currency"])) for row in rows]

    def spendings_after(
        self, receipt: int, *, customer_id: int, currency: str
    ) -> list[tuple[int, Money]]:
        """Receipts that the wallet paid a part of since, with that part; the latest first."""
        rows = self._sql.all(
            "wallet_spendings", receipt=receipt, customer_id=customer_id, currency=currency
        )
        return [(row["id"], Money(int(row["minor"]), currency)) for row in rows]

    def lessen(
        self, refund_id: int, *, by: Money, from_wallet: Money, from_order: Money, tax: Money
    ) -> None:
        """A part of it has become a refund of its own."""
        self._sql.run(
            "refund_lessen",
            id=refund_id,
            minor=by.minor,
            from_wallet=from_wallet.minor,
            from_order=from_order.minor,
            tax=tax.minor,
        )


def _refund(row: Row) -> Refund:
    currency = row["currency"]
    return Refund(
        id=row["id"],
        reference=row["reference"],
        receipt=row["receipt"],
        customer_id=row["customer_id"],
        route=RefundRoute(row["route"]),
        state=RefundState(row["state"]),
        money=Money(row["minor"], currency),
        from_wallet=Money(row["from_wallet"], currency),
        from_order=Money(row["from_order"], currency),
        tax=Money(row["tax"], currency),
        reason=row["reason"],
        staff_id=row["staff_id"],
        refund_ref=row["refund_ref"],
        url=row["url"],
        note=row["note"],
        tries=row["tries"],
        made_at=moment(row["made_at"]),
        done_at=maybe_moment(row["done_at"]),
        returned_at=maybe_moment(row["returned_at"]),
        returns=row["returns"],
    )
