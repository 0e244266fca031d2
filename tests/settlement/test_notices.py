"""What settlement tells both sides, fact for fact: a sum told wrong is money believed wrong."""

from dataclasses import replace
from typing import Any, TypeVar

import pytest

from shop.core.facts import read_facts
from shop.core.intervals import add_months
from shop.core.money import Money
from shop.ledger.receiving import ReceiptPolicy, Tolerance, Verdict
from shop.messaging.notices import Notice
from shop.orders.payment_records import Payment
from shop.ports import ForeignAccount, Happening, PaymentEvent, ReturnedRefund
from shop.screening.rules import Check, Finding, FraudPolicy, Ruling, TooMuch
from shop.settlement.notices import (
    Assigned,
    ForeignEvent,
    InReview,
    LeftToStaff,
    MoneyInReview,
    OddMoney,
    Paid,
    PaymentFailed,
    ReviewRefused,
    Sale,
    Seen,
    SeenNoMore,
    ToWallet,
    UnknownMoney,
)
from shop.settlement.reviews import refuse
from shop.settlement.settle import Outcome
from shop.settlement.unassigned import assign
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Tables

N = TypeVar("N", bound=Notice)
PRICE, NOTHING = Money(1598, "EUR"), Money(0, "EUR")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


async def told(shop: Shop, notice: type[N]) -> list[N]:
    """The notices of a kind, each as it will be read."""
    await shop.drain()
    payloads = [one.payload for one in shop.told if one.payload["notice"] == notice.kind]
    return [read_facts(notice, payload) for payload in payloads]


async def asked(shop: Shop) -> Payment:
    return await shop.ask(await shop.greet())


def of_no_order(
    shop: Shop,
    payment: Payment,
    **changes: Any,  # noqa: ANN401 - any field
) -> PaymentEvent:
    event = replace(shop.received(payment, receipt="pi_1"), reference="tk_gone", provider_ref="")
    return replace(event, **changes)


# what comes for 15.98 -> how it is judged, what goes to the wallet, what was let be
SALES = {
    "exact": (PRICE, Verdict.PAID, NOTHING, NOTHING),
    "too much": (eur(1700), Verdict.OVER, eur(102), NOTHING),
    "a little short": (eur(1590), Verdict.TOLERATED, NOTHING, eur(8)),
}


@pytest.mark.parametrize(
    ("money", "verdict", "to_wallet", "missing"), SALES.values(), ids=SALES.keys()
)
async def test_both_sides_read_the_same_of_a_sale(
    shop: Shop, money: Money, verdict: Verdict, to_wallet: Money, missing: Money
) -> None:
    shop.policy = shop.policy.choosing(ReceiptPolicy(tolerance={"EUR": Tolerance(minor=8)}))
    payment = await asked(shop)
    assert await shop.settle(shop.received(payment, money=money)) is Outcome.SETTLED
    [paid] = await told(shop, Paid)
    assert paid == Paid(
        plan="solo",
        term=MONTH,
        money=money,
        verdict=verdict,
        to_wallet=to_wallet,
        from_wallet=NOTHING,
        missing=missing,
        until=add_months(shop.now, 1, anchor_day=shop.now.day),
        is_new=True,
        receipt=1,
        by_itself="",
    )
    assert await told(shop, Sale) == [
        Sale(
            customer=payment.customer_id,
            name="Anna",
            plan="solo",
            term=MONTH,
            money=money,
            verdict=verdict,
            to_wallet=to_wallet,
            from_wallet=NOTHING,
            missing=missing,
        )
    ]


async def test_the_rest_of_a_sum_is_told_with_what_the_wallet_gave(shop: Shop) -> None:
    payment = await asked(shop)
    await shop.settle(shop.received(payment, money=eur(600)))
    await shop.settle(shop.received(payment, money=eur(998)))
    [paid], [sale] = await told(shop, Paid), await told(shop, Sale)
    assert (paid.money, paid.from_wallet, paid.to_wallet) == (eur(998), eur(600), NOTHING)
    assert (sale.money, sale.from_wallet, sale.to_wallet) == (eur(998), eur(600), NOTHING)
    again = await shop.ask(await shop.greet())
    await shop.pay(again)
    assert [one.is_new for one in await told(shop, Paid)] == [True, False]


@pytest.mark.parametrize(
    ("money", "verdict"),
    [
        (eur(600), Verdict.SHORT),
        (Money(600, "USD"), Verdict.WRONG_CURRENCY),
        (Money(600, "CHF"), Verdict.WRONG_CURRENCY),
    ],
)
async def test_both_sides_read_of_money_its_order_does_not_take(
    shop: Shop, money: Money, verdict: Verdict
) -> None:
    payment = await asked(shop)
    assert await shop.settle(shop.received(payment, money=money)) is Outcome.TO_WALLET
    assert await told(shop, ToWallet) == [
        ToWallet(plan="solo", term=MONTH, money=money, verdict=verdict, due=PRICE)
    ]
    assert await told(shop, OddMoney) == [
        OddMoney(
            customer=payment.customer_id,
            name="Anna",
            provider=CARD,
            plan="solo",
            term=MONTH,
            money=money,
            verdict=verdict,
            due=PRICE,
        )
    ]


async def test_of_held_money_the_customer_reads_the_sum_and_staff_why(shop: Shop) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    payment = await asked(shop)
    assert await shop.pay(payment) is Outcome.IN_REVIEW
    assert await told(shop, InReview) == [InReview(plan="solo", money=PRICE, receipt=1)]
    why = Finding(
        check=Check.FIRST_ORDER,
        ruling=Ruling.HOLD,
        why=TooMuch(money=PRICE, limit=eur(500)),
    )
    assert await told(shop, MoneyInReview) == [
        MoneyInReview(
            review=1,
            customer=payment.customer_id,
            name="Anna",
            provider=CARD,
            plan="solo",
            term=MONTH,
            money=PRICE,
            findings=(why,),
        )
    ]
    await shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    assert await told(shop, ReviewRefused) == [ReviewRefused(plan="solo", money=PRICE)]


async def test_staff_read_of_money_of_no_order_by_what_they_find_it_and_its_owner_that_it_came(
    shop: Shop, tables: Tables
) -> None:
    payment = await asked(shop)
    assert await shop.settle(of_no_order(shop, payment)) is Outcome.UNKNOWN
    assert await told(shop, UnknownMoney) == [
        UnknownMoney(receipt=1, receipt_id="pi_1", reference="tk_gone", provider=CARD, money=PRICE)
    ]
    customer = payment.customer_id
    await shop.run(
        assign, STAFF, receipt=1, customer_id=customer, policy=shop.policy, now=shop.now
    )
    assert await told(shop, Assigned) == [Assigned(money=PRICE)]
    assert tables.rows("SELECT state, note FROM inbox") == [("done", f"to customer {customer}")]


async def test_a_payment_on_its_way_and_one_that_failed_are_told_to_the_customer_alone(
    shop: Shop,
) -> None:
    payment = await asked(shop)
    for happening in (Happening.SEEN, Happening.SEEN, Happening.FAILED):
        event = replace(shop.received(payment), happening=happening, money=None, receipt_id="")
        assert await shop.settle(event) is Outcome.NOTED
    assert await told(shop, Seen) == [Seen(plan="solo")]
    assert await told(shop, SeenNoMore) == [
        SeenNoMore(plan="solo", term=MONTH, provider=CARD, has_failed=True, is_paid=False)
    ]
    assert len(shop.told) == 2


async def test_a_payment_that_fails_before_it_was_seen_is_told_to_the_customer(shop: Shop) -> None:
    payment = await asked(shop)
    event = replace(shop.received(payment), happening=Happening.FAILED, money=None, receipt_id="")
    assert await shop.settle(event) is Outcome.NOTED
    assert await told(shop, PaymentFailed) == [PaymentFailed(plan="solo", term=MONTH)]
    assert len(shop.told) == 1


async def test_a_payment_that_ran_out_is_told_to_nobody(shop: Shop, tables: Tables) -> None:
    payment = await asked(shop)
    event = replace(shop.received(payment), happening=Happening.EXPIRED, money=None, receipt_id="")
    assert await shop.settle(event) is Outcome.NOTED
    await shop.drain()
    assert shop.told == []
    assert tables.rows("SELECT state, poll_at FROM payments") == [("expired", None)]


async def test_an_event_of_another_account_names_the_account(shop: Shop) -> None:
    payment = await asked(shop)
    event = of_no_order(
        shop,
        payment,
        happening=Happening.FOREIGN,
        money=None,
        detail=ForeignAccount(account="acct_other"),
    )
    assert await shop.settle(event) is Outcome.UNHANDLED
    assert await told(shop, ForeignEvent) == [
        ForeignEvent(inbox_event=1, provider=CARD, account="acct_other")
    ]
    assert await told(shop, LeftToStaff) == []


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        pytest.param(
            {"happening": Happening.REFUNDED, "receipt_id": "re_1", "reference": "tk_x"},
            "reference tk_x, money re_1",
            id="a refund",
        ),
        pytest.param(
            {
                "happening": Happening.REFUND_RETURNED,
                "reference": "",
                "provider_ref": "cs_9",
                "detail": ReturnedRefund(refund_ref="re_7", reason="closed account"),
            },
            "payment cs_9, money pi_1, refund_ref re_7, reason closed account",
            id="a refund that a bank returned",
        ),
        pytest.param({"happening": Happening.ASK}, "reference tk_gone, money pi_1", id="a hint"),
    ],
)
async def test_grave_news_of_no_known_payment_is_told_by_what_a_person_finds_it(
    shop: Shop, changes: dict[str, Any], note: str
) -> None:
    payment = await asked(shop)
    event = of_no_order(shop, payment, kind="odd.news", money=None, **changes)
    assert await shop.settle(event) is Outcome.UNKNOWN
    assert await told(shop, LeftToStaff) == [
        LeftToStaff(inbox_event=1, provider=CARD, what="odd.news", note=note)
    ]


async def test_a_long_note_is_cut_for_the_chat_and_kept_whole(shop: Shop, tables: Tables) -> None:
    payment = await asked(shop)
    event = of_no_order(
        shop, payment, happening=Happening.DISPUTED, money=None, reference="r" * 300
    )
    await shop.settle(event)
    [notice] = await told(shop, LeftToStaff)
    whole = f"reference {'r' * 300}, money pi_1"
    assert notice.note == whole[:200]
    assert tables.one("SELECT note FROM inbox") == whole
