"""Bank transfers: the customer sends a proof, and staff check the bank account.

There is no provider to ask, so the chat does all: `create` leads back to it, the chat shows the
details, and `shop.intake.transfer_proofs` settles what staff approve.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from payments.outgoing import pending
from shop.core.currencies import CURRENCIES, STARS
from shop.ports import EndpointClosedError, PaymentEvent, PaymentPage, PaymentRequest
from shop.ports.transfers import TRANSFER, details_of


class Transfer:
    """Transfers to the account in `details`."""

    name = TRANSFER
    is_askable = False
    currencies: frozenset[str] | None = CURRENCIES - {STARS}

    def __init__(self, *, details: str) -> None:
        """`details` as the owner wrote them: `IBAN: …; BIC: …`."""
        self._details = details

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Lead back to the chat, which shows where to send the money and what to quote."""
        return PaymentPage(provider_ref=request.reference, url=request.return_url)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Nothing is known until staff have checked."""
        return [pending(reference, provider_ref)]

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Refuse: banks send no webhooks."""
        del headers, body, now
        raise EndpointClosedError

    async def check(self) -> str:
        """Report what customers are shown."""
        labels = [label or value for label, value in details_of(self._details)]
        return f"{self.name}: customers are shown {', '.join(labels)}; staff confirm each transfer"

    async def close(self) -> None:
        """Nothing to close."""
