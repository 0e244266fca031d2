"""Builds the payment providers that are configured."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bot.encryption import derive
from bot.settings import Settings, several
from bot.updates import MoneyReader
from shop.ports import Clock, PaymentEvent, PaymentProvider

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.routing import BaseRoute


class Providers:
    """Builds the configured providers, in the order customers see them."""

    def __init__(
        self, settings: Settings, clock: Clock, http: httpx.AsyncClient, folder: Path
    ) -> None:
        self._settings, self._clock, self._http, self._folder = settings, clock, http, folder
        self.routes: list[BaseRoute] = []

    def build(self) -> dict[str, PaymentProvider]:
        """Build the providers, by name."""
        steps: tuple[tuple[bool, Callable[[], list[PaymentProvider]]], ...] = (
            (bool(self._settings.stripe_secret_key), self._stripe),
            (self._settings.stars, lambda: [self._stars()]),
            (
                bool(self._settings.telegram_provider_token.get_secret_value()),
                lambda: [self._telegram_cards()],
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

    def read_money(self) -> MoneyReader:
        """Find the payment in an update; even of a provider that is off, so that none is lost."""
        tills = (self._stars(), self._telegram_cards())

        def read(update: Mapping[str, Any]) -> tuple[str, PaymentEvent] | None:
            for till in tills:
                if (event := till.read_update(update)) is not None:
                    return till.name, event
            return None

        return read

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

    def _stars(self) -> Any:  # noqa: ANN401 - Stars, whose class loads here
        from payments.stars import Stars

        return Stars(
            token=self._settings.telegram_bot_token.get_secret_value(),
            clock=self._clock,
            http=self._http,
            api_url=self._settings.telegram_api_url,
        )

    def _telegram_cards(self) -> Any:  # noqa: ANN401 - TelegramCards, whose class loads here
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
