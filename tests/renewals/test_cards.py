"""A kept card: charged once a period, told before, tried again after a no, asked after silence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.encryption import FernetEncryption
from shop.books.books import Books
from shop.catalog.changes import apply_catalog
from shop.catalog.records import CatalogRecords
from shop.checkout.payment import RenewalUnderWayError
from shop.core.facts import read_facts
from shop.core.money import Money
from shop.customers.people import note_unreachable
from shop.intake.polling import note_poll
from shop.orders.payment_records import Payment
from shop.orders.states import PaymentState
from shop.ports import Limits, ProviderError, ProviderSilentError, Refusal
from shop.renewals.notices import MethodRefused, RenewalAhead, RenewalFailed, RenewalOff
from shop.renewals.records import Renewal, Renewals
from shop.renewals.renew import due_renewals, take_up
from shop.renewals.saved_methods import forget, switch
from shop.screening.rules import BlockedBy
from shop.settlement.notices import NeverConfirmed, Paid
from shop.settlement.reviews import block
from shop.settlement.settle import Outcome
from tests.fixtures.goods import GOODS, MONTH
from tests.fixtures.shop import STAFF
from tests.fixtures.tables import Tables
from tests.renewals.conftest import Kept

SILENT = ProviderSilentError(reason="nobody there")


async def test_a_year_is_charged_once_a_month(kept: Kept, tables: Tables) -> None:
    outcomes = await kept.pass_days(365)

    assert outcomes == [Outcome.SETTLED] * 12
    assert len(kept.card.charged) == 12
    assert tables.one("SELECT COUNT(*) FROM periods") == 13
    told = [one.payload for one in kept.told(RenewalAhead)]
    assert len(told) == 12 or len(told) == 13, "the next one may be told already"
    assert all(one["money"]["minor"] == 799 * 2 for one in told)
    paid = [one.payload["by_itself"] for one in kept.told(Paid)]
    assert paid == ["", *["Visa •••• 4242"] * 12]


async def test_nothing_is_charged_before_it_was_told_three_days(kept: Kept) -> None:
    await kept.pass_days(25)
    assert not kept.told(RenewalAhead)
    await kept.pass_days(3)
    [told] = kept.told(RenewalAhead)
    assert not kept.card.charged
    await kept.pass_days(3)
    assert len(kept.card.charged) == 1
    at = kept.card.charged.popitem()[1].first_asked_at
    assert at - told.created_at >= timedelta(days=2, hours=12)
    assert at >= read_facts(RenewalAhead, told.payload).charge_at


async def test_silence_is_asked_about_in_minutes_and_never_charged_twice(
    kept: Kept, tables: Tables
) -> None:
    kept.card.trouble, kept.card.is_deaf = SILENT, True  # the money is taken, the answer is lost
    await kept.pass_days(31)
    assert len(kept.card.charged) == 1
    assert tables.one("SELECT state FROM payments ORDER BY id DESC") == "unknown"
    assert len(kept.told(MethodRefused)) == 1, "staff hear of a long silence, once"
    with pytest.raises(RenewalUnderWayError):
        await kept.buy(saves=False)  # by hand it would be paid a second time

    kept.card.trouble = None
    outcomes = await kept.pass_days(1)
    assert outcomes == [Outcome.SETTLED]
    assert len(kept.card.charged) == 1
    assert tables.one("SELECT COUNT(*) FROM receipts") == 2
    assert not kept.told(RenewalFailed)


async def test_a_crash_between_the_charge_and_its_note_changes_nothing(
    kept: Kept, tables: Tables
) -> None:
    await kept.pass_days(28)
    await kept.renew()
    shop = kept.shop
    shop.clock.move(days=2)
    [number] = await shop.run(due_renewals, now=shop.now, most=9)
    intent = await shop.run(
        take_up, number, providers=shop.providers, policy=shop.policy, now=shop.now
    )
    assert intent is not None
    kept.card.charged[intent.payment.reference] = None  # type: ignore[assignment]  # charged; killed here
    shop.clock.move(minutes=3)  # the lease is over
    assert await kept.renew() == [Outcome.SETTLED]
    assert len(kept.card.charged) == 1
    assert tables.one("SELECT COUNT(*) FROM receipts") == 2


@pytest.mark.parametrize("trouble", [SILENT, ProviderError(reason="bad key")])
async def test_trouble_of_ours_is_no_decline(kept: Kept, trouble: ProviderError) -> None:
    kept.card.trouble = trouble
    await kept.pass_days(32)
    assert not kept.told(RenewalFailed)
    kept.card.trouble = None
    assert await kept.pass_days(1) == [Outcome.SETTLED]


async def test_a_decline_is_tried_again_in_days_and_then_left_to_the_person(kept: Kept) -> None:
    kept.card.why = Refusal.DECLINED
    await kept.pass_days(45)
    told = [one.payload["again_at"] is None for one in kept.told(RenewalFailed)]
    assert told == [False, False, True]
    first, second, third = (one.first_asked_at for one in kept.card.charged.values())
    assert (second - first).days == 1
    assert (third - second).days == 2


async def test_a_decline_that_heals_goes_on_as_if_nothing_had_been(
    kept: Kept, tables: Tables
) -> None:
    kept.card.why = Refusal.DECLINED
    await kept.pass_days(31)
    kept.card.why = None
    assert await kept.pass_days(3) == [Outcome.SETTLED]
    periods = tables.rows("SELECT starts_at, ends_at FROM periods ORDER BY id")
    assert periods[0][1] == periods[1][0]
    assert await kept.pass_days(31) == [Outcome.SETTLED], "and the month after it is charged"


@pytest.mark.parametrize("why", [Refusal.NEEDS_PAYER, Refusal.GONE])
async def test_what_only_the_person_can_mend_is_not_tried_again(kept: Kept, why: Refusal) -> None:
    kept.card.why = why
    await kept.pass_days(40)
    [told] = kept.told(RenewalFailed)
    assert (told.payload["why"], told.payload["again_at"]) == (why, None)
    assert len(kept.card.charged) == 1


async def test_a_charge_nobody_ever_confirms_waits_for_the_person(kept: Kept) -> None:
    kept.card.is_slow = True
    await kept.pass_days(33)
    [charge] = await kept.shop.storage.read(_charges)
    assert charge.state is PaymentState.SEEN
    kept.shop.clock.move(days=21)
    await kept.shop.run(note_poll, charge, [], policy=kept.shop.policy, now=kept.shop.now)
    await kept.pass_days(20)

    assert len(kept.card.charged) == 1, "nobody knows whether it was charged"
    [told] = kept.told(RenewalFailed)
    assert (told.payload["why"], told.payload["again_at"]) == (Refusal.UNCONFIRMED, None)
    assert len(kept.told(NeverConfirmed)) == 1
    assert await kept.shop.pay(await kept.buy(saves=False)) is Outcome.SETTLED


async def test_a_card_is_charged_no_less_than_it_takes_and_the_wallet_keeps_the_more(
    kept: Kept, tables: Tables
) -> None:
    kept.card.limits = {"EUR": Limits(least=50)}
    shop = kept.shop
    await kept.pass_days(25)
    payment = await kept.buy(saves=False)
    short = shop.received(payment, money=payment.due - Money(4, "EUR"))
    assert await shop.settle(short) is Outcome.TO_WALLET
    shop.clock.move(days=1)  # its page is closed
    assert await kept.pass_days(6) == [Outcome.SETTLED]
    [charge] = kept.card.charged.values()
    assert charge.amount == Money(50, "EUR")
    assert tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'wallet'") == 46


async def test_paid_by_hand_with_another_card_that_one_renews(kept: Kept, tables: Tables) -> None:
    kept.card.why = Refusal.NEEDS_PAYER
    await kept.pass_days(31)
    assert await kept.shop.pay(await kept.buy(saves=True)) is Outcome.SETTLED
    await kept.shop.drain()
    kept.card.why = None
    assert await kept.pass_days(31) == [Outcome.SETTLED]
    [handle] = {one.handle for one in list(kept.card.charged.values())[1:]}
    assert handle != next(iter(kept.card.charged.values())).handle
    assert tables.one("SELECT COUNT(*) FROM saved_methods") == 2


async def test_who_pays_by_hand_while_a_card_is_kept_did_it_and_not_the_card(kept: Kept) -> None:
    kept.shop.clock.move(days=40)
    await kept.shop.drain()
    assert await kept.shop.pay(await kept.buy(saves=False)) is Outcome.SETTLED
    await kept.shop.drain()
    assert [one.payload["by_itself"] for one in kept.told(Paid)] == ["", ""]


async def test_what_the_shop_charged_itself_is_not_held_though_its_payer_was_blocked_meanwhile(
    kept: Kept, tables: Tables
) -> None:
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    for _ in range(31):
        await kept.pass_days(1)
        if kept.card.charged:
            break
    who = str(kept.anna.telegram_id)
    await kept.shop.run(block, STAFF, BlockedBy.TELEGRAM, who, reason="fraud", now=kept.shop.now)
    kept.card.trouble = None
    assert await kept.pass_days(1) == [Outcome.SETTLED]
    assert tables.rows("SELECT verdict FROM receipts ORDER BY id") == [("paid",), ("paid",)]


async def test_a_new_price_is_told_anew_before_it_is_charged(kept: Kept) -> None:
    await kept.pass_days(28)
    assert len(kept.told(RenewalAhead)) == 1
    await kept.shop.run(_reprice, Money(999, "EUR"), now=kept.shop.now)
    await kept.pass_days(2)
    old, new = (one.payload["money"]["minor"] for one in kept.told(RenewalAhead))
    assert (old, new) == (1598, 999)
    await kept.pass_days(4)
    [charge] = kept.card.charged.values()
    assert charge.amount == Money(999, "EUR")


async def test_a_withdrawn_plan_is_not_charged_and_the_person_is_told(kept: Kept) -> None:
    rest = replace(GOODS, plans=GOODS.plans[1:])
    await kept.shop.run(apply_catalog, rest, now=kept.shop.now)
    await kept.pass_days(40)
    assert not kept.card.charged
    [told] = kept.told(RenewalOff)
    assert told.payload["why"] == "not_sold"


async def test_whose_time_was_taken_back_is_not_charged(kept: Kept, tables: Tables) -> None:
    await kept.pass_days(20)
    tables.write("UPDATE subscriptions SET paid_until = paid_until - 86400 * 5")
    tables.write("UPDATE periods SET ends_at = ends_at - 86400 * 5")
    await kept.pass_days(20)
    assert not kept.card.charged
    [told] = kept.told(RenewalOff)
    assert told.payload["why"] == "taken_back"


async def test_who_cannot_be_told_is_not_charged(kept: Kept) -> None:
    await kept.shop.run(note_unreachable, kept.anna.telegram_id)
    await kept.pass_days(40)
    assert not kept.card.charged


async def test_switched_off_it_is_not_charged_and_on_again_it_is(kept: Kept) -> None:
    change: dict[str, Any] = {"policy": kept.shop.policy, "now": kept.shop.now}
    assert await kept.shop.run(switch, 1, kept.anna.id, is_on=False, **change)
    await kept.pass_days(27)
    change["now"] = kept.shop.now
    assert await kept.shop.run(switch, 1, kept.anna.id, is_on=True, **change)
    assert await kept.pass_days(5) == [Outcome.SETTLED]


async def test_a_forgotten_card_is_forgotten_everywhere(kept: Kept, tables: Tables) -> None:
    assert await kept.shop.run(forget, 1, kept.anna.id, now=kept.shop.now)
    assert not await kept.shop.run(forget, 1, kept.anna.id, now=kept.shop.now)
    await kept.shop.drain()
    assert len(kept.card.forgotten) == 1
    assert tables.one("SELECT LENGTH(encrypted) FROM saved_methods") == 0
    change: dict[str, Any] = {"is_on": True, "policy": kept.shop.policy, "now": kept.shop.now}
    assert not await kept.shop.run(switch, 1, kept.anna.id, **change)
    await kept.pass_days(40)
    assert not kept.card.charged


async def test_a_card_whose_key_is_lost_is_told_to_staff_and_charged_once_the_key_is_back(
    kept: Kept,
) -> None:
    kept.shop.encryption = FernetEncryption("a new key, without the old one")
    await kept.pass_days(31)
    assert not kept.card.charged
    [told] = kept.told(MethodRefused)
    assert "SECRET_KEY" in told.payload["reason"]
    kept.shop.encryption = FernetEncryption("a new key, a key of tests")
    assert await kept.pass_days(1) == [Outcome.SETTLED]


async def test_a_card_whose_key_is_lost_cannot_be_forgotten_unnoticed(kept: Kept) -> None:
    kept.shop.encryption = FernetEncryption("a new key, without the old one")
    assert await kept.shop.run(forget, 1, kept.anna.id, now=kept.shop.now)
    await kept.shop.drain()
    assert not kept.card.forgotten
    assert len(kept.told(MethodRefused)) == 1


async def test_no_handle_lies_open_in_the_books_or_is_told(kept: Kept, tables: Tables) -> None:
    await kept.pass_days(31)
    everything = repr([rows for name, rows in tables.dump().items() if name != "saved_methods"])
    assert "card of" not in everything
    [(encrypted,)] = tables.rows("SELECT encrypted FROM saved_methods")
    assert b"card of" not in bytes(encrypted)


async def test_a_charge_under_way_survives_its_card_being_forgotten(
    kept: Kept, tables: Tables
) -> None:
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    await kept.pass_days(31)
    assert await kept.shop.run(forget, 1, kept.anna.id, now=kept.shop.now)
    await kept.shop.drain()
    assert kept.card.forgotten == [], "by what else could its end be learned?"
    kept.card.trouble = None
    assert await kept.pass_days(1) == [Outcome.SETTLED], "the money was taken: it counts"
    assert len(kept.card.forgotten) == 1
    assert tables.one("SELECT LENGTH(encrypted) FROM saved_methods") == 0
    assert await kept.pass_days(40) == []
    assert len(kept.card.charged) == 1


async def test_another_card_does_not_take_the_place_of_one_that_is_charged_just_now(
    kept: Kept, tables: Tables
) -> None:
    await kept.pass_days(28)
    page = await kept.buy(saves=True)  # left open until it runs out
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    for _ in range(5):
        await kept.pass_days(1)
        if kept.card.charged:
            break
    assert kept.card.charged
    assert await kept.shop.settle(kept.shop.received(page)) is Outcome.SETTLED  # after all
    await kept.shop.drain()
    assert tables.one("SELECT COUNT(*) FROM saved_methods") == 1, "not yet"
    kept.card.trouble = None
    await kept.pass_days(1)
    assert len(kept.card.charged) == 1
    assert tables.one("SELECT COUNT(*) FROM receipts") == 3, "bought, paid late, and charged"
    assert tables.one("SELECT COUNT(*) FROM saved_methods") == 2, "now it is known, and kept"


async def test_a_charge_under_way_survives_being_switched_off(kept: Kept) -> None:
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    await kept.pass_days(31)
    change: dict[str, Any] = {"policy": kept.shop.policy, "now": kept.shop.now}
    await kept.shop.run(switch, 1, kept.anna.id, is_on=False, **change)
    kept.card.trouble = None
    assert await kept.pass_days(1) == [Outcome.SETTLED], "the money was taken: it counts"
    renewal = await kept.shop.storage.read(_renewal)
    assert not renewal.is_on


def _reprice(books: Books, amount: Money, *, now: object) -> None:
    product = books[CatalogRecords].by_slug("solo")
    books[CatalogRecords].set_price(product.id, MONTH, amount, now=now)  # type: ignore[arg-type]  # a moment


def _renewal(books: Books) -> Renewal:
    found = books[Renewals].of(1)
    assert found is not None
    return found


def _charges(books: Books) -> list[Payment]:
    found = books[Renewals].charge_of(1)
    return [] if found is None else [found]
