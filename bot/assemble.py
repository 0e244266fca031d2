"""The only file that names concrete providers and connectors: turns settings into a shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bot.clocks import SystemClock
from bot.encryption import FernetEncryption, derive
from bot.latency import measured
from bot.reception import MoneyReader
from bot.settings import Settings, several
from shop.access.stock import BooksShelf
from shop.books.opening import Storage, storage_at
from shop.core.errors import BadInputError
from shop.core.policy import Policy
from shop.owner_file.choices import Known
from shop.ports import Clock, Connector, Encryption, PaymentEvent, PaymentProvider, books_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.routing import BaseRoute

_SHORTEST_KEY = 16
_MAKE_KEY = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


# All of them, on or off, so that a misspelt name in the catalog is found at once.
KNOWN = Known(
    providers=(
        "stripe",
        "stars",
        "telegram_cards",
        "coinbase",
        "coinbase_commerce",
        "btcpay",
        "cryptopay",
        "nowpayments",
        "transfer",
        "sandbox_card",
        "sandbox_crypto",
    ),
    connectors=("generated", "stock"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Every concrete part, built once per process; nothing is connected yet."""

    settings: Settings
    storage: Storage
    clock: Clock
    encryption: Encryption
    policy: Policy
    http: httpx.AsyncClient
    providers: Mapping[str, PaymentProvider]
    connectors: Mapping[str, Connector]
    routes: tuple["BaseRoute", ...]
    read_money: MoneyReader

    @property
    def sign_in_connector(self) -> str:
        """The connector whose usernames and passwords we check ourselves, or ""."""
        return next((name for name, one in self.connectors.items() if books_answer(one)), "")

    async def close(self) -> None:
        """Close everything, the books last."""
        for provider in self.providers.values():
            await provider.close()
        await self.http.aclose()
        await self.storage.close()


def assemble(
    settings: Settings, *, clock: Clock | None = None, folder: Path | None = None
) -> Parts:
    """Build the parts; raises `BadInputError` naming the wrong setting.

    `folder` is where the sandbox keeps its play money, by default `sandbox/`.
    """
    secret = settings.secret_key.get_secret_value()
    if len(secret.split(",")[0]) < _SHORTEST_KEY:
        raise BadInputError(reason=f"SECRET_KEY: needs 16 characters or more; {_MAKE_KEY}")
    time = clock or SystemClock()
    storage = storage_at(settings.database_url.get_secret_value())
    encryption = FernetEncryption(secret)
    policy = Policy(
        base_currency=settings.base_currency,
        shop_name=settings.shop_name,
        staff_ids=settings.staff_ids,
    )
    http = httpx.AsyncClient(
        timeout=httpx.Timeout(15, connect=5),
        follow_redirects=False,
        # One pool for all: a provider that hangs must not hold what the others need. How many
        # calls there are at once is bounded by whoever makes them.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
    )
    shelf = BooksShelf(storage, encryption=encryption, clock=time, policy=policy)
    builder = _Providers(settings, time, http, folder or Path("sandbox"))
    providers = builder.build()
    return Parts(
        settings=settings,
        storage=storage,
        clock=time,
        encryption=encryption,
        policy=policy,
        http=http,
        providers={name: measured(provider) for name, provider in providers.items()},
        connectors=_connectors(settings, shelf),
        routes=tuple(builder.routes),
        read_money=_money_reader(builder.stars(), builder.telegram_cards()),
    )


def _connectors(settings: Settings, shelf: BooksShelf) -> dict[str, Connector]:
    from connectors.generated import GeneratedConnector
    from connectors.stock import StockConnector

    made: list[Connector] = [
        GeneratedConnector(playlist_url=f"{settings.address}/playlist/{{token}}.m3u8"),
        StockConnector(shelf=shelf),
    ]
    return {connector.name: connector for connector in made}


class _Providers:
    """Builds the configured providers, in the order customers see them."""

    def __init__(
        self, settings: Settings, clock: Clock, http: httpx.AsyncClient, folder: Path
    ) -> None:
        self._settings, self._clock, self._http, self._folder = settings, clock, http, folder
        self.routes: list[BaseRoute] = []

    def build(self) -> dict[str, PaymentProvider]:
        """Providers by name."""
        steps: tuple[tuple[bool, Callable[[], list[PaymentProvider]]], ...] = (
            (bool(self._settings.stripe_secret_key), self._stripe),
            (self._settings.stars, lambda: [self.stars()]),
            (
                bool(self._settings.telegram_provider_token.get_secret_value()),
                lambda: [self.telegram_cards()],
            ),
            (bool(self._settings.coinbase_key_id), self._coinbase),
            (bool(self._settings.coinbase_commerce_api_key), self._coinbase_commerce),
            (bool(self._settings.btcpay_url), self._btcpay),
            (bool(self._settings.cryptopay_token), self._cryptopay),
            (bool(self._settings.nowpayments_api_key), self._nowpayments),
            (bool(self._settings.transfer_details), self._transfer),
            (self._settings.sandbox, self._sandbox),
        )
        return {provider.name: provider for is_on, make in steps if is_on for provider in make()}

    def _stripe(self) -> list[PaymentProvider]:
        from payments.stripe.provider import Stripe
        from payments.stripe.session import StripeOptions

        settings = self._settings
        return [
            Stripe(
                secret_key=settings.stripe_secret_key.get_secret_value(),
                webhook_secrets=several(settings.stripe_webhook_secret),
                clock=self._clock,
                http=self._http,
                api_url=settings.stripe_api_url,
                options=StripeOptions(
                    tax_ids=settings.stripe_tax_ids,
                    automatic_tax=settings.stripe_automatic_tax,
                    managed_payments=settings.stripe_managed_payments,
                    tax_code=settings.stripe_tax_code,
                ),
            )
        ]

    def stars(self) -> Any:  # noqa: ANN401 - Stars, whose class loads here
        """Telegram Stars; even when switched off, incoming payments are read, so none is lost."""
        from payments.stars import Stars

        return Stars(
            token=self._settings.telegram_bot_token.get_secret_value(),
            clock=self._clock,
            http=self._http,
            api_url=self._settings.telegram_api_url,
        )

    def telegram_cards(self) -> Any:  # noqa: ANN401 - TelegramCards, whose class loads here
        """Cards inside Telegram; like Stars, read even when switched off."""
        from payments.telegram_cards import TelegramCards

        settings = self._settings
        return TelegramCards(
            token=settings.telegram_bot_token.get_secret_value(),
            provider_token=settings.telegram_provider_token.get_secret_value(),
            http=self._http,
            api_url=settings.telegram_api_url,
            currency=settings.base_currency,
        )

    def _coinbase(self) -> list[PaymentProvider]:
        from payments.coinbase.provider import Coinbase

        settings = self._settings
        return [
            Coinbase(
                key_id=settings.coinbase_key_id,
                key_secret=settings.coinbase_key_secret.get_secret_value(),
                webhook_secrets=several(settings.coinbase_webhook_secret),
                clock=self._clock,
                http=self._http,
                api_url=settings.coinbase_api_url,
            )
        ]

    def _coinbase_commerce(self) -> list[PaymentProvider]:
        from payments.coinbase_commerce import CoinbaseCommerce

        settings = self._settings
        return [
            CoinbaseCommerce(
                api_key=settings.coinbase_commerce_api_key.get_secret_value(),
                webhook_secrets=several(settings.coinbase_commerce_webhook_secret),
                api_url=settings.coinbase_commerce_api_url,
            )
        ]

    def _btcpay(self) -> list[PaymentProvider]:
        from payments.btcpay import BTCPay

        settings = self._settings
        return [
            BTCPay(
                url=settings.btcpay_url,
                api_key=settings.btcpay_api_key.get_secret_value(),
                store_id=settings.btcpay_store_id,
                webhook_secrets=several(settings.btcpay_webhook_secret),
                clock=self._clock,
                http=self._http,
            )
        ]

    def _cryptopay(self) -> list[PaymentProvider]:
        from payments.cryptopay import CryptoPay

        tokens = several(self._settings.cryptopay_token)
        return [
            CryptoPay(
                token=tokens[0] if tokens else "",
                webhook_tokens=tokens,
                clock=self._clock,
                http=self._http,
                api_url=self._settings.cryptopay_api_url,
            )
        ]

    def _nowpayments(self) -> list[PaymentProvider]:
        from payments.nowpayments import NowPayments

        settings = self._settings
        return [
            NowPayments(
                api_key=settings.nowpayments_api_key.get_secret_value(),
                webhook_secrets=several(settings.nowpayments_ipn_secret),
                webhook_url=f"{settings.address}/webhooks/{NowPayments.name}",
                http=self._http,
                api_url=settings.nowpayments_api_url,
            )
        ]

    def _transfer(self) -> list[PaymentProvider]:
        from payments.transfer import Transfer

        return [Transfer(details=self._settings.transfer_details)]

    def _sandbox(self) -> list[PaymentProvider]:
        from starlette.routing import Mount

        from payments.sandbox.page import make_site
        from payments.sandbox.provider import Sandbox

        settings = self._settings
        secrets = [derive(key, "sandbox").hex() for key in several(settings.secret_key)]
        made = []
        for kind in ("card", "crypto"):
            sandbox = Sandbox(
                kind=kind,
                directory=self._folder,
                secrets=secrets,
                public_url=settings.address,
                clock=self._clock,
                http=self._http,
            )
            self.routes.append(Mount(f"/sandbox/{kind}", make_site(sandbox)))
            made.append(sandbox)
        return list(made)


def _money_reader(*tills: Any) -> MoneyReader:  # noqa: ANN401 - Stars and TelegramCards
    """Finds the payment in an update: the provider's name and the event."""

    def read(update: Mapping[str, Any]) -> tuple[str, PaymentEvent] | None:
        for till in tills:
            if (event := till.read_update(update)) is not None:
                return till.name, event
        return None

    return read
