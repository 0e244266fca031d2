"""The sandbox: a provider of play money, to try a whole shop before signing any contract.

It behaves like a real one: a page of its own, signed webhooks over HTTP, and answers when
asked. `sandbox.page.make_site` makes the app to mount at `/sandbox/{kind}`.
"""

import asyncio
import hmac
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import httpx

from payments import fields
from payments.outgoing import pending
from payments.sandbox.acts import CHOICES, carry_out_refund, may_choose, refund_named
from payments.sandbox.events import read_event, to_body, to_event
from payments.sandbox.saved_methods import acts_of, means_of, slip_of
from payments.sandbox.till import Act, Slip, Till
from payments.signatures import check_stamped, keys_of
from shop.ports import (
    Charge,
    ChargeRequest,
    Clock,
    Happening,
    MethodDetails,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    RefundAnswer,
    RefundRequest,
    RefundStep,
)

CARD = "sandbox_card"
CRYPTO = "sandbox_crypto"
SIGNATURE_HEADER = "x-sandbox-signature"
_CONFIRMATION = timedelta(seconds=2)
_RETRIES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class Sandbox:
    """Play money by card or crypto.

    `directory` keeps the payments, one JSON file each. The first of `secrets` signs webhooks,
    all of them check them. With `send_webhooks` off, only polling brings news.
    """

    currencies: frozenset[str] | None = None
    refunds_parts = True

    def __init__(
        self,
        *,
        kind: Literal["card", "crypto"],
        directory: Path,
        secrets: str | Sequence[str],
        public_url: str,
        clock: Clock,
        http: httpx.AsyncClient,
        send_webhooks: bool = True,
    ) -> None:
        self.kind = kind
        self.name = CARD if kind == "card" else CRYPTO
        self.confirmation = timedelta() if kind == "card" else _CONFIRMATION
        self.can_save = kind == "card"
        self._till = Till(directory / kind)
        self._keys = keys_of(secrets)
        self._public_url = public_url.rstrip("/")
        self._clock = clock
        self._http = http
        self._send_webhooks = send_webhooks
        self._errands: set[asyncio.Task[None]] = set()

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make the page at `{public_url}/sandbox/{kind}/{reference}`, or find it."""
        slip = Slip(
            reference=request.reference,
            amount=request.amount,
            title=request.title,
            description=request.description,
            expires_at=request.expires_at,
            return_url=request.return_url,
            saves=request.saves and self.can_save,
            language=request.language,
        )
        kept = await asyncio.to_thread(self._till.keep, slip)
        url = f"{self._public_url}/sandbox/{self.kind}/{kept.reference}"
        return PaymentPage(provider_ref=kept.reference, url=url, expires_at=kept.expires_at)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Return everything that has happened to this payment so far."""
        slip = await self.find(provider_ref or reference)
        now = self._clock.now()
        if slip is None and provider_ref:
            raise ProviderError(reason=f"the sandbox has no payment {reference}")
        if slip is None:
            return [pending(reference)]
        known = slip.known(now)
        if known:
            return [to_event(act, slip) for act in known]
        happening = Happening.EXPIRED if now >= slip.expires_at else Happening.PENDING
        return [
            PaymentEvent(
                event_id=f"{reference}_{happening}",
                kind=f"payment.{happening}",
                happening=happening,
                reference=reference,
                provider_ref=slip.reference,
            )
        ]

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check the signature and read the one event inside."""
        check_stamped(headers.get(SIGNATURE_HEADER), body, keys=self._keys, now=now)
        return [read_event(fields.parse_object(body))]

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Give play money back; the same reference is one refund."""
        now = self._clock.now()

        def decide(slip: Slip) -> Sequence[Act]:
            return carry_out_refund(
                slip,
                now,
                receipt_id=request.receipt_id,
                minor=request.amount.minor,
                name=request.reference,
            )

        acts = await asyncio.to_thread(self._till.add, request.payment, decide)
        self._announce(request.payment, acts)
        slip = await self.find(request.payment)
        if slip is None or not refund_named(slip, request.reference):
            raise ProviderError(reason="the sandbox holds less than this of that payment")
        return RefundAnswer(step=RefundStep.DONE, refund_ref=request.reference)

    async def saved_method(self, reference: str, provider_ref: str) -> MethodDetails | None:
        """Return the card that paid, if it was saved."""
        slip = await self.find(provider_ref or reference)
        return None if slip is None else means_of(slip)

    async def charge(self, request: ChargeRequest) -> Charge:
        """Charge a saved card; with a known reference, return how that charge ended."""
        card = await self.find(request.handle)
        behaviour = "" if card is None else card.card
        now = self._clock.now()
        await asyncio.to_thread(self._till.keep, slip_of(request))
        acts = await asyncio.to_thread(
            self._till.add, request.reference, partial(acts_of, card=behaviour, now=now)
        )
        self._announce(request.reference, acts)
        events = await self.look_up(request.reference, request.reference)
        return Charge(provider_ref=request.reference, events=events)

    async def forget(self, handle: str) -> None:
        """Delete a saved card."""
        await asyncio.to_thread(self._till.forget_card, handle)

    async def check(self) -> str:
        """Report that this is play money, and where it is kept."""
        return f"{self.name}: a sandbox, no money moves"

    async def close(self) -> None:
        """Drop webhooks not yet delivered; polling finds what they would have reported."""
        errands = list(self._errands)
        for errand in errands:
            errand.cancel()
        await asyncio.gather(*errands, return_exceptions=True)

    def now(self) -> datetime:
        """Return the shop's present moment."""
        return self._clock.now()

    async def find(self, reference: str) -> Slip | None:
        """Return the payment with this reference, or None."""
        return await asyncio.to_thread(self._till.find, reference)

    async def press(self, reference: str, choice: str) -> None:
        """Do what a button of the page does; a button not shown does nothing."""
        now = self._clock.now()
        if choice == "confirm":
            self._announce(reference, await asyncio.to_thread(self._till.ripen, reference, now))
            return
        chosen = CHOICES.get(choice)
        if chosen is None:
            return

        def decide(slip: Slip) -> Sequence[Act]:
            return chosen.make(slip, now, self.confirmation) if may_choose(chosen, slip) else ()

        acts = await asyncio.to_thread(self._till.add, reference, decide, card=chosen.card or None)
        self._announce(reference, [act for act in acts if act.ripe_at <= now])
        unripe = [act for act in acts if act.ripe_at > now]
        if unripe:
            self._later(self._confirm(reference, unripe))

    async def _confirm(self, reference: str, acts: Sequence[Act]) -> None:
        await asyncio.sleep(self.confirmation.total_seconds())
        await asyncio.to_thread(self._till.ripen, reference, self._clock.now())
        self._announce(reference, acts)

    def _announce(self, reference: str, acts: Sequence[Act]) -> None:
        if self._send_webhooks and self._keys:
            for act in acts:
                self._later(self._deliver(reference, act))

    def _later(self, errand: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _deliver(self, reference: str, act: Act) -> None:
        slip = await self.find(reference)
        if slip is None:
            return
        body = to_body(act, slip)
        for pause in _RETRIES:
            await asyncio.sleep(pause)
            try:
                answer = await self._http.post(
                    f"{self._public_url}/webhooks/{self.name}",
                    content=body,
                    headers={SIGNATURE_HEADER: self._sign(body)},
                    timeout=_TIMEOUT,
                )
            except httpx.HTTPError:
                continue  # the shop may be restarting; a retry or a poll will reach it
            if answer.is_success:
                return

    def _sign(self, body: bytes) -> str:
        stamp = int(self._clock.now().timestamp())
        code = hmac.digest(self._keys[0], b"%d.%b" % (stamp, body), "sha256").hex()
        return f"t={stamp},v1={code}"
