"""What may happen to money after it came: refunds by staff, by the provider, and by banks."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shop.core.errors import NotFoundError
from shop.core.money import Money
from shop.ports import (
    DisputeFacts,
    EventDetail,
    Happening,
    PaymentEvent,
    RefundAnswer,
    RefundStep,
    ReturnedRefund,
)
from shop.refunds.dispute_decisions import dismiss_warning
from shop.refunds.manual_refunds import cancel_manual_refund, confirm_manual_refund
from shop.refunds.records import RefundRoute
from shop.refunds.refund import (
    RefundMovedOnError,
    RefundWish,
    begin_refund,
    note_answer,
    note_refusal,
    note_silence,
)
from shop.refunds.rules import AccessAfterRefund, RefundPolicy, TooMuchBackError
from tests.fixtures.shop import STAFF, Shop
from tests.invariants.what_there_is import Things, there_are

T = TypeVar("T")
RECEIPTS = "SELECT r.id, r.minor, r.currency, r.provider, r.receipt_id FROM receipts AS r"
ANSWERS = [RefundStep.DONE, RefundStep.PENDING, RefundStep.LINK, RefundStep.FAILED]


class MoneyBack(Things):
    """Rules for a machine that has a shop, its tables, and a way to run both."""

    shop: Shop

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The machine runs it to its end."""
        raise NotImplementedError

    @rule(
        whole=st.sampled_from(AccessAfterRefund),
        part=st.sampled_from(AccessAfterRefund),
        disputes=st.booleans(),
        warnings=st.booleans(),
    )
    def the_owner_changes_his_mind(
        self, whole: AccessAfterRefund, part: AccessAfterRefund, *, disputes: bool, warnings: bool
    ) -> None:
        chosen = RefundPolicy(
            whole=whole, part=part, hold_disputes=disputes, hold_warnings=warnings
        )
        self.shop.policy = self.shop.policy.choosing(chosen)

    @there_are("receipts")
    @rule(
        which=st.integers(0, 9),
        percent=st.sampled_from([1, 33, 50, 100, 101]),
        route=st.sampled_from([RefundRoute.PROVIDER, RefundRoute.WALLET, RefundRoute.MANUAL]),
    )
    def staff_give_back(self, which: int, percent: int, route: RefundRoute) -> None:
        receipt, minor, currency, *_ = self._receipt(which)
        money = Money(max(minor * percent // 100, 1), currency)
        wish = RefundWish(receipt=receipt, money=money, route=route, reason="wish")
        try:
            self.do(
                self.shop.run(
                    begin_refund, wish, STAFF, policy=self.shop.policy, now=self.shop.now
                )
            )
        except TooMuchBackError:
            return

    @there_are("refunds asked for")
    @rule(which=st.integers(0, 6), step=st.sampled_from(ANSWERS))
    def a_provider_answers(self, which: int, step: RefundStep) -> None:
        answer = RefundAnswer(step=step, url="https://claim.example/1", note="odd")
        self._on_refund(note_answer, which, answer)

    @there_are("refunds asked for")
    @rule(which=st.integers(0, 6), is_silent=st.booleans())
    def a_provider_does_not_answer(self, which: int, *, is_silent: bool) -> None:
        if is_silent:
            self._on_refund(note_silence, which, "nobody there", policy=None)
        else:
            self._on_refund(note_refusal, which, "no")

    @there_are("refunds by hand", "refunds asked for")
    @rule(which=st.integers(0, 6), is_paid=st.booleans())
    def staff_pay_by_hand(self, which: int, *, is_paid: bool) -> None:
        kind = "refunds by hand" if self.things["refunds by hand"] else "refunds asked for"
        try:
            self.do(
                self.shop.run(
                    confirm_manual_refund if is_paid else cancel_manual_refund,
                    STAFF,
                    refund_id=self.one_of(kind, which),
                    policy=self.shop.policy,
                    now=self.shop.now,
                )
            )
        except (RefundMovedOnError, NotFoundError):
            return

    @there_are("receipts")
    @rule(which=st.integers(0, 9), percent=st.sampled_from([1, 40, 100, 150]))
    def a_provider_tells_a_total(self, which: int, percent: int) -> None:
        _receipt, minor, currency, provider, name = self._receipt(which)
        money = Money(max(minor * percent // 100, 1), currency)
        self.told(provider, Happening.REFUNDED, name, money, at=self.shop.now)

    @there_are("refunds")
    @rule(which=st.integers(0, 6), percent=st.sampled_from([50, 100]), is_named=st.booleans())
    def a_bank_returns_a_refund(self, which: int, percent: int, *, is_named: bool) -> None:
        provider, name, minor, currency, reference = self.one_of("refunds", which)
        money = Money(max(minor * percent // 100, 1), currency)
        detail = ReturnedRefund(reference=reference if is_named else "", refund_ref="re_odd")
        self.told(provider, Happening.REFUND_RETURNED, name, money, detail, at=self.shop.now)

    @there_are("receipts")
    @rule(
        which=st.integers(0, 9),
        happening=st.sampled_from(
            [
                Happening.DISPUTED,
                Happening.DISPUTE_WON,
                Happening.DISPUTE_LOST,
                Happening.WARNED,
            ]
        ),
        name=st.sampled_from(["", "du_1", "du_2"]),
        percent=st.sampled_from([0, 30, 100, 100, 170]),
    )
    def a_bank_asks(self, which: int, happening: Happening, name: str, percent: int) -> None:
        """An inquiry names no sum."""
        _receipt, minor, currency, provider, receipt_id = self._receipt(which)
        asked = minor * percent // 100
        money = Money(asked, currency) if asked else None
        detail = DisputeFacts(dispute_ref=name) if name else None
        self.told(provider, happening, receipt_id, money, detail, at=self.shop.now)

    @there_are("disputes")
    @rule(
        which=st.integers(0, 4),
        words=st.lists(
            st.tuples(
                st.sampled_from(
                    [Happening.DISPUTED, Happening.DISPUTE_WON, Happening.DISPUTE_LOST]
                ),
                st.sampled_from([1, 1, 1, 0, -1, -9, None]),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def a_bank_turns_round(self, which: int, words: list[tuple[Happening, int | None]]) -> None:
        """It says one thing after the other about one case, in any order of its own days."""
        number = self.one_of("disputes", which)
        provider, receipt_id, name, asked, currency = self.tables.rows(
            f"SELECT provider, receipt_id, dispute_ref, asked, currency FROM disputes WHERE id = {number}"  # noqa: E501,S608 - a number of ours
        )[0]
        for happening, days in words:
            self.shop.clock.move(days=1)
            at = None if days is None else self.shop.now + timedelta(days=days - 1)
            money = Money(asked, currency) if asked else None
            detail = DisputeFacts(dispute_ref=name)
            self.told(provider, happening, receipt_id, money, detail, at=at)

    @there_are("disputes")
    @rule(which=st.integers(0, 4))
    def staff_trust(self, which: int) -> None:
        number = self.one_of("disputes", which)
        self.do(self.shop.run(dismiss_warning, STAFF, dispute_id=number, now=self.shop.now))

    def told(
        self,
        provider: str,
        happening: Happening,
        receipt_id: str,
        money: Money | None,
        detail: EventDetail | None = None,
        *,
        at: datetime | None = None,
    ) -> None:
        """A provider's news that names only the money; `at` by its own clock."""
        event = PaymentEvent(
            event_id=f"news_{next(self.shop.numbers)}",
            kind=f"payment.{happening}",
            happening=happening,
            receipt_id=receipt_id,
            money=money,
            detail=detail,
            occurred_at=at,
        )
        self.do(self.shop.settle(event, provider=provider))

    def _receipt(self, which: int) -> tuple[Any, ...]:
        number = self.one_of("receipts", which)
        return self.tables.rows(f"{RECEIPTS} WHERE r.id = {number}")[0]

    def _on_refund(
        self, act: Callable[..., Any], which: int, word: object, **facts: object
    ) -> None:
        given = {"policy": self.shop.policy, "now": self.shop.now} | facts
        kept = {name: fact for name, fact in given.items() if fact is not None}
        self.do(self.shop.run(act, self.one_of("refunds asked for", which), word, **kept))
