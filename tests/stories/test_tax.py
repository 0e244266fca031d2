"""Tax that a provider reckons: out of the sales when it comes, and back with what goes back."""

from dataclasses import replace

import pytest

from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import Happening, PaymentEvent, ProviderError
from shop.refunds.manual_refunds import cancel_manual_refund
from shop.refunds.records import RefundRoute
from shop.screening.rules import FraudPolicy
from shop.settlement.reviews import approve, refuse
from shop.settlement.settle import Outcome
from shop.settlement.unassigned import assign
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables, contradictions
from tests.stories.test_refund_cases import Till, give, news, refunds

TAX = Money(255, "EUR")  # of 15.98, at 19 %


def taxed(shop: Shop, payment: Payment, tax: Money = TAX) -> PaymentEvent:
    return replace(shop.received(payment, receipt="money_1"), tax=tax)


async def sold(shop: Shop) -> Payment:
    payment = await shop.ask(await shop.greet())
    assert await shop.settle(taxed(shop, payment)) is Outcome.SETTLED
    return payment


def earned(tables: Tables) -> tuple[int, int]:
    """What the books say is the shop's own, and what is tax."""
    found = dict(tables.rows("SELECT account, SUM(-minor) FROM journal GROUP BY account"))
    return int(found.get("sales", 0)), int(found.get("tax", 0))


async def test_what_is_sold_is_less_its_tax(shop: Shop, tables: Tables) -> None:
    payment = await sold(shop)
    assert earned(tables) == (1343, 255)
    await shop.settle(taxed(shop, payment))
    assert earned(tables) == (1343, 255), "told twice, booked once"
    assert contradictions(tables) == {}


async def test_tax_goes_back_in_parts_and_all_of_it_at_last(shop: Shop, tables: Tables) -> None:
    await sold(shop)
    await give(shop, 500)
    assert earned(tables) == (1343 - 421, 255 - 79)
    await give(shop, 500, route=RefundRoute.WALLET)
    assert earned(tables) == (1343 - 421 - 420, 255 - 79 - 80)
    await give(shop, 1098)  # with what the wallet has of it
    assert earned(tables) == (0, 0)
    assert contradictions(tables) == {}


async def test_a_refund_that_is_refused_brings_its_tax_back_too(
    shop: Shop, tables: Tables
) -> None:
    await sold(shop)
    await give(shop, 500, till=Till(ProviderError(reason="no")))
    by_hand = await give(shop, 700, route=RefundRoute.MANUAL)
    assert earned(tables) == (1343 - 589, 255 - 111)
    await shop.run(
        cancel_manual_refund, STAFF, refund_id=by_hand.id, policy=shop.policy, now=shop.now
    )
    assert earned(tables) == (1343, 255)
    await give(shop)
    assert earned(tables) == (0, 0)


async def test_what_the_provider_tells_and_what_a_bank_takes_go_with_their_tax(
    shop: Shop, tables: Tables
) -> None:
    payment = await sold(shop)
    await shop.settle(news(shop, payment, Happening.REFUNDED, 500))
    assert earned(tables) == (1343 - 421, 255 - 79)
    await shop.settle(news(shop, payment, Happening.DISPUTED, 1098, dispute="du_1"))
    await shop.settle(news(shop, payment, Happening.DISPUTE_LOST, 1098, dispute="du_1"))
    assert earned(tables) == (0, 0)
    assert contradictions(tables) == {}


async def test_money_that_waited_for_a_person_is_taxed_when_it_is_sold(
    shop: Shop, tables: Tables
) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    payment = await shop.ask(await shop.greet())
    assert await shop.settle(taxed(shop, payment)) is Outcome.IN_REVIEW
    assert earned(tables) == (0, 0)
    await shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    assert earned(tables) == (1343, 255)


async def test_money_that_a_person_refused_is_no_sale(shop: Shop, tables: Tables) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    payment = await shop.ask(await shop.greet())
    await shop.settle(taxed(shop, payment))
    await shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    await give(shop)
    assert earned(tables) == (0, 0)
    assert refunds(tables) == [("provider", "done", 1598)]


async def test_money_of_no_known_order_is_taxed_with_the_order_it_is_given(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(customer := await shop.greet())
    lost = replace(taxed(shop, payment), reference="tk_other", provider_ref="")
    assert await shop.settle(lost) is Outcome.UNKNOWN
    assert earned(tables) == (0, 0)
    await shop.run(
        assign,
        STAFF,
        receipt=1,
        customer_id=customer.id,
        reference=payment.reference,
        policy=shop.policy,
        now=shop.now,
    )
    assert earned(tables) == (1343, 255)


@pytest.mark.parametrize("tax", [Money(9999, "EUR"), Money(100, "USD"), Money(0, "EUR")])
async def test_tax_that_cannot_be_keeps_no_money_out(
    shop: Shop, tables: Tables, tax: Money
) -> None:
    payment = await shop.ask(await shop.greet())
    assert await shop.settle(taxed(shop, payment, tax)) is Outcome.SETTLED
    assert earned(tables) == (1598, 0)
