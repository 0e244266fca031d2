"""Measures how long each payment provider takes, around any of them."""

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
    """A provider that says what the one inside says."""

    def __init__(self, inside: PaymentProvider) -> None:
        """Stand in front of a provider."""
        self.name, self.currencies = inside.name, inside.currencies
        self._inside = inside
        self.read_webhook = inside.read_webhook  # nothing to wait for, and it is the hot path
        self.check = inside.check
        self.close = inside.close

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make the page, timed."""
        with PROVIDER_SECONDS.labels(self.name, "create").time():
            return await self._inside.create(request)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask, timed."""
        with PROVIDER_SECONDS.labels(self.name, "look_up").time():
            return await self._inside.look_up(reference, provider_ref)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the one inside can do
        """What only some providers can do (see `shop.ports.saver_of`), untimed."""
        return getattr(self._inside, name)


class MeasuredRefunder(MeasuredProvider):
    """The same for one that can pay back."""

    def __init__(self, inside: PaymentProvider, refunds: RefundsPayments) -> None:
        """Stand in front of a provider and its other side."""
        super().__init__(inside)
        self._refunds, self.refunds_parts = refunds, refunds.refunds_parts

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Give back, timed."""
        with PROVIDER_SECONDS.labels(self.name, "refund").time():
            return await self._refunds.refund(request)


def measured(inside: PaymentProvider) -> MeasuredProvider:
    """Measure a provider, and pass on what it can do."""
    refunds = refunder(inside)
    return MeasuredProvider(inside) if refunds is None else MeasuredRefunder(inside, refunds)
