"""What staff are shown at once: a chat holds so much, and the oldest comes first."""

from dataclasses import replace

from shop.core.money import Money
from shop.ledger.receiving import Judgement, Verdict
from shop.screening.rules import BlockedBy, FraudPolicy
from shop.settlement.reviews import block, blocklist, waiting
from shop.settlement.settle import Outcome
from shop.settlement.unassigned import places_for, unassigned, unassigned_receipt
from tests.fixtures.goods import TERMS
from tests.fixtures.shop import STAFF, Shop


async def test_twenty_payments_to_review_are_shown_the_oldest_first(shop: Shop) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    for number in range(21):
        payment = await shop.ask(await shop.greet(2000 + number))
        assert await shop.pay(payment) is Outcome.IN_REVIEW
        shop.clock.move(seconds=1)
    shown = await shop.storage.read(waiting)
    assert [review.id for review, _ in shown] == list(range(1, 21))
    assert [customer.telegram_id for _, customer in shown] == [2000 + n for n in range(20)]
    nothing = Money(0, "EUR")
    assert shown[0][0].judgement == Judgement(
        verdict=Verdict.PAID,
        to_order=Money(1598, "EUR"),
        to_wallet=nothing,
        from_wallet=nothing,
        fulfils=True,
    )


async def test_twenty_unassigned_payments_are_shown_the_oldest_first(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    for _ in range(21):
        event = replace(shop.received(payment), reference="tk_gone", provider_ref="")
        assert await shop.settle(event) is Outcome.UNKNOWN
        shop.clock.move(seconds=1)
    shown = await shop.storage.read(unassigned)
    assert [money.id for money in shown] == list(range(1, 21))


async def test_five_who_owe_just_this_much_are_offered_and_five_orders_of_one(shop: Shop) -> None:
    payments = [await shop.ask(await shop.greet(3000 + number)) for number in range(6)]
    event = replace(shop.received(payments[0]), reference="tk_gone", provider_ref="")
    assert await shop.settle(event) is Outcome.UNKNOWN
    _, owing = await shop.storage.read(unassigned_receipt, 1)
    assert len(owing) == 5
    anna = await shop.greet(3000)
    for term in TERMS:
        for slug in ("solo", "duo"):
            await shop.ask(anna, slug=slug, term=term)
    place = await shop.storage.read(places_for, 1, anna.id)
    assert len(place.orders) == 5
    assert place.customer.id == anna.id


async def test_forty_blocked_are_shown_and_each_stands_there_once(shop: Shop) -> None:
    async def put(name: str) -> bool:
        kind = BlockedBy.USERNAME
        return await shop.run(block, STAFF, kind, name, reason="fraud", now=shop.now)

    for number in range(41):
        assert await put(f"@Someone{number:02}")
        shop.clock.move(seconds=1)
    assert not await put(" someone00 ")
    shown = await shop.storage.read(blocklist)
    assert [one.value for one in shown] == [f"someone{n:02}" for n in range(40, 0, -1)]
