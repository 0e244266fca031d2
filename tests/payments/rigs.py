"""Every provider beside the server it speaks to, with the same levers for the contract tests."""

import asyncio
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import httpx

from payments.btcpay import BTCPay
from payments.coinbase import Coinbase
from payments.coinbase_commerce import CoinbaseCommerce
from payments.cryptopay import CryptoPay
from payments.nowpayments import NowPayments
from payments.sandbox import SIGNATURE_HEADER, Sandbox
from payments.stars import Stars
from payments.stripe import Stripe
from payments.stripe_session import StripeOptions
from payments.telegram_cards import TelegramCards
from payments.transfer import Transfer
from shop.core.money import Money
from shop.ports import Happening, PaymentEvent, PaymentPage, PaymentProvider, PaymentRequest
from tests.payments import further
from tests.standins import (
    btcpay,
    coinbase,
    coinbase_commerce,
    cryptopay,
    nowpayments,
    star_bot,
    stripe,
)
from tests.standins.moods import Delivery, Moody
from tests.standins.server import serve

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Made once: a context with the system's certificates costs every test tens of milliseconds.
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SECONDS = 1.0
"""How long providers wait in tests."""
NO_ANSWER = 0
SANDBOX_SECRET = "a secret of the sandbox"


@dataclass
class Hands:
    """A clock whose hands a test moves."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


class Rig(Protocol):
    """A provider, what no error of it may show, and the lever that makes a customer pay."""

    provider: PaymentProvider
    clock: Hands
    currency: str

    @property
    def hidden(self) -> Sequence[str]: ...

    async def pay(self, page: PaymentPage) -> Delivery:
        """Pay; returns what is sent when the money is final."""
        ...


class Remote(Rig, Protocol):
    """A rig whose server may have a bad day."""

    @property
    def server(self) -> Moody: ...


class Ending(Rig, Protocol):
    """A rig where payments can also run out."""

    async def expire(self, page: PaymentPage) -> None: ...


class Declining(Rig, Protocol):
    """A rig where payments can also fail."""

    async def decline(self, page: PaymentPage) -> None: ...


class Signed(Rig, Protocol):
    """A rig with signed webhooks."""

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery: ...

    def unknown(self) -> Delivery:
        """Send an event of a kind that no shop acts on."""
        ...

    def with_secrets(self, *secrets: str) -> PaymentProvider:
        """Make the same provider with other webhook secrets."""
        ...


def request_of(rig: Rig, reference: str = "pay_1", **changes: Any) -> PaymentRequest:  # noqa: ANN401 - any field
    """Ask for 7.99 (or 799 Stars), due in an hour."""
    request = PaymentRequest(
        reference=reference,
        amount=Money(799, rig.currency),
        title="Films & series",
        description="30 days",
        expires_at=rig.clock.now() + timedelta(hours=1),
        return_url="https://t.me/kiosk_bot",
        language="en",
        chat_id=1,
    )
    return replace(request, **changes)


def hear(rig: Rig, delivery: Delivery) -> Sequence[PaymentEvent]:
    """Let the provider read what was sent; inside Telegram that is an update."""
    if isinstance(rig.provider, Stars | TelegramCards):
        event = rig.provider.read_update(json.loads(delivery.body))
        return [event] if event else []
    return rig.provider.read_webhook(delivery.headers, delivery.body, now=rig.clock.now())


async def learn(rig: Rig, delivery: Delivery) -> Sequence[PaymentEvent]:
    """Hear what was sent; where it only says to ask, ask, as the shop's clock would."""
    events = hear(rig, delivery)
    if [event.happening for event in events] != [Happening.ASK]:
        return events
    return await rig.provider.look_up(events[0].reference, events[0].provider_ref)


PLAIN = StripeOptions()


class StripeRig:
    """Stripe and its stand-in."""

    currency = "EUR"
    hidden = (stripe.KEY, stripe.SECRET)

    def __init__(
        self, *, clock: Hands, server: stripe.StripeServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server, self._url, self._http = clock, server, url, http
        self.provider: PaymentProvider = self.with_secrets(stripe.SECRET)

    def with_secrets(self, *secrets: str, options: StripeOptions = PLAIN) -> PaymentProvider:
        return Stripe(
            secret_key=stripe.KEY,
            webhook_secrets=secrets,
            clock=self.clock,
            http=self._http,
            api_url=self._url,
            seconds=SECONDS,
            options=options,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)

    async def expire(self, page: PaymentPage) -> None:
        self.server.expire(page.provider_ref)

    async def decline(self, page: PaymentPage) -> None:
        self.server.fail_debit(page.provider_ref)

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.event("invoice.paid", {"id": "in_1", "object": "invoice"})


class CoinbaseRig:
    """Coinbase Checkouts and their stand-in."""

    currency = "USD"
    hidden = (coinbase.KEY_SECRET, coinbase.SECRET)

    def __init__(
        self, *, clock: Hands, server: coinbase.CoinbaseServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server, self._url, self._http = clock, server, url, http
        self.provider: PaymentProvider = self.with_secrets(coinbase.SECRET)

    def with_secrets(self, *secrets: str) -> PaymentProvider:
        return Coinbase(
            key_id=coinbase.KEY_ID,
            key_secret=coinbase.KEY_SECRET,
            webhook_secrets=secrets,
            clock=self.clock,
            http=self._http,
            api_url=self._url,
            seconds=SECONDS,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)

    async def expire(self, page: PaymentPage) -> None:
        self.server.expire(page.provider_ref)

    async def decline(self, page: PaymentPage) -> None:
        self.server.fail(page.provider_ref)

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.event("checkout.refund.failed", {"id": "0" * 24})


class CommerceRig:
    """Coinbase Commerce and its stand-in."""

    currency = "USD"
    hidden = (coinbase_commerce.KEY, coinbase_commerce.SECRET)

    def __init__(
        self,
        *,
        clock: Hands,
        server: coinbase_commerce.CommerceServer,
        url: str,
        http: httpx.AsyncClient,
    ) -> None:
        del http  # the package brings its own
        self.clock, self.server, self._url = clock, server, url
        self.provider: PaymentProvider = self.with_secrets(coinbase_commerce.SECRET)

    def with_secrets(self, *secrets: str) -> PaymentProvider:
        return CoinbaseCommerce(
            api_key=coinbase_commerce.KEY,
            webhook_secrets=secrets,
            api_url=self._url,
            seconds=SECONDS,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)

    async def expire(self, page: PaymentPage) -> None:
        self.server.expire(page.provider_ref)

    async def decline(self, page: PaymentPage) -> None:
        self.server.fail(page.provider_ref)

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.event("charge:created", {"id": "1"})


class BTCPayRig:
    """BTCPay and its stand-in."""

    currency = "EUR"
    hidden = (btcpay.KEY, btcpay.SECRET)

    def __init__(
        self, *, clock: Hands, server: btcpay.BTCPayServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server, self._url, self._http = clock, server, url, http
        self.provider: PaymentProvider = self.with_secrets(btcpay.SECRET)

    def with_secrets(self, *secrets: str) -> PaymentProvider:
        return BTCPay(
            url=self._url,
            api_key=btcpay.KEY,
            store_id=btcpay.STORE,
            webhook_secrets=secrets,
            clock=self.clock,
            http=self._http,
            seconds=SECONDS,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)

    async def expire(self, page: PaymentPage) -> None:
        self.server.end(page.provider_ref, "Expired")

    async def decline(self, page: PaymentPage) -> None:
        self.server.end(page.provider_ref, "Invalid")

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.event("PaymentRequestCreated", paymentRequestId="1")


class CryptoPayRig:
    """Crypto Pay and its stand-in."""

    currency = "EUR"
    hidden = (cryptopay.TOKEN,)

    def __init__(
        self, *, clock: Hands, server: cryptopay.CryptoPayServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server, self._url, self._http = clock, server, url, http
        self.provider: PaymentProvider = self.with_secrets(cryptopay.TOKEN)

    def with_secrets(self, *secrets: str) -> PaymentProvider:
        return CryptoPay(
            token=cryptopay.TOKEN,
            webhook_tokens=secrets,
            clock=self.clock,
            http=self._http,
            api_url=self._url,
            seconds=SECONDS,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)

    async def expire(self, page: PaymentPage) -> None:
        self.server.expire(page.provider_ref)

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.event("invoice_framed", {"invoice_id": 1})


class NowPaymentsRig:
    """NOWPayments and its stand-in."""

    currency = "EUR"
    hidden = (nowpayments.KEY, nowpayments.SECRET)

    def __init__(
        self, *, clock: Hands, server: nowpayments.NowServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server, self._url, self._http = clock, server, url, http
        self.provider: PaymentProvider = self.with_secrets(nowpayments.SECRET)

    def with_secrets(self, *secrets: str) -> PaymentProvider:
        return NowPayments(
            api_key=nowpayments.KEY,
            webhook_secrets=secrets,
            webhook_url="https://shop.test/webhooks/nowpayments",
            http=self._http,
            api_url=self._url,
            seconds=SECONDS,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)

    async def expire(self, page: PaymentPage) -> None:
        self.server.change(self.server.choose(page.provider_ref), "expired")

    async def decline(self, page: PaymentPage) -> None:
        self.server.change(self.server.choose(page.provider_ref), "failed")

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.signed(b'{"payment_id":1,"payment_status":"framed"}')


class StarsRig:
    """Stars and a Bot API stand-in."""

    currency = "XTR"
    hidden = (star_bot.TOKEN,)

    def __init__(
        self, *, clock: Hands, server: star_bot.StarBotServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server = clock, server
        self.provider: PaymentProvider = Stars(
            token=star_bot.TOKEN, clock=clock, http=http, api_url=url, seconds=SECONDS
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)


class CardsRig:
    """Cards inside Telegram, and the same Bot API stand-in."""

    currency = "EUR"
    hidden = (star_bot.TOKEN, star_bot.PROVIDER_TOKEN)

    def __init__(
        self, *, clock: Hands, server: star_bot.StarBotServer, url: str, http: httpx.AsyncClient
    ) -> None:
        self.clock, self.server, self._url, self._http = clock, server, url, http
        self.provider: PaymentProvider = self.with_token(star_bot.PROVIDER_TOKEN)

    def with_token(self, provider_token: str) -> PaymentProvider:
        return TelegramCards(
            token=star_bot.TOKEN,
            provider_token=provider_token,
            http=self._http,
            api_url=self._url,
            seconds=SECONDS,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        return self.server.pay(page.provider_ref)


class TransferRig:
    """A bank transfer, told by the customer's picture; staff decide: `Till.take` is both."""

    currency = "EUR"
    hidden = ("DE02120300000000202051",)

    def __init__(self, *, clock: Hands) -> None:
        self.clock = clock
        details = "Account holder: Kiosk Ltd; IBAN: DE02120300000000202051"
        self.provider: PaymentProvider = Transfer(details=details)

    async def pay(self, page: PaymentPage) -> Delivery:
        return Delivery(headers={}, body=f"a picture for {page.provider_ref}".encode())


class SandboxRig:
    """The sandbox, whose webhooks are caught on their way out."""

    currency = "EUR"
    hidden = (SANDBOX_SECRET,)

    def __init__(self, *, clock: Hands, kind: Literal["card", "crypto"], directory: Path) -> None:
        self.clock, self._kind, self._directory = clock, kind, directory
        self.answers: list[int] = []
        self.sent: asyncio.Queue[Delivery] = asyncio.Queue()
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self._catch))
        self.sandbox = self.with_secrets(SANDBOX_SECRET)
        self.provider: PaymentProvider = self.sandbox

    def with_secrets(self, *secrets: str, send_webhooks: bool = True) -> Sandbox:
        return Sandbox(
            kind=self._kind,
            directory=self._directory,
            secrets=secrets,
            public_url="http://127.0.0.1:8080",
            clock=self.clock,
            http=self.http,
            send_webhooks=send_webhooks,
        )

    async def pay(self, page: PaymentPage) -> Delivery:
        await self.sandbox.press(page.provider_ref, "pay")
        if self._kind == "crypto":
            await self.next_sent()
            await self.sandbox.press(page.provider_ref, "confirm")
        return await self.next_sent()

    async def next_sent(self) -> Delivery:
        return await asyncio.wait_for(self.sent.get(), timeout=5)

    async def expire(self, page: PaymentPage) -> None:
        assert page.expires_at
        self.clock.moment = page.expires_at

    async def decline(self, page: PaymentPage) -> None:
        await self.sandbox.press(page.provider_ref, "decline")

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        stamp = int(self.clock.now().timestamp()) if at is None else at
        key = (secret or SANDBOX_SECRET).encode()
        code = hmac.new(key, b"%d.%b" % (stamp, body), "sha256").hexdigest()
        return Delivery(headers={SIGNATURE_HEADER: f"t={stamp},v1={code}"}, body=body)

    def unknown(self) -> Delivery:
        return self.sign(b'{"id": "evt_1", "type": "payment.framed"}')

    async def _catch(self, request: httpx.Request) -> httpx.Response:
        self.sent.put_nowait(Delivery(headers=dict(request.headers), body=request.content))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == NO_ANSWER:
            words = "nobody there"
            raise httpx.ConnectError(words, request=request)
        return httpx.Response(answer)


FURTHER = {one.NAME: one for one in further.found()}
REMOTE = (
    "stripe",
    "coinbase",
    "coinbase_commerce",
    "btcpay",
    "cryptopay",
    "nowpayments",
    "stars",
    "telegram_cards",
    *FURTHER,
)
SANDBOXES = ("sandbox_card", "sandbox_crypto")
REFUNDING = ("stripe", "coinbase", "btcpay", "stars", *SANDBOXES)
DISPUTING = ("stripe", *SANDBOXES)
STAMPED = (
    "stripe",
    "coinbase",
    *SANDBOXES,
    *(name for name, one in FURTHER.items() if one.SIGNS_ITS_TIME),
)
SIGNED = (
    *STAMPED,
    "coinbase_commerce",
    "btcpay",
    "cryptopay",
    "nowpayments",
    *(name for name in FURTHER if name not in STAMPED),
)
ALL = (*REMOTE, *SANDBOXES)
MUTE = ("telegram_cards", "transfer")
"""Who cannot be asked what became of a payment: whoever waits for them, waits."""
WITH_PAGES = (*ALL, "transfer")
UNDATED = ("nowpayments",)
"""Who does not say when the money came."""
ENDING = [name for name in ALL if name not in {"stars", "telegram_cards"}]
"""Whose pages run out by themselves; a link of Telegram's does not."""
ASKED = [name for name in REMOTE if name not in MUTE]
TELLING_BACK = ("stripe", "coinbase", "nowpayments", "stars", *SANDBOXES)
"""Who tells of money that went back by its own page, and of no word of ours."""


@asynccontextmanager
async def rig_of(name: str, directory: Path) -> AsyncIterator[Any]:
    """Build the rig of a provider and take it down again."""
    clock = Hands()
    async with AsyncExitStack() as stack:
        rig: Rig
        if name in SANDBOXES:
            kind: Literal["card", "crypto"] = "card" if name == "sandbox_card" else "crypto"
            rig = sandbox = SandboxRig(clock=clock, kind=kind, directory=directory)
            stack.push_async_callback(sandbox.http.aclose)
        elif name == "transfer":
            rig = TransferRig(clock=clock)
        else:
            http = await stack.enter_async_context(httpx.AsyncClient(verify=_TLS))
            rig = _remote(name, clock, stack, http)
        stack.push_async_callback(rig.provider.close)
        yield rig


_REMOTES: dict[str, tuple[Callable[..., Remote], Callable[..., Any]]] = {
    "stripe": (StripeRig, stripe.StripeServer),
    "coinbase": (CoinbaseRig, coinbase.CoinbaseServer),
    "coinbase_commerce": (CommerceRig, coinbase_commerce.CommerceServer),
    "btcpay": (BTCPayRig, btcpay.BTCPayServer),
    "cryptopay": (CryptoPayRig, cryptopay.CryptoPayServer),
    "nowpayments": (NowPaymentsRig, nowpayments.NowServer),
    "stars": (StarsRig, star_bot.StarBotServer),
    "telegram_cards": (CardsRig, star_bot.StarBotServer),
    **{name: (one.Rig, one.Server) for name, one in FURTHER.items()},
}


def _remote(name: str, clock: Hands, stack: AsyncExitStack, http: httpx.AsyncClient) -> Remote:
    make_rig, make_server = _REMOTES[name]
    server = make_server(now=clock.now)
    url = stack.enter_context(serve(server.app))
    return make_rig(clock=clock, server=server, url=url, http=http)


def provider_over(http: httpx.AsyncClient, name: str) -> PaymentProvider:
    """A provider whose calls all go through this client, whoever answers them."""
    make_rig, make_server = _REMOTES[name]
    rig = make_rig(clock=Hands(), server=make_server(), url="http://127.0.0.1:9", http=http)
    return rig.provider
