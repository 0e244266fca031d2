"""Every provider as the matrix sees it: what switches it on, how it is paid, how it goes away."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx

from bot.encryption import derive
from payments.sandbox.provider import Sandbox
from preview.client import Chat
from tests.faults.wire import PAGES, Wire
from tests.fixtures.clocks import HandClock
from tests.fixtures.process import SECRET_KEY
from tests.standins import btcpay, coinbase, coinbase_commerce, cryptopay, nowpayments, stripe
from tests.standins.moods import Delivery, Mood, Moody
from tests.standins.server import serve
from tests.stories.test_transfer import picture

Now = Callable[[], datetime]


class Column(Protocol):
    """A provider; `settings` switch it on, `due` is what the plan costs there.

    `pay` returns the webhook, or None where Telegram itself tells of the money.
    """

    name: str
    due: tuple[int, str]

    @property
    def settings(self) -> Mapping[str, str]: ...

    @property
    def can_be_asked(self) -> bool: ...

    @property
    def trouble(self) -> str:
        """What happens where it cannot be away, "" where it can."""
        ...

    @property
    def asked(self) -> int:
        """How many calls reached it."""
        ...

    def met(self, mood: Mood) -> int:
        """How many calls found it in this mood; a slow one counts once we have given up."""
        ...

    def feel(self, mood: Mood) -> None: ...

    async def prepare(self, chat: Chat, staff: Chat) -> None:
        """Do all that comes before the money."""
        ...

    async def pay(self, provider_ref: str, link: str, chat: Chat) -> Delivery | None: ...

    async def undo(self, provider_ref: str) -> Delivery | None:
        """Take back that this was paid; None where its provider tells of nothing like it."""
        ...

    async def restore(self, provider_ref: str) -> Delivery | None:
        """Let it count again."""
        ...


class Remote:
    """A provider whose stand-in is a server."""

    due = (799, "EUR")
    can_be_asked, trouble = True, ""

    def __init__(self, name: str, server: Any, settings: Mapping[str, str]) -> None:  # noqa: ANN401
        self.name, self.settings, self._server = name, settings, server
        server.delay = 30.0  # whoever waits for this gives up before

    @property
    def asked(self) -> int:
        return len(self._moody.calls)

    def met(self, mood: Mood) -> int:
        return self._moody.met[mood]

    def feel(self, mood: Mood) -> None:
        self._moody.mood = mood

    async def prepare(self, chat: Chat, staff: Chat) -> None:
        """The page is there."""

    async def pay(self, provider_ref: str, link: str, chat: Chat) -> Delivery | None:
        del link, chat
        delivery: Delivery = self._server.pay(provider_ref)
        return delivery

    async def undo(self, provider_ref: str) -> Delivery | None:
        return self._turn(_UNDONE, provider_ref)

    async def restore(self, provider_ref: str) -> Delivery | None:
        return self._turn(_RESTORED, provider_ref)

    def _turn(
        self, levers: Mapping[str, Callable[[Any, str], Delivery]], provider_ref: str
    ) -> Delivery | None:
        lever = levers.get(self.name)
        return None if lever is None else lever(self._server, provider_ref)

    @property
    def _moody(self) -> Moody:
        moody: Moody = self._server
        return moody


class SandboxColumn:
    """The sandbox, paid from outside; the shop's process shares its till."""

    name = "sandbox_card"
    due = (799, "EUR")
    can_be_asked, trouble = True, ""

    def __init__(self, folder: Path, now: Now) -> None:
        self._folder, self._now, self._mood = folder, now, folder / "mood"
        self._mood.write_text("up", "ascii")
        self.settings = {"SANDBOX_MOOD": str(self._mood)}

    @property
    def asked(self) -> int:
        return len(self._found())

    def met(self, mood: Mood) -> int:
        return self._found().count(mood.value)

    def _found(self) -> list[str]:
        log = self._folder / "asked"
        return log.read_text("ascii").split() if log.exists() else []

    def feel(self, mood: Mood) -> None:
        self._mood.write_text(mood.value, "ascii")

    async def prepare(self, chat: Chat, staff: Chat) -> None:
        """The page is there."""

    async def pay(self, provider_ref: str, link: str, chat: Chat) -> Delivery | None:
        del link, chat
        return await self._press(provider_ref, "pay")

    async def undo(self, provider_ref: str) -> Delivery | None:
        return await self._press(provider_ref, "dispute")

    async def restore(self, provider_ref: str) -> Delivery | None:
        return await self._press(provider_ref, "win")

    async def _press(self, provider_ref: str, choice: str) -> Delivery:
        sent: asyncio.Queue[Delivery] = asyncio.Queue()

        async def catch(request: httpx.Request) -> httpx.Response:
            sent.put_nowait(Delivery(headers=dict(request.headers), body=request.content))
            return httpx.Response(200)

        async with httpx.AsyncClient(transport=httpx.MockTransport(catch)) as http:
            sandbox = Sandbox(
                kind="card",
                directory=self._folder / "sandbox",
                secrets=derive(SECRET_KEY, "sandbox").hex(),
                public_url="http://127.0.0.1",
                clock=HandClock(self._now()),
                http=http,
            )
            await sandbox.press(provider_ref, choice)
            return await asyncio.wait_for(sent.get(), timeout=5)


class ChatColumn:
    """Telegram is the provider: its calls for money can fail alone, and it tells in the chat."""

    trouble = ""

    def __init__(self, name: str, *, due: tuple[int, str], wire: Wire, **settings: str) -> None:
        self.name, self.due, self.settings, self._wire = name, due, settings, wire
        # Nobody can be asked about a card; what the shop did not confirm, Telegram tells again.
        self.can_be_asked = name == "stars"

    @property
    def asked(self) -> int:
        return sum(call in PAGES for call in self._wire.calls)

    def met(self, mood: Mood) -> int:
        refused, hung = (
            sum(many[page] for page in PAGES) for many in (self._wire.refused, self._wire.hung)
        )
        troubled = {Mood.DOWN: refused, Mood.SLOW: hung}
        return troubled.get(mood, self.asked - refused - hung)

    def feel(self, mood: Mood) -> None:
        self._wire.cut = PAGES if mood is Mood.DOWN else frozenset()
        self._wire.slow = PAGES if mood is Mood.SLOW else frozenset()

    async def prepare(self, chat: Chat, staff: Chat) -> None:
        """The button is there."""

    async def pay(self, provider_ref: str, link: str, chat: Chat) -> Delivery | None:
        del provider_ref
        paid = await chat.pay(link=link)
        assert paid.paid, paid.error
        return None

    async def undo(self, provider_ref: str) -> Delivery | None:
        """Telegram gives Stars back for good, and tells of cards nothing."""
        del provider_ref
        return None

    async def restore(self, provider_ref: str) -> Delivery | None:
        del provider_ref
        return None


class TransferColumn:
    """A bank transfer: the customer sends a picture of it, staff say yes."""

    name = "transfer"
    due = (799, "EUR")
    settings: Mapping[str, str] = {"TRANSFER_DETAILS": "IBAN: DE02 1203 0000 0000 2020 51"}
    can_be_asked = False
    asked = 0
    trouble = "nobody outside can be away: staff looked an hour later"

    def __init__(self) -> None:
        self._staff: Chat | None = None

    def met(self, mood: Mood) -> int:
        del mood
        return 0

    def feel(self, mood: Mood) -> None:
        """It is in nobody's computer."""

    async def prepare(self, chat: Chat, staff: Chat) -> None:
        await chat.send_photo(picture())
        await staff.wait_for("reports a payment", timeout=30)
        self._staff = staff

    async def pay(self, provider_ref: str, link: str, chat: Chat) -> Delivery | None:
        del provider_ref, link, chat
        assert self._staff
        for row in (await self._staff.last())["reply_markup"]["inline_keyboard"]:
            for button in row:
                if str(button.get("callback_data", "")).startswith("proof_approve:"):
                    await self._staff.press(button["callback_data"], wait=0.1)
        return None

    async def undo(self, provider_ref: str) -> Delivery | None:
        """No bank tells the shop of anything."""
        del provider_ref
        return None

    async def restore(self, provider_ref: str) -> Delivery | None:
        del provider_ref
        return None


def _only(server: nowpayments.NowServer, status: str) -> Delivery:
    [payment] = server.payments
    return server.change(payment, status)


def _fail_charge(server: coinbase_commerce.CommerceServer, charge_id: str) -> Delivery:
    server.charges[charge_id]["payments"][0]["status"] = "failed"
    return server.fail(charge_id)


_UNDONE: Mapping[str, Callable[[Any, str], Delivery]] = {
    "stripe": lambda server, ref: server.dispute(ref),
    "coinbase": lambda server, ref: server.fail(ref),
    "coinbase_commerce": _fail_charge,
    "btcpay": lambda server, ref: server.drop(ref),
    "nowpayments": lambda server, _ref: _only(server, "failed"),
}
_RESTORED: Mapping[str, Callable[[Any, str], Delivery]] = {
    "stripe": lambda server, ref: server.decide(ref, "won"),
    "coinbase": lambda server, ref: server.pay(ref),
    "coinbase_commerce": lambda server, ref: server.confirm(ref),
    "btcpay": lambda server, ref: server.settle(ref),
    "nowpayments": lambda server, _ref: _only(server, "finished"),
}


def _stripe(url: str) -> dict[str, str]:
    return {
        "STRIPE_SECRET_KEY": stripe.KEY,
        "STRIPE_WEBHOOK_SECRET": stripe.SECRET,
        "STRIPE_API_URL": url,
    }


def _coinbase(url: str) -> dict[str, str]:
    return {
        "COINBASE_KEY_ID": coinbase.KEY_ID,
        "COINBASE_KEY_SECRET": coinbase.KEY_SECRET,
        "COINBASE_WEBHOOK_SECRET": coinbase.SECRET,
        "COINBASE_API_URL": url,
    }


def _commerce(url: str) -> dict[str, str]:
    return {
        "COINBASE_COMMERCE_API_KEY": coinbase_commerce.KEY,
        "COINBASE_COMMERCE_WEBHOOK_SECRET": coinbase_commerce.SECRET,
        "COINBASE_COMMERCE_API_URL": url,
    }


def _btcpay(url: str) -> dict[str, str]:
    return {
        "BTCPAY_URL": url,
        "BTCPAY_API_KEY": btcpay.KEY,
        "BTCPAY_STORE_ID": btcpay.STORE,
        "BTCPAY_WEBHOOK_SECRET": btcpay.SECRET,
    }


def _cryptopay(url: str) -> dict[str, str]:
    return {"CRYPTOPAY_TOKEN": cryptopay.TOKEN, "CRYPTOPAY_API_URL": url}


def _nowpayments(url: str) -> dict[str, str]:
    return {
        "NOWPAYMENTS_API_KEY": nowpayments.KEY,
        "NOWPAYMENTS_IPN_SECRET": nowpayments.SECRET,
        "NOWPAYMENTS_API_URL": url,
    }


_REMOTES: Mapping[str, tuple[Callable[..., Any], Callable[[str], dict[str, str]]]] = {
    "stripe": (stripe.StripeServer, _stripe),
    "coinbase": (coinbase.CoinbaseServer, _coinbase),
    "coinbase_commerce": (coinbase_commerce.CommerceServer, _commerce),
    "btcpay": (btcpay.BTCPayServer, _btcpay),
    "cryptopay": (cryptopay.CryptoPayServer, _cryptopay),
    "nowpayments": (nowpayments.NowServer, _nowpayments),
}
_HERE = ("sandbox_card", "stars", "telegram_cards", "transfer")
COLUMNS = ("sandbox_card", *_REMOTES, *_HERE[1:])


@contextmanager
def column_of(name: str, folder: Path, *, wire: Wire, now: Now) -> Iterator[Column]:
    """One provider, switched on in this folder's shop."""
    if name == "sandbox_card":
        yield SandboxColumn(folder, now)
    elif name == "stars":
        yield ChatColumn(name, due=(450, "XTR"), wire=wire)
    elif name == "telegram_cards":
        token = "284685063:TEST:MmRiMWVlNGU"
        yield ChatColumn(name, due=(799, "EUR"), wire=wire, TELEGRAM_PROVIDER_TOKEN=token)
    elif name == "transfer":
        yield TransferColumn()
    else:
        make, settings = _REMOTES[name]
        server = make(now=now)
        with serve(server.app) as url:
            yield Remote(name, server, settings(url))
