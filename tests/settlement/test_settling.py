"""What money and news do in places that no story passes."""

from dataclasses import replace
from typing import Any

import pytest

from shop.core.facts import read_facts
from shop.core.money import Money
from shop.ports import Happening, PaymentEvent
from shop.refunds.notices import MoneyBack
from shop.screening.rules import FraudPolicy
from shop.settlement.reviews import refuse
from shop.settlement.settle import Outcome, Source
from shop.settlement.unassigned import assign
from tests.fixtures.goods import QUARTER
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Tables, contradictions


async def test_more_money_for_an_order_that_a_person_refused_is_the_wallets(
    shop: Shop, tables: Tables
) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    payment = await shop.ask(await shop.greet())
    assert await shop.pay(payment) is Outcome.IN_REVIEW
    await shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    assert await shop.pay(payment) is Outcome.TO_WALLET
    assert tables.rows("SELECT verdict, to_wallet FROM receipts ORDER BY id") == [
        ("refused", 1598),
        ("duplicate", 1598),
    ]
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 0


async def test_more_money_for_an_order_that_a_person_looks_at_is_the_wallets(
    shop: Shop, tables: Tables
) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    payment = await shop.ask(await shop.greet())
    assert await shop.pay(payment) is Outcome.IN_REVIEW
    assert await shop.pay(payment) is Outcome.TO_WALLET
    assert tables.rows("SELECT verdict FROM receipts ORDER BY id") == [
        ("in_review",),
        ("duplicate",),
    ]


@pytest.mark.parametrize(
    ("tax", "booked"),
    [
        (Money(255, "EUR"), 255),
        (Money(1598, "EUR"), 1598),
        (Money(1599, "EUR"), 0),
        (Money(255, "USD"), 0),
        (Money(0, "EUR"), 0),
        (None, 0),
    ],
)
async def test_tax_that_makes_no_sense_does_not_stop_its_money(
    shop: Shop, tables: Tables, tax: Money | None, booked: int
) -> None:
    payment = await shop.ask(await shop.greet())
    event = replace(shop.received(payment), tax=tax)
    assert await shop.settle(event) is Outcome.SETTLED
    assert tables.rows("SELECT minor, tax FROM receipts") == [(1598, booked)]
    paid = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account ="
    assert tables.one(f"{paid} 'tax'") == booked
    assert tables.one(f"{paid} 'sales'") == 1598 - booked
    groups = tables.rows("SELECT DISTINCT group_ref FROM journal ORDER BY group_ref")
    assert groups == [("receipt:1",), ("receipt:1:tax",)][: 2 if booked else 1]


async def test_news_out_of_order_moves_nothing_back(shop: Shop, tables: Tables) -> None:
    payment = await shop.ask(await shop.greet())
    assert await shop.pay(payment) is Outcome.SETTLED
    await shop.drain()
    before = len(shop.told)
    for happening in (Happening.SEEN, Happening.FAILED, Happening.EXPIRED):
        event = replace(shop.received(payment), happening=happening, money=None, receipt_id="")
        assert await shop.settle(event) is Outcome.NOTED
    await shop.drain()
    assert len(shop.told) == before
    assert tables.one("SELECT state FROM payments") == "final"


async def test_a_payment_on_its_way_is_still_asked_about_and_one_that_failed_is_not(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    [(due,)] = tables.rows("SELECT poll_at FROM payments")
    assert due is not None
    for happening, state, poll_at in (
        (Happening.SEEN, "seen", due),
        (Happening.FAILED, "failed", None),
    ):
        event = replace(shop.received(payment), happening=happening, money=None, receipt_id="")
        await shop.settle(event)
        assert tables.rows("SELECT state, poll_at FROM payments") == [(state, poll_at)]


async def test_an_event_that_names_another_providers_order_is_not_ours_whatever_else_it_names(
    shop: Shop, tables: Tables
) -> None:
    anna = await shop.greet()
    theirs = await shop.ask(anna)
    ours = await shop.ask(anna, term=QUARTER, provider="sandbox_crypto")
    event = replace(shop.received(ours), reference=theirs.reference)
    assert await shop.settle(event, provider="sandbox_crypto") is Outcome.UNKNOWN
    assert tables.rows("SELECT verdict, customer_id FROM receipts") == [("unknown_order", None)]


async def test_an_event_whose_reference_nobody_knows_is_found_by_its_page(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    event = replace(shop.received(payment), reference="tk_typed_by_hand")
    assert await shop.settle(event) is Outcome.SETTLED
    assert tables.one("SELECT state FROM orders") == "paid"


@pytest.mark.parametrize("name", ["receipt_id", "provider_ref", "reference"])
async def test_grave_news_is_told_once_for_what_it_is_about_and_again_for_another(
    shop: Shop, name: str
) -> None:
    for number, about in enumerate(("one", "one", "other")):
        nothing = PaymentEvent(
            event_id=f"evt_{number}", kind="dispute", happening=Happening.DISPUTED
        )
        names: dict[str, Any] = {name: about}
        event = replace(nothing, **names)
        assert await shop.settle(event) is Outcome.UNKNOWN
    await shop.drain()
    assert [one.payload["note"].split()[-1] for one in shop.told] == ["one", "other"]


async def test_grave_news_that_names_nothing_is_told_each_time(shop: Shop) -> None:
    for number in range(2):
        event = PaymentEvent(
            event_id=f"evt_{number}", kind="dispute", happening=Happening.DISPUTED
        )
        assert await shop.settle(event) is Outcome.UNKNOWN
    await shop.drain()
    assert len(shop.told) == 2


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money(1598, "EUR"), Money(1598, "EUR")),
        (Money(500, "EUR"), Money(500, "EUR")),
        (None, Money(0, "EUR")),  # it does not say how much: a person looks
    ],
)
async def test_money_that_a_provider_gave_back_by_itself_is_told_to_staff(
    shop: Shop, money: Money | None, said: Money
) -> None:
    payment = await shop.ask(await shop.greet())
    received = shop.received(payment, receipt="pi_1")
    assert await shop.settle(received) is Outcome.SETTLED
    back = replace(received, event_id="back", happening=Happening.REFUNDED, money=money)
    assert await shop.settle(back) is Outcome.NOTED
    await shop.drain()
    told = [one.payload for one in shop.told if one.payload["notice"] == MoneyBack.kind]
    assert [read_facts(MoneyBack, one) for one in told] == [
        MoneyBack(
            customer=payment.customer_id,
            name="Anna",
            provider=CARD,
            plan="solo",
            money=said,
            loss=Money.zero("EUR"),
            owed=Money.zero("EUR"),
            unbooked=Money.zero("EUR"),
        )
    ]


async def test_a_webhook_that_says_nothing_is_paid_yet_is_kept_and_moves_nothing(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    event = replace(shop.received(payment), happening=Happening.PENDING, money=None, receipt_id="")
    assert await shop.settle(event) is Outcome.UNHANDLED
    await shop.drain()
    assert shop.told == []
    assert tables.rows("SELECT state FROM inbox") == [("unhandled",)]
    assert tables.rows("SELECT state FROM payments") == [("created",)]


def test_logs_and_metrics_have_these_words_for_what_an_event_did() -> None:
    assert [str(outcome) for outcome in Outcome] == [
        "known",
        "settled",
        "in_review",
        "to_wallet",
        "noted",
        "asked",
        "unhandled",
        "unknown",
        "elsewhere",
    ]


def test_a_source_that_says_nothing_more_is_believed_and_nobody_looked_at_it() -> None:
    assert Source(provider=CARD) == Source(
        provider=CARD, headers={}, body=b"", is_believed=True, is_looked_at=False
    )


async def test_money_of_nobody_that_completes_an_order_takes_what_came_before_from_the_wallet(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    assert await shop.settle(shop.received(payment, money=Money(600, "EUR"))) is Outcome.TO_WALLET
    rest = replace(
        shop.received(payment, money=Money(998, "EUR")), reference="tk_gone", provider_ref=""
    )
    assert await shop.settle(rest) is Outcome.UNKNOWN
    await shop.run(
        assign,
        STAFF,
        receipt=2,
        customer_id=payment.customer_id,
        reference=payment.reference,
        policy=shop.policy,
        now=shop.now,
    )
    assert tables.one("SELECT state FROM orders") == "paid"
    accounts = "SELECT account, SUM(minor) FROM journal GROUP BY account ORDER BY account"
    assert [(name, int(minor)) for name, minor in tables.rows(accounts)] == [
        (f"provider:{CARD}", 1598),
        ("sales", -1598),
        ("unassigned", 0),
        ("wallet", 0),
    ]
    assert contradictions(tables) == {}
