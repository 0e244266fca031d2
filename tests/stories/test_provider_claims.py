"""What a webhook says of money is held against our order and against its provider."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from payments.telegram_cards import TelegramCards
from shop.checkout.pages import note_answered, note_no_answer
from shop.core.errors import BadInputError, DoneAlreadyError
from shop.core.money import Money
from shop.desk.failed_jobs import trouble
from shop.intake.backlog import backlog
from shop.intake.polling import ask_about, claim_polls, note_poll
from shop.ledger.receipt_records import Receipts
from shop.messaging.retention import erase_inbox_events
from shop.orders.orders import expire_orders
from shop.orders.payment_records import Payment
from shop.orders.provider_health import claim_probes, hidden_ways, try_again
from shop.ports import (
    DisputeFacts,
    ForeignAccount,
    Happening,
    Payer,
    PaymentEvent,
    PaymentPage,
    ProviderError,
    ProviderSilentError,
)
from shop.screening.rules import FraudPolicy
from shop.settlement.claim_rules import ProviderClaimPolicy
from shop.settlement.provider_claims import refs_to_ask
from shop.settlement.settle import Outcome, Source, settle
from shop.settlement.unassigned import assign, places_for, unassigned
from tests.fixtures.claims import alerts, answered, payment_named, pending, told_by_webhook
from tests.fixtures.goods import QUARTER
from tests.fixtures.meeting import UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Tables, contradictions

DUE = Money(1598, "EUR")


# what the webhook says; whether it is believed unasked, with and without a limit
CASES = {
    "the very sum": (DUE, True, False),
    "less": (Money(1597, "EUR"), False, False),
    "more": (Money(1599, "EUR"), False, False),
    "another currency": (Money(1598, "USD"), False, False),
}


@pytest.mark.parametrize(("says", "is_believed", "is_believed_above"), CASES.values(), ids=CASES)
async def test_only_what_we_asked_for_is_believed_and_only_up_to_the_limit(
    shop: Shop, says: Money, *, is_believed: bool, is_believed_above: bool
) -> None:
    believed = {True: Outcome.SETTLED, False: Outcome.ASKED}
    payment = await shop.ask(await shop.greet())
    event = shop.received(payment, money=says)
    assert await told_by_webhook(shop, event) is believed[is_believed]
    limit = ProviderClaimPolicy(confirm_above={"EUR": 1597})
    shop.policy = shop.policy.choosing(limit)
    other = await shop.ask(await shop.greet(1002))
    event = shop.received(other, money=says)
    assert await told_by_webhook(shop, event) is believed[is_believed_above]


async def test_who_must_be_known_to_be_judged_is_asked_for(shop: Shop) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(people_of_a_payer=1))
    payment = await shop.ask(await shop.greet())
    event = replace(shop.received(payment), payer=Payer(is_vague=True))
    assert await told_by_webhook(shop, event) is Outcome.ASKED
    clear = replace(event, payer=Payer(fingerprint="card"))
    assert await answered(shop, payment, [clear]) == [Outcome.SETTLED]


async def test_what_the_provider_confirms_is_settled_at_once(shop: Shop, tables: Tables) -> None:
    payment = await shop.ask(await shop.greet())
    event = shop.received(payment, money=Money(2000, "EUR"))
    assert await told_by_webhook(shop, event) is Outcome.ASKED
    assert tables.one("SELECT COUNT(*) FROM receipts") == 0

    assert await answered(shop, payment, [event]) == [Outcome.SETTLED]

    assert tables.rows("SELECT verdict, minor FROM receipts") == [("over", 2000)]
    assert tables.rows("SELECT state FROM provider_claims") == [("confirmed",)]
    assert await alerts(shop) == []


async def test_a_lie_about_the_sum_names_both_and_the_true_money_counts(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    lie = shop.received(payment, money=Money(99_900, "EUR"), receipt="money")
    await told_by_webhook(shop, lie)
    truth = replace(lie, event_id="asked", money=DUE)

    assert await answered(shop, payment, [truth]) == [Outcome.SETTLED]

    [alert] = await alerts(shop)
    assert alert["claimed"]["minor"] == 99_900
    assert alert["found"] == {"minor": 1598, "currency": "EUR"}
    assert tables.rows("SELECT minor FROM receipts") == [(1598,)]
    assert tables.rows("SELECT state, note FROM inbox WHERE state = 'unhandled'") == [
        ("unhandled", "claimed 999.00 EUR; sandbox_card says 15.98 EUR")
    ]


async def left_to_staff(shop: Shop) -> list[str]:
    await shop.drain()
    notices = [one.payload for one in shop.told]
    return [str(one["note"]) for one in notices if one["notice"] == "left_to_staff"]


async def test_a_lie_about_money_that_is_here_already_is_told_to_staff(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await told_by_webhook(shop, shop.received(payment, receipt="money"))
    same = shop.received(payment, receipt="money")
    assert await told_by_webhook(shop, same) is Outcome.KNOWN
    assert await left_to_staff(shop) == []

    lie = shop.received(payment, money=Money(99_900, "EUR"), receipt="money")
    assert await told_by_webhook(shop, lie) is Outcome.UNHANDLED

    assert await left_to_staff(shop) == ["money: told 999.00 EUR, in the books 15.98 EUR"]
    assert tables.rows("SELECT minor FROM receipts") == [(1598,)]
    assert tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'unhandled'") == 1


async def test_a_short_sum_that_is_told_again_as_the_whole_price_is_told_to_staff(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, money=Money(1000, "EUR"), receipt="money"))
    lie = shop.received(payment, money=payment.due, receipt="money")
    assert await told_by_webhook(shop, lie) is Outcome.UNHANDLED
    assert await left_to_staff(shop) == ["money: told 15.98 EUR, in the books 10.00 EUR"]
    assert tables.rows("SELECT minor, verdict FROM receipts") == [(1000, "short")]


@pytest.mark.parametrize("happening", [Happening.DISPUTED, Happening.WARNED])
async def test_grave_news_of_a_payment_nobody_knows_is_told_once_and_can_be_read_again(
    shop: Shop, tables: Tables, happening: Happening
) -> None:
    news = PaymentEvent(
        event_id="evt_1",
        kind="grave",
        happening=happening,
        reference="tk_gone",
        receipt_id="pi_early",
        detail=DisputeFacts(dispute_ref="dp_1", reason="fraudulent"),
    )
    assert await told_by_webhook(shop, news) is Outcome.UNKNOWN
    assert await told_by_webhook(shop, replace(news, event_id="evt_2")) is Outcome.UNKNOWN
    assert await left_to_staff(shop) == [
        "reference tk_gone, money pi_early, dispute dp_1, reason fraudulent"
    ]
    assert tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'unknown'") == 2


@pytest.mark.parametrize("happening", [Happening.DISPUTED, Happening.WARNED])
async def test_a_dispute_that_names_only_money_is_told_though_it_may_be_anothers(
    shop: Shop, happening: Happening
) -> None:
    news = PaymentEvent(event_id="1", kind="grave", happening=happening, receipt_id="pi_early")
    assert await told_by_webhook(shop, news) is Outcome.UNKNOWN
    assert await left_to_staff(shop) == ["money pi_early"]


async def test_a_refund_that_names_only_its_money_is_booked_once_that_comes(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    back = PaymentEvent(
        event_id="1",
        kind="refunded",
        happening=Happening.REFUNDED,
        receipt_id="pi_1",
        money=payment.due,
    )
    assert await told_by_webhook(shop, back) is Outcome.ELSEWHERE
    assert await left_to_staff(shop) == []
    await shop.settle(shop.received(payment, receipt="pi_1"))
    assert tables.rows("SELECT minor, state FROM refunds") == [(payment.due.minor, "done")]


async def test_what_nobody_has_to_look_at_is_kept_quietly(shop: Shop) -> None:
    for happening in (Happening.SEEN, Happening.EXPIRED, Happening.UNHANDLED):
        event = PaymentEvent(event_id=happening, kind="odd", happening=happening, reference="x")
        await told_by_webhook(shop, event)
    assert await left_to_staff(shop) == []


async def test_what_nobody_has_to_look_at_buries_nothing_and_is_erased_in_time(
    shop: Shop, tables: Tables
) -> None:
    noise = PaymentEvent(event_id="noise", kind="charge.updated", happening=Happening.UNHANDLED)
    for number in range(25):
        await told_by_webhook(shop, replace(noise, event_id=f"noise_{number}"))
    dispute = PaymentEvent(
        event_id="grave", kind="dispute", happening=Happening.DISPUTED, receipt_id="elsewhere"
    )
    await told_by_webhook(shop, dispute)
    assert (await shop.storage.read(trouble))[1][0].event_id == "grave"
    shop.clock.move(days=91)
    assert await shop.run(erase_inbox_events, policy=shop.policy, now=shop.now) == 25
    assert tables.rows("SELECT event_id FROM inbox WHERE state <> 'done'") == [("grave",)]


async def test_money_nobody_sent_gives_nothing_once_the_provider_had_time_to_say_so(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await told_by_webhook(shop, shop.received(payment, money=Money(1600, "EUR")))
    await answered(shop, payment, [pending(payment)])
    assert await alerts(shop) == [], "a provider may be quicker with webhooks than with answers"
    shop.clock.move(minutes=2)
    await answered(shop, payment, [pending(payment)])
    [alert] = await alerts(shop)
    assert (alert["claimed"]["minor"], alert["found"]["minor"]) == (1600, 0)
    await answered(shop, payment, [pending(payment)])
    assert len(await alerts(shop)) == 1
    assert tables.one("SELECT COUNT(*) FROM journal") == 0


async def test_a_provider_that_cannot_be_asked_is_told_once_and_asked_on(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    event = shop.received(payment, money=Money(1600, "EUR"))
    await told_by_webhook(shop, event)
    for _ in range(4):
        shop.clock.move(minutes=10)
        await answered(shop, payment, [], error=ProviderError(reason="not with this key"))
    [alert] = await alerts(shop)
    assert alert["is_silent"] is True
    assert await answered(shop, payment, [event]) == [Outcome.SETTLED]
    assert tables.rows("SELECT state FROM provider_claims") == [("confirmed",)]
    assert tables.one("SELECT COUNT(*) FROM inbox WHERE state <> 'done'") == 0


async def test_nothing_known_of_a_card_in_telegram_is_no_denial(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet(), provider="telegram_cards")
    event = shop.received(payment, money=Money(1600, "EUR"))
    source = Source(provider="telegram_cards", is_believed=False)
    await shop.run(settle, event, source, policy=shop.policy, now=shop.now)
    for _ in range(4):
        shop.clock.move(minutes=10)
        await answered(shop, payment, [pending(payment)], is_askable=TelegramCards.is_askable)
    [alert] = await alerts(shop)
    assert alert["is_silent"] is True
    assert tables.rows("SELECT state FROM provider_claims") == [("open",)]


async def test_a_claim_made_while_the_provider_is_being_asked_is_asked_about_at_once(
    shop: Shop,
) -> None:
    payment = await shop.ask(await shop.greet())
    shop.clock.move(seconds=30)
    [asked] = await shop.run(claim_polls, now=shop.now, most=9)
    await told_by_webhook(shop, shop.received(payment, money=Money(1600, "EUR")))
    await shop.run(note_poll, asked, [pending(payment)], policy=shop.policy, now=shop.now)
    assert len(await shop.run(claim_polls, now=shop.now, most=9)) == 1


async def test_an_answer_about_another_order_pays_for_none(shop: Shop, tables: Tables) -> None:
    anna = await shop.greet()
    payment, other = await shop.ask(anna), await shop.ask(anna, term=QUARTER)
    assert await answered(shop, payment, [shop.received(other)]) == []
    assert tables.one("SELECT COUNT(*) FROM receipts") == 0


class Knowing:
    """A provider that knows one page of a payment, and refuses to speak of any other."""

    def __init__(self, page: str, *events: PaymentEvent) -> None:
        self._page, self._events = page, events

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        del reference
        if provider_ref != self._page:
            raise ProviderError(reason="no such page")
        return self._events


async def test_what_was_paid_while_its_way_was_switched_off_is_found_when_it_is_on_again(
    shop: Shop,
) -> None:
    payment = await shop.ask(await shop.greet())
    money = shop.received(payment, at=shop.now)
    for _ in range(4):
        shop.clock.move(hours=7)
        await shop.run(expire_orders, clock=shop.clock)
        [asked] = await shop.run(claim_polls, now=shop.now, most=9)
        policy, clock = shop.policy, shop.clock
        assert await ask_about(shop.storage, {}, asked, policy=policy, clock=clock) == []
    shop.clock.move(hours=7)
    [asked] = await shop.run(claim_polls, now=shop.now, most=9)
    on: Any = {CARD: Knowing(payment.reference, money)}
    told = await ask_about(shop.storage, on, asked, policy=shop.policy, clock=shop.clock)
    assert told == [Outcome.SETTLED]


async def test_a_page_that_only_a_lie_names_keeps_no_true_money_away(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    lie = replace(shop.received(payment, money=Money(1, "EUR")), provider_ref="nowhere")
    await told_by_webhook(shop, lie)
    shop.clock.move(minutes=3)
    [asked] = await shop.run(claim_polls, now=shop.now, most=9)
    knowing: Any = Knowing(payment.reference, shop.received(payment))

    outcomes = await ask_about(
        shop.storage, {CARD: knowing}, asked, policy=shop.policy, clock=shop.clock
    )

    assert outcomes == [Outcome.SETTLED]
    assert tables.rows("SELECT verdict FROM receipts") == [("paid",)]
    assert tables.rows("SELECT state FROM provider_claims") == [("denied",)]
    assert len(await alerts(shop)) == 1


async def test_a_page_that_only_the_webhook_names_is_asked_about_too(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    second = replace(shop.received(payment, money=Money(1, "EUR")), provider_ref="page_2")
    await told_by_webhook(shop, second)
    noted = await shop.storage.read(payment_named, payment.reference)
    asked = await shop.storage.read(refs_to_ask, noted)
    assert asked == [payment.reference, "page_2"]


async def test_an_event_of_another_account_is_kept_and_staff_are_told(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    event = replace(
        shop.received(payment),
        happening=Happening.FOREIGN,
        money=None,
        detail=ForeignAccount(account="acct_other"),
    )
    assert await told_by_webhook(shop, event) is Outcome.UNHANDLED
    await shop.drain()
    assert [one.payload["notice"] for one in shop.told] == ["foreign_account"]
    assert tables.one("SELECT note FROM inbox") == "account acct_other"
    assert tables.one("SELECT COUNT(*) FROM receipts") == 0


# --- money of no order ----------------------------------------------------------------------


async def lost(shop: Shop, payment: Payment, money: Money = DUE) -> int:
    event = replace(shop.received(payment, money=money), reference="tk_gone", provider_ref="")
    assert await shop.settle(event) is Outcome.UNKNOWN
    return (await shop.storage.read(unassigned))[-1].id


async def give(shop: Shop, receipt: int, payment: Payment, *, to_order: bool) -> None:
    await shop.run(
        assign,
        STAFF,
        receipt=receipt,
        customer_id=payment.customer_id,
        reference=payment.reference if to_order else "",
        policy=shop.policy,
        now=shop.now,
    )


async def test_it_pays_an_order_that_has_long_expired(shop: Shop, tables: Tables) -> None:
    payment = await shop.ask(await shop.greet())
    receipt = await lost(shop, payment)
    shop.clock.move(days=40)
    await shop.run(expire_orders, clock=shop.clock)
    place = await shop.storage.read(places_for, receipt, payment.customer_id)
    assert [one.reference for one in place.orders] == [payment.reference]
    await give(shop, receipt, payment, to_order=True)
    assert tables.rows("SELECT verdict, to_order FROM receipts") == [("late", 1598)]
    assert tables.one("SELECT state FROM orders") == "paid"


async def test_too_little_for_the_order_goes_to_the_wallet(shop: Shop, tables: Tables) -> None:
    payment = await shop.ask(await shop.greet())
    receipt = await lost(shop, payment, Money(1000, "EUR"))
    await give(shop, receipt, payment, to_order=True)
    assert tables.rows("SELECT verdict, to_wallet FROM receipts") == [("short", 1000)]
    assert tables.one("SELECT state FROM orders") == "open"


@pytest.mark.parametrize(("back", "waits"), [(DUE.minor - 1, 1), (DUE.minor, 0)])
async def test_what_went_back_whole_waits_for_nobody(
    shop: Shop, tables: Tables, back: int, waits: int
) -> None:
    payment = await shop.ask(await shop.greet())
    await lost(shop, payment)
    name = tables.one("SELECT receipt_id FROM receipts")
    told = replace(
        shop.received(payment, money=Money(back, "EUR"), receipt=name),
        reference="",
        provider_ref="",
        happening=Happening.REFUNDED,
    )
    await shop.settle(told)
    assert tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'unassigned'") == (
        DUE.minor - back
    )
    assert len(await shop.storage.read(unassigned)) == waits
    assert (await shop.storage.read(backlog)).unassigned == waits


async def test_it_is_never_given_for_the_order_of_another(shop: Shop) -> None:
    anna, bruno = await shop.greet(1001), await shop.greet(1002)
    payment, other = await shop.ask(anna), await shop.ask(bruno)
    receipt = await lost(shop, payment)
    with pytest.raises(BadInputError):
        await shop.run(
            assign,
            STAFF,
            receipt=receipt,
            customer_id=anna.id,
            reference=other.reference,
            policy=shop.policy,
            now=shop.now,
        )


async def test_twenty_taps_give_it_once(shop: Shop, tables: Tables) -> None:
    payment = await shop.ask(await shop.greet())
    receipt = await lost(shop, payment)
    taps = await asyncio.gather(
        *(give(shop, receipt, payment, to_order=n % 2 == 0) for n in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(tap, DoneAlreadyError) for tap in taps) == 19
    assert tables.one("SELECT COUNT(*) FROM audit") == 1


async def test_without_its_condition_two_people_of_staff_give_it_twice(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna, bruno = await shop.greet(1001), await shop.greet(1002)
    payment, other = await shop.ask(anna), await shop.ask(bruno)
    receipt = await lost(shop, payment)
    tables.write("ALTER TABLE journal DROP CONSTRAINT journal_group_ref_line_key")
    leave_unclaimed(monkeypatch)
    monkeypatch.setattr(Receipts, "claim", lambda *_: None)
    monkeypatch.setattr(Receipts, "assign", lambda *_, **__: True)
    meet_after(monkeypatch, Receipts, "get", seconds=UNGUARDED)

    await asyncio.gather(
        give(shop, receipt, payment, to_order=False), give(shop, receipt, other, to_order=False)
    )

    assert "unassigned money is not what staff are shown" in contradictions(tables)


async def test_with_it_one_of_two_people_of_staff_gives_it(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna, bruno = await shop.greet(1001), await shop.greet(1002)
    payment, other = await shop.ask(anna), await shop.ask(bruno)
    receipt = await lost(shop, payment)
    meet_after(monkeypatch, Receipts, "get")

    taps = await asyncio.gather(
        give(shop, receipt, payment, to_order=False),
        give(shop, receipt, other, to_order=False),
        return_exceptions=True,
    )

    assert sum(isinstance(tap, DoneAlreadyError) for tap in taps) == 1
    assert contradictions(tables) == {}


# --- silence --------------------------------------------------------------------------------


async def hidden(shop: Shop) -> list[str]:
    return sorted(await shop.storage.read(hidden_ways))


async def told_of_providers(shop: Shop) -> list[str]:
    await shop.drain()
    names = ("provider_down", "provider_back")
    return [str(one.payload["notice"]) for one in shop.told if one.payload["notice"] in names]


class Answering:
    """A provider whose keys work, or do not."""

    trouble: ProviderError | None = None

    async def check(self) -> str:
        if self.trouble:
            raise self.trouble
        return "fine"


async def try_now(shop: Shop, provider: Answering) -> None:
    for health in await shop.run(claim_probes, now=shop.now):
        await try_again(
            shop.storage,
            {CARD: provider},  # type: ignore[dict-item]
            health,
            policy=shop.policy,
            clock=shop.clock,
        )


async def test_silence_hides_and_a_trial_shows_again_and_staff_hear_each_once(
    shop: Shop,
) -> None:
    payment = await shop.ask(await shop.greet())
    silence, provider = ProviderSilentError(reason="timeout"), Answering()
    for _ in range(4):
        await answered(shop, payment, [], error=silence)
    assert await hidden(shop) == []
    for _ in range(3):
        await answered(shop, payment, [], error=silence)
    assert await hidden(shop) == [CARD]
    provider.trouble = silence
    for minutes in (1, 2, 4):
        shop.clock.move(minutes=minutes)
        await try_now(shop, provider)
    assert await hidden(shop) == [CARD]
    assert await told_of_providers(shop) == ["provider_down"]

    provider.trouble = None
    shop.clock.move(minutes=15)
    await try_now(shop, provider)
    assert await hidden(shop) == []
    assert await told_of_providers(shop) == ["provider_down", "provider_back"]

    await answered(shop, payment, [], error=silence)  # half open: one more is enough
    assert await hidden(shop) == [CARD]


async def test_an_answer_in_between_begins_the_count_anew(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    for _ in range(3):
        for _ in range(4):
            await answered(shop, payment, [], error=ProviderSilentError(reason="timeout"))
        await answered(shop, payment, [pending(payment)])
    assert await hidden(shop) == []


async def test_refusals_hide_only_a_provider_whose_keys_fail_too(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    provider, no = Answering(), ProviderError(reason="too small a sum")

    async def refuse_often() -> None:
        for _ in range(5):
            await shop.run(note_no_answer, payment, no, policy=shop.policy, now=shop.now)

    await refuse_often()
    await try_now(shop, provider)
    assert await hidden(shop) == []
    provider.trouble = ProviderError(reason="no such key")
    await refuse_often()
    await try_now(shop, provider)
    assert await hidden(shop) == [CARD]


async def test_a_page_that_comes_too_late_for_people_counts_as_silence(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    page = PaymentPage(provider_ref=payment.reference, url="https://pay.example")
    for _ in range(5):
        await shop.run(note_answered, payment, page, 11.0, policy=shop.policy, now=shop.now)
    assert await hidden(shop) == [CARD]
