"""What is Stripe's alone: delayed methods, its amounts, its idempotency, its locales."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from payments.stripe.money import CURRENCIES, EXPONENTS, from_stripe, to_stripe
from payments.stripe.session import StripeOptions, closing_times, session_params
from shop.core.currencies import UnknownCurrencyError, exponent_of
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import DisputeFacts, Happening, OnItsWay, ProviderError, ReturnedRefund
from shop.refunds.refund import refunder
from tests.fixtures.rigs import NOW, StripeRig, hear, request_of, rig_of
from tests.payments.test_refunds import asked
from tests.standins import stripe as stripe_till

if TYPE_CHECKING:
    from datetime import datetime

    from shop.ports import PaymentEvent

H = Happening


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[StripeRig]:
    async with rig_of("stripe", tmp_path) as made:
        yield made


async def test_a_bank_debit_is_seen_and_then_received(rig: StripeRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [seen] = hear(rig, rig.server.pay_by_debit(page.provider_ref))
    assert (seen.happening, seen.money) == (H.SEEN, None)
    assert seen.detail == OnItsWay(within=timedelta(days=21))
    assert await _asked(rig, page.provider_ref) == [H.SEEN]
    [received] = hear(rig, rig.server.settle_debit(page.provider_ref))
    assert (received.happening, received.money) == (H.RECEIVED, Money(799, "EUR"))
    assert received.receipt_id == seen.receipt_id


async def test_a_bank_debit_can_fail(rig: StripeRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.pay_by_debit(page.provider_ref)
    [event] = hear(rig, rig.server.fail_debit(page.provider_ref))
    assert event.happening is H.FAILED


async def test_refunds_tell_the_total_given_back(rig: StripeRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [paid] = hear(rig, rig.server.pay(page.provider_ref))
    [first] = hear(rig, rig.server.refund(page.provider_ref, 300))
    [second] = hear(rig, rig.server.refund(page.provider_ref, 200))
    assert [event.money for event in (first, second)] == [Money(300, "EUR"), Money(500, "EUR")]
    assert {event.receipt_id for event in (paid, first, second)} == {paid.receipt_id}
    assert second.reference == "pay_1"
    assert await _asked(rig, page.provider_ref) == [H.RECEIVED, H.REFUNDED]


@pytest.mark.parametrize("kind", ["refund.failed", "refund.updated", "charge.refund.updated"])
async def test_a_refund_that_a_bank_returned_names_itself_and_its_money(
    rig: StripeRig, kind: str
) -> None:
    page = await rig.provider.create(request_of(rig))
    [paid] = hear(rig, rig.server.pay(page.provider_ref))
    provider = refunder(rig.provider)
    assert provider is not None
    made = await provider.refund(asked(rig, paid, 300))
    [event] = hear(rig, rig.server.return_refund(made.refund_ref, kind=kind))
    assert (event.happening, event.money) == (H.REFUND_RETURNED, Money(300, "EUR"))
    assert (event.receipt_id, event.reference) == (paid.receipt_id, "pay_1")
    assert event.detail == ReturnedRefund(
        reference="rf_1", refund_ref=made.refund_ref, reason="lost_or_stolen_card"
    )


async def test_a_refund_that_only_moves_on_is_told_by_its_charge(rig: StripeRig) -> None:
    refund = {"id": "re_1", "object": "refund", "status": "succeeded", "amount": 1}
    [event] = hear(rig, rig.server.event("refund.updated", refund))
    assert event.happening is H.UNHANDLED


async def test_the_tax_stripe_reckoned_comes_with_the_money(rig: StripeRig) -> None:
    taxed = rig.with_secrets(stripe_till.SECRET, options=StripeOptions(automatic_tax=True))
    page = await taxed.create(request_of(rig))
    [paid] = hear(rig, rig.server.pay(page.provider_ref))
    [asked_for] = await taxed.look_up("pay_1", page.provider_ref)
    assert [one.tax for one in (paid, asked_for)] == [Money(128, "EUR")] * 2
    assert [one.money for one in (paid, asked_for)] == [Money(799, "EUR")] * 2, "inside the price"
    plain = await rig.provider.create(request_of(rig, "pay_2"))
    [paid] = hear(rig, rig.server.pay(plain.provider_ref))
    assert paid.tax is None


async def test_a_dispute_names_the_receipt(rig: StripeRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [paid] = hear(rig, rig.server.pay(page.provider_ref))
    [dispute] = hear(rig, rig.server.dispute(page.provider_ref))
    assert (dispute.happening, dispute.receipt_id) == (H.DISPUTED, paid.receipt_id)
    assert isinstance(dispute.detail, DisputeFacts)
    assert dispute.detail.reason == "fraudulent"
    assert await _asked(rig, page.provider_ref) == [H.RECEIVED, H.DISPUTED]


async def test_nothing_to_pay_is_a_receipt_of_nothing(rig: StripeRig) -> None:
    session = {
        "id": "cs_1",
        "mode": "payment",
        "payment_status": "no_payment_required",
        "amount_total": 0,
        "currency": "eur",
        "payment_intent": None,
    }
    [event] = hear(rig, rig.server.event("checkout.session.completed", session))
    assert (event.happening, event.receipt_id) == (H.RECEIVED, "cs_1")
    assert event.money == Money.zero("EUR")


async def test_sessions_of_another_business_are_left_alone(rig: StripeRig) -> None:
    delivery = rig.server.event("checkout.session.completed", {"id": "cs_1", "mode": "setup"})
    [event] = hear(rig, delivery)
    assert event.happening is H.UNHANDLED


async def test_the_account_decides_on_payment_methods(rig: StripeRig) -> None:
    params = session_params(request_of(rig), NOW, StripeOptions())
    assert "payment_method_types" not in params


async def test_whenever_it_is_due_asking_again_finds_it(rig: StripeRig) -> None:
    for number, minutes in enumerate([1, 29, 30, 31, 45, 60, 24 * 60, 10 * 24 * 60]):
        due = NOW + timedelta(minutes=minutes)
        for later in (0, 1, 29, 40):
            rig.clock.moment = NOW + timedelta(minutes=later)
            await rig.provider.create(request_of(rig, f"pay_{number}", expires_at=due))
    assert len(rig.server.sessions) == 8


def test_a_time_that_fits_is_kept() -> None:
    due = NOW + timedelta(minutes=45)
    assert next(closing_times(due, NOW)) == due


@pytest.mark.parametrize("minutes", range(0, 60, 7))
@pytest.mark.parametrize("due", [timedelta(minutes=5), timedelta(days=9)])
def test_a_time_that_does_not_fit_is_moved_inside(minutes: int, due: timedelta) -> None:
    now = NOW + timedelta(minutes=minutes)
    closing: datetime = next(closing_times(now + due, now))
    assert now + timedelta(minutes=30) < closing <= now + timedelta(hours=24)


async def test_the_same_reference_for_another_amount_is_refused(rig: StripeRig) -> None:
    await rig.provider.create(request_of(rig))
    with pytest.raises(ProviderError, match="under this reference"):
        await rig.provider.create(request_of(rig, amount=Money(1, "EUR")))


@pytest.mark.parametrize(
    ("money", "amount"),
    [
        (Money(799, "EUR"), 799),
        (Money(500, "JPY"), 500),
        (Money(5, "ISK"), 500),
        (Money(5, "UGX"), 500),
        (Money(500, "MGA"), 5),
        (Money(1045, "HUF"), 1045),
    ],
)
def test_amounts_as_stripe_counts_them(money: Money, amount: int) -> None:
    assert to_stripe(money) == amount
    assert from_stripe(amount, money.currency.lower()) == money


# https://docs.stripe.com/currencies#zero-decimal, but for UGX: that is a special case below it.
_ZERO_DECIMAL = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
ZERO_DECIMAL = frozenset(_ZERO_DECIMAL.split())


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_five_of_any_currency_are_written_as_stripe_documents_it(currency: str) -> None:
    five = Money.parse("5", currency)
    assert to_stripe(five) == (5 if currency in ZERO_DECIMAL else 500)
    assert from_stripe(to_stripe(five), currency.lower()) == five


def test_the_currencies_that_stripe_counts_otherwise_are_named_and_no_others() -> None:
    unlike = {one for one in CURRENCIES if to_stripe(Money(100, one)) != 100}
    assert unlike == EXPONENTS.keys() == {"ISK", "UGX", "MGA"}
    assert all(exponent_of(code) != digits for code, digits in EXPONENTS.items())


def test_money_of_a_currency_that_nobody_can_count_is_not_guessed() -> None:
    with pytest.raises(UnknownCurrencyError, match="'ZZZ' is not a currency such as EUR"):
        from_stripe(500, "zzz")


def test_fractions_that_stripe_cannot_express_are_refused() -> None:
    with pytest.raises(ProviderError, match="MGA"):
        to_stripe(Money(501, "MGA"))
    with pytest.raises(BadInputError):
        from_stripe(501, "isk")


def test_stars_and_coins_are_not_for_cards() -> None:
    assert not {"XTR", "USDC"} & CURRENCIES
    assert {"EUR", "USD", "JPY"} <= CURRENCIES


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en", "en"),
        ("pt-br", "pt-BR"),
        ("pt_PT", "pt"),
        ("zh-hans", "zh"),
        ("no", "nb"),
        ("hi", "hi-IN"),
        ("ar", "auto"),
        ("", "auto"),
    ],
)
async def test_the_page_speaks_the_customers_language(
    rig: StripeRig, language: str, locale: str
) -> None:
    params = session_params(request_of(rig, language=language), NOW, StripeOptions())
    assert params.get("locale") == locale


async def test_the_payment_page_has_what_stripe_needs(rig: StripeRig) -> None:
    page = await rig.provider.create(request_of(rig))
    session = rig.server.sessions[page.provider_ref]
    assert session["amount_total"] == 799
    assert session["client_reference_id"] == "pay_1"
    assert session["metadata"] == session["intent_metadata"] == {"reference": "pay_1"}


async def _asked(rig: StripeRig, provider_ref: str) -> list[Happening]:
    events: list[PaymentEvent] = list(await rig.provider.look_up("pay_1", provider_ref))
    assert {event.reference for event in events} == {"pay_1"}
    return [event.happening for event in events]
