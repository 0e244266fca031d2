"""Measures how long each payment provider takes to answer."""

from collections.abc import Sequence
from typing import Any

from handlers.http.metrics import PROVIDER_SECONDS
from shop.ports import (
    PaymentEvent,
    PaymentPage,
    PaymentProvider,
    PaymentRequest,
    RefundAnswer,
    RefundRequest,
    RefundsPayments,
)
from shop.refunds.refund import refunder


class MeasuredProvider:
    """Wraps a provider and times its calls."""

    def __init__(self, inside: PaymentProvider) -> None:
        """Wrap a provider."""
        self.name, self.currencies = inside.name, inside.currencies
        self._inside = inside
        self.read_webhook = inside.read_webhook  # untimed: the hot path
        self.check = inside.check
        self.close = inside.close

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make the page, measured."""
        with PROVIDER_SECONDS.labels(self.name, "create").time():
            return await self._inside.create(request)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask, measured."""
        with PROVIDER_SECONDS.labels(self.name, "look_up").time():
            return await self._inside.look_up(reference, provider_ref)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the one inside can do
        """Pass on what only some providers can do (see `shop.ports.saver_of`), untimed."""
        return getattr(self._inside, name)


class MeasuredRefunder(MeasuredProvider):
    """The same for a provider that can refund."""

    def __init__(self, inside: PaymentProvider, refunds: RefundsPayments) -> None:
        """Wrap a provider and its refunds."""
        super().__init__(inside)
        self._refunds, self.refunds_parts = refunds, refunds.refunds_parts

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Refund, measured."""
        with PROVIDER_SECONDS.labels(self.name, "refund").time():
            return await self._refunds.refund(request)


def measured(inside: PaymentProvider) -> MeasuredProvider:
    """Wrap a provider, keeping everything it can do."""
    refunds = refunder(inside)
    return MeasuredProvider(inside) if refunds is None else MeasuredRefunder(inside, refunds)
