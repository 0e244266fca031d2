"""A provider takes back that money came: it is held as a dispute is, and told to both sides."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from preview.client import text_of
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF
from tests.standins import btcpay, coinbase, coinbase_commerce, cryptopay, nowpayments
from tests.standins.moods import Delivery, Mood
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk

ANNA = 1001
IN_DOUBT = "The payment for Solo is in doubt"
NO_DOUBT = "is not in doubt any more"
TAKES_BACK = "takes back that"
COUNTS_AGAIN = "again."
FRESH, GONE = 200, 403


class Till:
    """A shop with one provider, and what that provider says over HTTP."""

    def __init__(self, kiosk: Kiosk, server: Any, way: str) -> None:  # noqa: ANN401 - any stand-in
        self.kiosk, self.server, self.way = kiosk, server, way
        self.anna, self.olga = kiosk.person(ANNA), kiosk.person(STAFF)

    async def hears(self, told: Delivery, *, minutes: int = 1) -> None:
        """The provider tells; the shop asks, and does what follows."""
        self.kiosk.clock.move(minutes=minutes)
        path = f"/webhooks/{self.way}"
        answer = await self.kiosk.http.post(path, content=told.body, headers=told.headers)
        assert answer.status_code == 200
        await self.kiosk.quiet()

    async def asked(self) -> str:
        """Anna is at the page; what the provider calls it."""
        await self.olga.say("/start")
        await self.anna.to_pay(self.way)
        found = "SELECT provider_ref FROM payments ORDER BY id DESC LIMIT 1"
        return str(self.kiosk.tables.one(found))

    async def bought(self) -> str:
        """Anna has paid and has her access."""
        ref = await self.asked()
        await self.hears(self.server.pay(ref))
        await self.anna.sees("Payment received")
        assert await self.kiosk.access() == FRESH
        return ref

    def dispute(self) -> list[tuple[str, str, int]]:
        rows = "SELECT state, reason, minor FROM disputes ORDER BY id"
        return [(str(state), str(why), int(minor)) for state, why, minor in self._rows(rows)]

    def balance(self, account: str) -> int:
        query = f"SELECT COALESCE(SUM(minor), 0) FROM journal WHERE account = '{account}'"  # noqa: S608 - ours
        return int(self.kiosk.tables.one(query))

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.kiosk.tables.rows(query)

    async def many(self, person: Person, words: str) -> int:
        return len(await person.having(words))


@contextmanager
def standing_in(way: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A stand-in of this provider, and the settings that lead to it."""
    made: dict[str, Any] = {
        "btcpay": btcpay.BTCPayServer,
        "nowpayments": nowpayments.NowServer,
        "coinbase": coinbase.CoinbaseServer,
        "coinbase_commerce": coinbase_commerce.CommerceServer,
        "cryptopay": cryptopay.CryptoPayServer,
    }
    server = made[way]()
    with serve(server.app) as url:
        secrets: dict[str, dict[str, Any]] = {
            "btcpay": {
                "btcpay_url": url,
                "btcpay_api_key": SecretStr(btcpay.KEY),
                "btcpay_store_id": btcpay.STORE,
                "btcpay_webhook_secret": SecretStr(btcpay.SECRET),
            },
            "nowpayments": {
                "nowpayments_api_key": SecretStr(nowpayments.KEY),
                "nowpayments_ipn_secret": SecretStr(nowpayments.SECRET),
                "nowpayments_api_url": url,
            },
            "coinbase": {
                "coinbase_key_id": coinbase.KEY_ID,
                "coinbase_key_secret": SecretStr(coinbase.KEY_SECRET),
                "coinbase_webhook_secret": SecretStr(coinbase.SECRET),
                "coinbase_api_url": url,
            },
            "coinbase_commerce": {
                "coinbase_commerce_api_key": SecretStr(coinbase_commerce.KEY),
                "coinbase_commerce_webhook_secret": SecretStr(coinbase_commerce.SECRET),
                "coinbase_commerce_api_url": url,
            },
            "cryptopay": {
                "cryptopay_token": SecretStr(cryptopay.TOKEN),
                "cryptopay_api_url": url,
            },
        }
        yield server, secrets[way]


@pytest.fixture
async def till(request: pytest.FixtureRequest, open_kiosk: OpenKiosk) -> AsyncIterator[Till]:
    """A shop that is paid by BTCPay, or by the provider that a test names."""
    way = getattr(request, "param", "btcpay")
    with standing_in(way) as (server, settings):
        kiosk = await open_kiosk(**settings)
        server.now = kiosk.clock.now
        yield Till(kiosk, server, way)


# --- BTCPay ------------------------------------------------------------------------------------


async def test_marked_invalid_after_it_was_settled_is_held_and_told_to_both(till: Till) -> None:
    invoice = await till.bought()
    for told in [till.server.mark(invoice, "Invalid")] * 2:
        await till.hears(told)
    assert till.dispute() == [("open", "marked invalid", 799)]
    assert (till.balance("provider:btcpay"), till.balance("disputed")) == (0, 799)
    assert await till.kiosk.access() == GONE
    assert await till.many(till.anna, IN_DOUBT) == 1
    told_staff = text_of(await till.olga.sees(TAKES_BACK))
    assert "Bitcoin takes back that €7.99 came from" in told_staff
    assert "marked invalid" in told_staff
    assert "bank wants" not in told_staff


async def test_marked_settled_again_gives_all_back(till: Till) -> None:
    invoice = await till.bought()
    await till.hears(till.server.mark(invoice, "Invalid"))
    for told in [till.server.mark(invoice, "Settled")] * 2:
        await till.hears(told)
    assert till.dispute() == [("won", "marked invalid", 0)]
    assert till.balance("provider:btcpay") == 799
    assert await till.kiosk.access() == FRESH
    assert await till.many(till.anna, NO_DOUBT) == 1
    assert "€7.99 is here again" in text_of(await till.olga.sees("counts at Bitcoin again"))


async def test_it_turns_as_often_as_its_merchant_marks_it(till: Till) -> None:
    invoice = await till.bought()
    for turn, status in enumerate(("Invalid", "Settled") * 2 + ("Invalid",), start=1):
        await till.hears(till.server.mark(invoice, status))
        assert await till.kiosk.access() == (GONE if turn % 2 else FRESH)
    assert [state for state, _why, _minor in till.dispute()] == ["open"]
    assert await till.many(till.anna, IN_DOUBT) == 3
    assert await till.many(till.anna, NO_DOUBT) == 2


async def test_news_of_it_in_another_order_end_where_the_invoice_stands(till: Till) -> None:
    invoice = await till.bought()
    invalid = till.server.mark(invoice, "Invalid")
    settled = till.server.mark(invoice, "Settled")
    for told in (settled, invalid, settled, invalid):
        await till.hears(told)
    assert till.dispute() == [], "it counted each time that it was asked about"
    assert await till.kiosk.access() == FRESH


async def test_invalid_before_its_settled_event_gives_no_access(till: Till) -> None:
    invoice = await till.asked()
    till.server.see(invoice)
    settled = till.server.settle(invoice)
    await till.hears(till.server.mark(invoice, "Invalid"))
    await till.hears(settled)
    assert till.dispute() == [("open", "marked invalid", 799)]
    assert await till.kiosk.access() == GONE
    await till.hears(till.server.mark(invoice, "Settled"))
    assert await till.kiosk.access() == FRESH


async def test_invalid_and_never_paid_is_a_payment_that_failed(till: Till) -> None:
    invoice = await till.asked()
    await till.hears(till.server.mark(invoice, "Invalid"))
    assert till.dispute() == []
    await till.anna.sees("did not go through")


@pytest.mark.parametrize("is_marked", [True, False])
async def test_a_year_later_it_is_held_all_the_same(till: Till, *, is_marked: bool) -> None:
    invoice = await till.bought()
    await till.kiosk.skip(days=365)
    more = "Marked" if is_marked else "None"
    await till.hears(till.server.end(invoice, "Invalid", more))
    word = "marked invalid" if is_marked else "invalid"
    assert till.dispute() == [("open", word, 799)]
    assert await till.many(till.olga, TAKES_BACK) == 1
    assert await till.many(till.anna, IN_DOUBT) == 0, "there was no access to rest any more"
    assert till.balance("disputed") == 799


async def test_a_year_later_while_btcpay_is_away_it_is_asked_until_it_answers(till: Till) -> None:
    invoice = await till.bought()
    await till.kiosk.skip(days=365)
    told = till.server.mark(invoice, "Invalid")
    till.server.mood = Mood.DOWN
    await till.hears(told)
    assert till.dispute() == []
    till.server.mood = Mood.UP
    await till.kiosk.skip(hours=7)
    assert till.dispute() == [("open", "marked invalid", 799)]


async def test_coins_that_the_chain_lost_are_held_and_count_once_they_are_back(
    till: Till,
) -> None:
    invoice = await till.bought()
    await till.hears(till.server.drop(invoice))
    assert till.dispute() == [("open", "payment invalid", 799)]
    assert await till.kiosk.access() == GONE
    await till.hears(till.server.settle(invoice))
    assert till.dispute() == [("won", "payment invalid", 0)]
    assert await till.kiosk.access() == FRESH


async def test_with_a_part_from_the_wallet_each_part_is_taken_back_alone(till: Till) -> None:
    first = await till.asked()
    till.server.see(first, "0.00008000")
    await till.hears(till.server.settle(first, "Expired", "PaidPartial"))
    await till.anna.sees("€4.00 arrived for Solo")
    await till.anna.tap("pay_rest:")
    await till.anna.page("btcpay")
    rest = str(till.kiosk.tables.one("SELECT provider_ref FROM payments ORDER BY id DESC LIMIT 1"))
    await till.hears(till.server.pay(rest))
    await till.anna.sees("Payment received")
    assert (till.balance("provider:btcpay"), till.balance("wallet")) == (799, 0)

    await till.hears(till.server.mark(rest, "Invalid"))
    assert till.balance("disputed") == 399
    assert await till.kiosk.access() == GONE
    await till.hears(till.server.mark(first, "Invalid"))
    assert till.balance("disputed") == 799
    await till.hears(till.server.mark(rest, "Settled"))
    assert till.balance("disputed") == 400
    await till.hears(till.server.mark(first, "Settled"))
    assert till.balance("disputed") == 0
    assert await till.kiosk.access() == FRESH
    assert till.balance("wallet") == 0


@pytest.mark.parametrize("come", ["0.00008000", "0.00015980"], ids=["a part", "all of it, late"])
async def test_what_is_marked_settled_says_what_the_books_did(till: Till, come: str) -> None:
    invoice = await till.asked()
    await till.hears(till.server.end(invoice, "Expired"))
    await till.kiosk.skip(hours=30)
    till.server.see(invoice, come)
    is_all = come == "0.00015980"
    late = till.server.settle(invoice, "Expired", "PaidLate" if is_all else "PaidPartial")
    await till.hears(late)
    await till.hears(till.server.mark(invoice, "Settled"))
    told = text_of(await till.olga.sees("invoice.marked_settled"))
    assert "Nothing was given" not in told
    money = "€7.99" if is_all else "€4.00"
    order = kiosk_order(till)
    assert f"In our books {money} came by this payment; its order: {order}." in told
    assert order == ("paid" if is_all else "expired")
    heard = "Payment received" if is_all else "€4.00 arrived for Solo"
    await till.anna.sees(heard)


async def test_marked_settled_without_coins_says_that_none_came(till: Till) -> None:
    invoice = await till.asked()
    await till.hears(till.server.mark(invoice, "Settled"))
    told = text_of(await till.olga.sees("invoice.marked_settled"))
    assert "In our books no money came by this payment; its order: open." in told
    assert till.kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0


def kiosk_order(till: Till) -> str:
    return str(till.kiosk.tables.one("SELECT state FROM orders ORDER BY id"))


# --- the others --------------------------------------------------------------------------------


def failed_after_all(till: Till, ref: str) -> Delivery:
    """The provider says that a payment failed which it had confirmed."""
    if till.way == "nowpayments":
        [payment] = till.server.payments
        told: Delivery = till.server.change(payment, "failed")
        return told
    if till.way == "coinbase_commerce":
        [payment] = till.server.charges[ref]["payments"]
        payment["status"] = "failed"
    return till.server.fail(ref)  # type: ignore[no-any-return]


def confirmed_again(till: Till, ref: str) -> Delivery:
    if till.way == "nowpayments":
        [payment] = till.server.payments
        told: Delivery = till.server.change(payment, "finished")
        return told
    return (till.server.confirm if till.way == "coinbase_commerce" else till.server.pay)(ref)  # type: ignore[no-any-return]


@pytest.mark.parametrize("till", ["nowpayments", "coinbase", "coinbase_commerce"], indirect=True)
async def test_what_was_confirmed_and_failed_after_all_is_held_until_it_counts_again(
    till: Till,
) -> None:
    ref = await till.bought()
    due = till.balance(f"provider:{till.way}")
    for told in [failed_after_all(till, ref)] * 2:
        await till.hears(told)
    assert till.dispute() == [("open", "failed", due)]
    assert await till.kiosk.access() == GONE
    assert await till.many(till.anna, IN_DOUBT) == 1
    assert await till.many(till.olga, TAKES_BACK) == 1
    await till.hears(confirmed_again(till, ref))
    assert till.dispute() == [("won", "failed", 0)]
    assert await till.kiosk.access() == FRESH
    assert await till.many(till.anna, NO_DOUBT) == 1
    await till.hears(failed_after_all(till, ref))
    assert till.dispute() == [("open", "failed", due)]
    await till.hears(confirmed_again(till, ref))
    assert till.dispute() == [("won", "failed", 0)]


@pytest.mark.parametrize("till", ["nowpayments", "coinbase", "coinbase_commerce"], indirect=True)
async def test_a_failure_of_yesterday_that_comes_late_takes_nothing_back(till: Till) -> None:
    ref = await till.bought()
    late = failed_after_all(till, ref)
    confirmed_again(till, ref)
    for _ in range(2):
        await till.hears(late)
    assert till.dispute() == []
    assert await till.kiosk.access() == FRESH
    assert await till.many(till.anna, IN_DOUBT) == 0


@pytest.mark.parametrize("till", ["cryptopay"], indirect=True)
async def test_an_invoice_that_was_paid_and_expired_after_all_is_held_when_it_is_asked_about(
    till: Till,
) -> None:
    ref = await till.bought()
    again = till.server.pay(ref)
    till.server.expire(ref)
    await till.hears(again)
    assert till.dispute() == [], "it tells nobody, and nobody asks about what is paid"


@pytest.mark.parametrize("till", ["nowpayments"], indirect=True)
async def test_a_refund_at_nowpayments_names_its_money_and_staff_look(till: Till) -> None:
    await till.bought()
    [payment] = till.server.payments
    for told in [till.server.change(payment, "refunded")] * 2:
        await till.hears(told)
    assert await till.many(till.olga, "but does not say how much") == 1


@pytest.mark.parametrize("came", [0, None, ""])
@pytest.mark.parametrize("till", ["nowpayments"], indirect=True)
async def test_finished_with_nothing_paid_is_told_to_staff_and_booked_by_nobody(
    till: Till, came: object
) -> None:
    page = await till.asked()
    payment = till.server.choose(page)
    for told in [till.server.change(payment, "finished", actually_paid=came)] * 2:
        await till.hears(told)
    assert till.kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
    assert await till.many(till.olga, "payment.finished") == 1
    told_staff = text_of(await till.olga.sees("payment.finished"))
    assert "no money came by this payment; its order: open" in told_staff
    assert f"payment {payment}" in told_staff


@pytest.mark.parametrize("till", ["coinbase"], indirect=True)
async def test_a_refund_that_coinbase_could_not_make_is_not_passed_over(till: Till) -> None:
    ref = await till.bought()
    await till.hears(till.server.fail_refund(ref))
    told = text_of(await till.olga.sees("checkout.refund.failed"))
    assert ref in told
