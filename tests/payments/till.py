"""A provider's rig before real books: what it sends is settled, what it knows is asked."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

from shop.books.books import Books
from shop.catalog.records import CatalogTables
from shop.checkout.payment import Choice, PageTexts, begin_payment, open_page
from shop.core.errors import DoneAlreadyError
from shop.core.money import Money
from shop.intake.polling import ask_about, ask_soon
from shop.intake.proof_records import File, Proofs
from shop.intake.transfer_proofs import Taken, approve, take_proof
from shop.intake.transfers import FileKind
from shop.orders.payment_records import Payment, Payments
from shop.ports import PaymentPage
from shop.ports.transfers import TRANSFER
from shop.refunds.records import Refund, Way
from shop.refunds.refund import RefundWish, begin_refund, give_back
from shop.settlement.settle import Outcome, Source, settle_all
from tests.house.goods import MONTH
from tests.house.shop import STAFF, Shop
from tests.house.tables import Tables
from tests.payments.hosted import HostedRig
from tests.payments.rigs import Rig, hear
from tests.standins.btcpay import RATE
from tests.standins.moods import Delivery

Verdicts = Callable[[], list[tuple[str, int]]]
TEXTS = PageTexts(
    title="Solo", description="1 month", language="en", return_url="https://shop.example/pay"
)


@dataclass(slots=True)
class Till:
    """One provider, one shop; their clocks go together."""

    rig: Any
    shop: Shop
    payment: Payment = field(init=False)

    async def ask(self, *, telegram_id: int = 1001, saves: bool = False) -> PaymentPage:
        """A customer chooses a month, and gets his page; `saves` lets the card be kept."""
        customer = await self.shop.greet(telegram_id)
        price_id = await self.shop.storage.read(_price, self.rig.currency)
        choice = Choice(
            customer_id=customer.id,
            price_id=price_id,
            provider=self.rig.provider.name,
            saves=saves,
        )
        self.rig.clock.moment = self.shop.now
        intent = await self.shop.run(
            begin_payment, choice, policy=self.shop.policy, now=self.shop.now
        )
        self.payment = intent.payment
        await open_page(
            self.shop.storage,
            self.rig.provider,
            intent,
            TEXTS,
            chat_id=telegram_id,
            policy=self.shop.policy,
            clock=self.shop.clock,
        )
        return await self.page()

    async def page(self) -> PaymentPage:
        """The page as the books know it."""
        found = await self.shop.storage.read(_payment, self.payment.reference)
        return PaymentPage(
            provider_ref=found.provider_ref, url=found.url, expires_at=found.expires_at
        )

    async def take(self, delivery: Delivery) -> list[Outcome]:
        """What a door does with a webhook or an update; where that only says to ask, ask too."""
        if self.rig.provider.name == TRANSFER:
            return [await self._look_at(delivery)]
        events = hear(self.rig, delivery)
        name = self.rig.provider.name
        outcomes = await self.shop.run(
            settle_all,
            events,
            Source(provider=name, body=delivery.body),
            policy=self.shop.policy,
            now=self.shop.now,
        )
        return await self.ask_provider() if outcomes == [Outcome.ASKED] else outcomes

    async def ask_provider(self) -> list[Outcome]:
        """What the clock does with an open payment."""
        reference = self.payment.reference
        asked = await self.shop.run(ask_soon, reference, now=self.shop.now)
        assert asked
        return await ask_about(
            self.shop.storage,
            {self.rig.provider.name: self.rig.provider},
            asked,
            policy=self.shop.policy,
            clock=self.shop.clock,
        )

    async def _look_at(self, picture: Delivery) -> Outcome:
        """A customer sends a picture, and staff approve it: what is written, or the price."""
        digest = sha256(picture.body).hexdigest()
        file = File(kind=FileKind.PHOTO, file_id=digest, unique_id=digest[:16], digest=digest)
        taken = await self.shop.run(
            take_proof, self.payment.customer_id, file, policy=self.shop.policy, now=self.shop.now
        )
        if taken is not Taken.NOTED:
            assert taken is Taken.PAID, taken
            with suppress(DoneAlreadyError):  # and an old button of the same picture does nothing
                await self._approve(1, None)
                raise AssertionError(taken)
            return Outcome.KNOWN
        [proof] = await self.shop.storage.read(lambda books: books[Proofs].waiting(most=9))
        minor = int(picture.headers.get("minor", self.payment.due.minor))
        return await self._approve(proof.id, Money(minor, self.rig.currency))

    async def _approve(self, proof_id: int, money: Money | None) -> Outcome:
        return await self.shop.run(
            approve,
            STAFF,
            proof_id=proof_id,
            money=money,
            policy=self.shop.policy,
            now=self.shop.now,
        )

    async def begin_giving_back(self, minor: int, way: Way, *, receipt: int = 1) -> Refund:
        """Staff wish to give money back: it is set aside, and nobody has been asked."""
        money = Money(minor, self.rig.currency)
        wish = RefundWish(receipt=receipt, money=money, way=way, reason="wish")
        return await self.shop.run(
            begin_refund, wish, STAFF, policy=self.shop.policy, now=self.shop.now
        )

    async def ask_refund(self, refund: Refund) -> Refund:
        """What the clock does with a refund that is under way."""
        found = await give_back(
            self.shop.storage,
            {self.rig.provider.name: self.rig.provider},
            refund.id,
            policy=self.shop.policy,
            clock=self.shop.clock,
        )
        return found or refund

    def wait(self, **by: float) -> None:
        """Let time pass for both."""
        self.rig.clock.moment = self.shop.clock.move(**by)


def _price(books: Books, currency: str) -> int:
    price = books[CatalogTables].price_for(
        books[CatalogTables].by_slug("solo").id, MONTH, currency
    )
    assert price
    return price.id


def _payment(books: Books, reference: str) -> Payment:
    found = books[Payments].by_reference(reference)
    assert found
    return found


def wallet(tables: Tables) -> int:
    """What lies in everybody's wallet."""
    return int(tables.one("SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"))


# --- how each provider comes to another sum than was asked ---------------------------------------


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _stripe(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    rig.server.sessions[page.provider_ref]["amount_total"] = minor
    return rig.server.pay(page.provider_ref)  # type: ignore[no-any-return]


def _coinbase(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    rig.server.checkouts[page.provider_ref]["amount"] = _decimal(minor)
    return rig.server.pay(page.provider_ref)  # type: ignore[no-any-return]


def _commerce(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    return rig.server.pay(page.provider_ref, _decimal(minor))  # type: ignore[no-any-return]


def _btcpay(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    return rig.server.pay(page.provider_ref, f"{minor / 100 / int(RATE):.10f}")  # type: ignore[no-any-return]


def _cryptopay(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    rig.server.invoices[page.provider_ref]["amount"] = _decimal(minor)
    return rig.server.pay(page.provider_ref)  # type: ignore[no-any-return]


def _nowpayments(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    payment = rig.server.choose(page.provider_ref)
    price = round(float(rig.server.payments[payment]["price_amount"]) * 100)
    coins = f"{Decimal('31.5') * minor / price:.12f}"
    status = "finished" if minor >= price else "partially_paid"
    return rig.server.change(payment, status, actually_paid=coins)  # type: ignore[no-any-return]


def _in_chat(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    rig.server.invoices[page.provider_ref]["prices"][0]["amount"] = minor
    return rig.server.pay(page.provider_ref)  # type: ignore[no-any-return]


def _transfer(rig: Any, page: PaymentPage, minor: int) -> Delivery:  # noqa: ANN401 - its rig
    del rig
    return Delivery(headers={"minor": str(minor)}, body=page.provider_ref.encode())


OTHERWISE: dict[str, Callable[[Any, PaymentPage, int], Delivery]] = {
    "stripe": _stripe,
    "coinbase": _coinbase,
    "coinbase_commerce": _commerce,
    "btcpay": _btcpay,
    "cryptopay": _cryptopay,
    "nowpayments": _nowpayments,
    "stars": _in_chat,
    "telegram_cards": _in_chat,
    TRANSFER: _transfer,
}


async def pay_otherwise(rig: Rig, page: PaymentPage, minor: int, *, is_short: bool) -> Delivery:
    """Pay another sum; the sandbox knows half and half too much."""
    name = rig.provider.name
    if name in OTHERWISE:
        return OTHERWISE[name](rig, page, minor)
    if isinstance(rig, HostedRig):
        return rig.pay_otherwise(page, minor)
    sandbox: Any = rig
    await sandbox.sandbox.press(page.provider_ref, "under" if is_short else "over")
    if name == "sandbox_crypto":
        await sandbox.next_sent()
        await sandbox.sandbox.press(page.provider_ref, "confirm")
    sent: Delivery = await sandbox.next_sent()
    return sent
