"""Money that a person looks at first: in the books at once, delivered once or given back."""

import asyncio
from dataclasses import replace

import pytest

from shop.books.books import Books
from shop.checkout.payment import Choice, InReviewError
from shop.checkout.trial import start_trial
from shop.checkout.wallet import pay_from_wallet
from shop.core.errors import DoneAlreadyError
from shop.core.money import Money
from shop.intake.pre_checkout import may_pay
from shop.ledger.journal_records import Journal
from shop.ledger.receipt_records import Receipts
from shop.ledger.receiving import Judgement, Verdict
from shop.orders.payment_records import Payment
from shop.orders.ways import WALLET
from shop.ports import Happening, Payer, PaymentEvent
from shop.screening.rules import BlockedBy, Check, FraudPolicy, RefusedError, Ruling
from shop.settlement.open_review import in_review
from shop.settlement.review_records import Reviews
from shop.settlement.reviews import approve, block, refuse, unblock, waiting
from shop.settlement.settle import Outcome
from tests.fixtures.goods import QUARTER
from tests.fixtures.meeting import UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Tables, contradictions

CAUTIOUS = FraudPolicy(first_order={"EUR": 500})


def being(shop: Shop, policy: FraudPolicy) -> None:
    shop.policy = shop.policy.choosing(policy)


async def held_payment(shop: Shop, telegram_id: int = 1001) -> Payment:
    being(shop, CAUTIOUS)
    payment = await shop.ask(await shop.greet(telegram_id))
    assert await shop.pay(payment) is Outcome.IN_REVIEW
    return payment


async def told(shop: Shop) -> list[str]:
    await shop.drain()
    return [str(effect.payload["notice"]) for effect in shop.told]


def paid_by(event: PaymentEvent, card: str, *, country: str = "", home: str = "") -> PaymentEvent:
    return replace(event, payer=Payer(fingerprint=card, country=country, home=home))


async def test_held_money_is_in_the_books_and_nothing_is_delivered(
    shop: Shop, tables: Tables
) -> None:
    payment = await held_payment(shop)

    assert tables.rows("SELECT verdict, minor, to_order FROM receipts") == [
        ("in_review", payment.due.minor, 0)
    ]
    assert tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'in_review'") == 1598
    assert tables.one("SELECT state FROM orders") == "in_review"
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 0
    assert await told(shop) == ["in_review", "money_in_review"]
    [(review, customer)] = await shop.storage.read(waiting)
    assert [one.check for one in review.findings] == [Check.FIRST_ORDER]
    assert customer.telegram_id == 1001


async def test_an_approval_delivers_as_if_nothing_had_been_between(
    shop: Shop, tables: Tables
) -> None:
    await held_payment(shop)
    shop.clock.move(days=9)  # the order's own time has long run out

    await shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)

    assert tables.rows("SELECT verdict, to_order FROM receipts") == [("paid", 1598)]
    assert (
        tables.one("SELECT COALESCE(SUM(minor), 0) FROM journal WHERE account = 'in_review'") == 0
    )
    assert tables.one("SELECT state FROM orders") == "paid"
    assert await told(shop) == ["in_review", "money_in_review", "paid", "sale", "credentials"]
    assert tables.one("SELECT act FROM audit") == "review_approved"


async def test_refused_money_buys_nothing_by_way_of_the_wallet_until_a_person_says_so(
    shop: Shop, tables: Tables
) -> None:
    being(shop, FraudPolicy(country=Ruling.HOLD))
    payment = await shop.ask(await shop.greet())
    stolen = paid_by(shop.received(payment), "card_1", country="US", home="DE")
    assert await shop.settle(stolen) is Outcome.IN_REVIEW
    await shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now)

    price_id = int(tables.one("SELECT price_id FROM order_lines"))
    choice = Choice(customer_id=payment.customer_id, price_id=price_id, provider=WALLET)
    await shop.run(pay_from_wallet, choice, policy=shop.policy, now=shop.now)
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 0
    [(again, _customer)] = await shop.storage.read(waiting)
    assert [one.check for one in again.findings] == [Check.REFUSED]
    assert contradictions(tables) == {}

    await shop.run(approve, STAFF, review_id=again.id, policy=shop.policy, now=shop.now)
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 1
    assert not await shop.storage.read(_has_refused_money, payment.customer_id)
    assert contradictions(tables) == {}


async def test_a_refusal_gives_the_money_to_the_wallet_and_says_so(
    shop: Shop, tables: Tables
) -> None:
    payment = await held_payment(shop)

    await shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now)

    assert await shop.storage.read(_wallet, payment.customer_id) == Money(1598, "EUR")
    assert tables.one("SELECT state FROM orders") == "cancelled"
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 0
    assert (await told(shop))[2:] == ["review_refused"]


@pytest.mark.parametrize("second", [approve, refuse])
async def test_a_decision_is_taken_once(shop: Shop, tables: Tables, second: object) -> None:
    await held_payment(shop)
    await shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    with pytest.raises(DoneAlreadyError):
        await shop.run(second, STAFF, review_id=1, policy=shop.policy, now=shop.now)  # type: ignore[arg-type]
    assert tables.one("SELECT COUNT(*) FROM periods") == 1


async def test_twenty_taps_of_several_staff_deliver_once(shop: Shop, tables: Tables) -> None:
    await held_payment(shop)

    taps = await asyncio.gather(
        *(
            shop.run(approve, STAFF + n, review_id=1, policy=shop.policy, now=shop.now)
            for n in range(20)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(tap, DoneAlreadyError) for tap in taps) == 19
    assert tables.one("SELECT COUNT(*) FROM periods") == 1


async def test_without_the_claim_and_the_conditions_two_taps_deliver_twice(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    await held_payment(shop)
    tables.write("ALTER TABLE periods DROP CONSTRAINT periods_line_id_key")
    tables.write("ALTER TABLE periods DROP CONSTRAINT periods_subscription_id_starts_at_key")
    tables.write("ALTER TABLE journal DROP CONSTRAINT journal_group_ref_line_key")
    leave_unclaimed(monkeypatch)
    monkeypatch.setattr(Reviews, "decide", lambda *_, **__: True)
    monkeypatch.setattr(Receipts, "decide", lambda *_, **__: True)
    monkeypatch.setattr("shop.orders.order_records.Orders.close", lambda *_, **__: True)
    meet_after(monkeypatch, Reviews, "review", seconds=UNGUARDED)

    await asyncio.gather(
        *(
            shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)
            for _ in range(2)
        )
    )

    assert tables.one("SELECT COUNT(*) FROM periods") == 2
    assert "held money is not what waits for staff" in contradictions(tables)


async def test_with_them_two_taps_that_meet_deliver_once(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    await held_payment(shop)
    meet_after(monkeypatch, Reviews, "review")

    taps = await asyncio.gather(
        shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now),
        shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now),
        return_exceptions=True,
    )

    assert sum(isinstance(tap, DoneAlreadyError) for tap in taps) == 1
    assert contradictions(tables) == {}


async def test_a_part_that_came_before_is_held_with_the_rest(shop: Shop, tables: Tables) -> None:
    being(shop, CAUTIOUS)
    anna = await shop.greet()
    first = await shop.ask(anna)
    await shop.settle(shop.received(first, money=Money(200, "EUR")))
    rest = await shop.ask(anna)
    assert rest.due == Money(1398, "EUR")

    assert await shop.settle(shop.received(rest)) is Outcome.IN_REVIEW

    assert await shop.storage.read(_wallet, anna.id) == Money(0, "EUR")
    assert tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'in_review'") == 1598
    await shop.run(refuse, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    assert await shop.storage.read(_wallet, anna.id) == Money(1598, "EUR")


async def test_while_it_is_held_more_money_is_not_lost_and_nothing_is_sold_twice(
    shop: Shop, tables: Tables
) -> None:
    payment = await held_payment(shop)
    anna = await shop.greet()

    with pytest.raises(InReviewError):
        await shop.ask(anna)
    assert await shop.settle(shop.received(payment)) is Outcome.TO_WALLET

    assert await shop.storage.read(_wallet, anna.id) == payment.due
    assert tables.one("SELECT COUNT(*) FROM reviews") == 1


async def test_the_same_money_told_again_changes_nothing(shop: Shop, tables: Tables) -> None:
    being(shop, CAUTIOUS)
    payment = await shop.ask(await shop.greet())
    event = shop.received(payment)
    await shop.settle(event)
    before = tables.dump()
    assert await shop.settle(event) is Outcome.KNOWN
    assert tables.dump() == before
    assert await shop.settle(replace(event, event_id="asked")) is Outcome.KNOWN
    assert tables.one("SELECT COUNT(*) FROM reviews") == 1


async def test_who_has_bought_before_is_no_newcomer(shop: Shop) -> None:
    await held_payment(shop)
    await shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    again = await shop.ask(await shop.greet(), term=QUARTER)
    assert await shop.pay(again) is Outcome.SETTLED


async def test_whose_bank_took_it_all_back_is_a_newcomer_again(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))
    back = replace(shop.received(payment, receipt="money_1"), happening=Happening.DISPUTE_LOST)
    await shop.settle(back)
    being(shop, CAUTIOUS)
    assert await shop.pay(await shop.ask(await shop.greet(), term=QUARTER)) is Outcome.IN_REVIEW


async def test_one_card_of_many_people_is_held_from_the_second_on(shop: Shop) -> None:
    being(shop, FraudPolicy(people_of_a_payer=1))
    outcomes = []
    for person in (1001, 1002, 1003):
        payment = await shop.ask(await shop.greet(person))
        outcomes.append(await shop.settle(paid_by(shop.received(payment), "card_1")))
    assert outcomes == [Outcome.SETTLED, Outcome.IN_REVIEW, Outcome.IN_REVIEW]


async def test_many_cards_of_one_person_are_held_within_a_day(shop: Shop) -> None:
    being(shop, FraudPolicy(payers_a_day=2))
    anna = await shop.greet()

    async def pays(card: str) -> Outcome:
        payment = await shop.ask(anna, slug="bare", term=QUARTER)
        outcome = await shop.settle(paid_by(shop.received(payment), card))
        if outcome is Outcome.IN_REVIEW:
            (review, _), *_more = await shop.storage.read(waiting)
            await shop.run(approve, STAFF, review_id=review.id, policy=shop.policy, now=shop.now)
        return outcome

    outcomes = [await pays(card) for card in ("a", "a", "b", "c")]
    assert outcomes == [Outcome.SETTLED] * 3 + [Outcome.IN_REVIEW]
    shop.clock.move(hours=25)
    assert await pays("d") is Outcome.SETTLED


async def test_a_card_from_abroad_is_held(shop: Shop) -> None:
    being(shop, FraudPolicy(country=Ruling.HOLD))
    payment = await shop.ask(await shop.greet())
    event = paid_by(shop.received(payment), "card", country="US", home="DE")
    assert await shop.settle(event) is Outcome.IN_REVIEW


async def test_whoever_is_blocked_is_turned_away_before_he_pays(shop: Shop) -> None:
    anna = await shop.greet()
    before = await shop.ask(anna)
    await shop.run(block, STAFF, BlockedBy.USERNAME, "@Anna", reason="", now=shop.now)

    with pytest.raises(RefusedError):
        await shop.ask(anna, term=QUARTER)
    with pytest.raises(RefusedError):
        await shop.run(start_trial, anna.id, "solo", policy=shop.policy, now=shop.now)
    asked = (before.reference, before.due)
    assert not await shop.storage.read(may_pay, *asked, policy=shop.policy, now=shop.now)
    assert await shop.pay(before) is Outcome.IN_REVIEW, "money that moved all the same is held"

    assert await shop.run(unblock, STAFF, block_id=1, now=shop.now)
    await shop.ask(anna, term=QUARTER)
    assert await shop.storage.read(may_pay, *asked, policy=shop.policy, now=shop.now) is False


async def test_a_blocked_card_is_held_whoever_pays_with_it(shop: Shop, tables: Tables) -> None:
    being(shop, FraudPolicy(people_of_a_payer=1))
    for person in (1001, 1002):
        payment = await shop.ask(await shop.greet(person))
        await shop.settle(paid_by(shop.received(payment), "stolen"))
    [(review, _)] = await shop.storage.read(waiting)
    assert "stolen" not in repr(tables.dump()), "the books know a card by its digest alone"
    await shop.run(block, STAFF, BlockedBy.PAYER, review.fingerprint, reason="", now=shop.now)
    being(shop, FraudPolicy())
    payment = await shop.ask(await shop.greet(1003))
    assert await shop.settle(paid_by(shop.received(payment), "stolen")) is Outcome.IN_REVIEW


async def test_too_many_tries_are_refused_until_an_hour_has_passed(
    shop: Shop, tables: Tables
) -> None:
    being(shop, FraudPolicy(tries_an_hour=2))
    anna = await shop.greet()
    await shop.ask(anna)
    last = await shop.ask(anna, term=QUARTER)
    assert (await shop.ask(anna, term=QUARTER)).id == last.id, "the page at hand is no new try"
    with pytest.raises(RefusedError) as caught:
        await shop.ask(anna, slug="bare")
    assert tables.one("SELECT COUNT(*) FROM payments") == 2
    assert [one.check for one in caught.value.findings] == [Check.TRIES]
    shop.clock.move(minutes=61)
    await shop.ask(anna, slug="bare")


async def test_a_card_behind_one_trial_opens_no_second(shop: Shop) -> None:
    being(shop, FraudPolicy(trials_of_a_payer=1))
    anna, bruno = await shop.greet(1001), await shop.greet(1002)
    await shop.run(start_trial, anna.id, "solo", policy=shop.policy, now=shop.now)
    for person in (anna, bruno):
        payment = await shop.ask(person, slug="bare")
        await shop.settle(paid_by(shop.received(payment), "card"), provider=CARD)
    with pytest.raises(RefusedError):
        await shop.run(start_trial, bruno.id, "solo", policy=shop.policy, now=shop.now)


def test_holding_neither_makes_nor_loses_money() -> None:
    judged = Judgement(
        verdict=Verdict.OVER,
        to_order=Money(500, "EUR"),
        to_wallet=Money(70, "EUR"),
        from_wallet=Money(100, "EUR"),
        fulfils=True,
    )
    kept = in_review(judged)
    assert kept.to_wallet - kept.from_wallet == Money(470, "EUR")
    assert (kept.to_order, kept.fulfils) == (Money(0, "EUR"), False)


def _has_refused_money(books: Books, customer_id: int) -> bool:
    return books[Reviews].has_refused_money(customer_id)


def _wallet(books: Books, customer_id: int) -> Money:
    has = books[Journal].wallets(customer_id)
    return sum((one for one in has if one.currency == "EUR"), Money.zero("EUR"))
