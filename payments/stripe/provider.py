"""Cards and local methods through Stripe's hosted Checkout page.

Sources: https://docs.stripe.com/payments/checkout, https://docs.stripe.com/checkout/fulfillment
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx

from payments import fields
from payments.outgoing import (
    TOTAL_SECONDS,
    pending,
    understood,
)
from payments.signatures import check_stamped, keys_of
from payments.stripe.events import events_of, read_event
from payments.stripe.money import CURRENCIES, LIMITS
from payments.stripe.payer import ours_or_foreign
from payments.stripe.refunds import answer_of, create_params, find, list_params
from payments.stripe.refusals import card_refusal_of, trouble_of
from payments.stripe.saved_methods import (
    KEPT_FOR,
    RENEWAL,
    CardRefusedError,
    charge_params,
    customer_and_method,
    events_of_intent,
    means_of,
    refused,
)
from payments.stripe.session import StripeOptions, closing_times, opening, page_of, session_params
from shop.ports import (
    Charge,
    ChargeRequest,
    Clock,
    MethodDetails,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    ProviderSilentError,
    RefundAnswer,
    RefundRequest,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stripe import RequestOptions, StripeClient
    from stripe.params import (
        PaymentIntentCreateParams,
        PaymentIntentListParams,
        PaymentIntentRetrieveParams,
    )
    from stripe.params.checkout import SessionRetrieveParams


NAME = "stripe"
API_URL = "https://api.stripe.com"
SIGNATURE_HEADER = "stripe-signature"
_INTENT = "pi_"


class Stripe:
    """Checkout Sessions over the official client, which is imported when first used.

    `webhook_secrets` are `whsec_…`, several while one is rotated; `api_url` replaces the
    scheme, host and path prefix of Stripe's address.
    """

    name = NAME
    currencies: frozenset[str] | None = CURRENCIES
    limits = LIMITS
    refunds_parts = True

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secrets: str | Sequence[str],
        clock: Clock,
        http: httpx.AsyncClient,
        api_url: str = API_URL,
        seconds: float = TOTAL_SECONDS,
        options: StripeOptions | None = None,
    ) -> None:
        self._secret_key = secret_key
        self._keys = keys_of(webhook_secrets)
        self._clock = clock
        self._http = http
        self._api_url = api_url.rstrip("/")
        self._seconds = seconds
        self._options = options or StripeOptions()
        # As merchant of record, Stripe sells only through Checkout: no card to charge later.
        self.can_save = not self._options.managed_payments
        self._client: StripeClient | None = None

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Open a Checkout Session, or find it: the reference is the idempotency key."""
        options: RequestOptions = {"idempotency_key": f"telekiosk-{request.reference}"}
        for closes_at in closing_times(request.expires_at, self._clock.now()):
            try:
                params = session_params(request, closes_at, self._options)
                session = await self._ask(opening(params, options))
            except _OtherParametersError:
                continue
            return understood(page_of, session)
        raise ProviderError(reason="it has another payment under this reference")

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask for the Checkout Session; one that was never recorded cannot have been paid."""
        if not provider_ref:
            return [pending(reference)]
        if provider_ref.startswith(_INTENT):
            intent = await self._ask(_intent(provider_ref))
            return understood(events_of_intent, intent)
        params: SessionRetrieveParams = {"expand": ["payment_intent.latest_charge"]}
        session = await self._ask(
            lambda c: c.v1.checkout.sessions.retrieve_async(provider_ref, params)
        )
        return understood(events_of, session)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check `Stripe-Signature` and read the one event inside."""
        check_stamped(headers.get(SIGNATURE_HEADER), body, keys=self._keys, now=now)
        told = fields.parse_object(body)
        return [ours_or_foreign(read_event(told), told, secret_key=self._secret_key)]

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Find the refund with this reference, or make it: never a second one."""
        wanted = list_params(request)
        listed = await self._ask(lambda c: c.v1.refunds.list_async(wanted))
        found = understood(partial(find, reference=request.reference), listed)
        if found is None:
            params, key = create_params(request), f"telekiosk-{request.reference}"
            try:
                found = await self._ask(
                    lambda c: c.v1.refunds.create_async(params, {"idempotency_key": key})
                )
            except _OtherParametersError as error:
                # The same request is running elsewhere: its outcome is unknown here.
                raise ProviderSilentError(reason=error.facts["reason"]) from None
        return understood(answer_of, found)

    async def saved_method(self, reference: str, provider_ref: str) -> MethodDetails | None:
        """Read what a session was paid with, and whether it may be charged again."""
        del reference
        params: SessionRetrieveParams = {"expand": ["payment_intent.payment_method"]}
        session = await self._ask(
            lambda c: c.v1.checkout.sessions.retrieve_async(provider_ref, params)
        )
        return understood(means_of, session)

    async def charge(self, request: ChargeRequest) -> Charge:
        """Charge off session; the reference is the idempotency key."""
        options: RequestOptions = {"idempotency_key": f"telekiosk-charge-{request.reference}"}
        is_old = self._clock.now() - request.first_asked_at > KEPT_FOR
        if is_old and (found := await self._find_charge(request)) is not None:
            return found
        try:
            intent = await self._ask(_charging(charge_params(request), options))
        except CardRefusedError as error:
            intent_id, events = understood(lambda e: refused(e, request), error)
            return Charge(provider_ref=intent_id, events=events)
        except _OtherParametersError:
            # The plan was renamed meanwhile: the charge was made before, and can be found.
            if (found := await self._find_charge(request)) is not None:
                return found
            raise
        return understood(lambda one: _charge_of(one, request), intent)

    async def _find_charge(self, request: ChargeRequest) -> Charge | None:
        """Find the payment with our reference among the customer's."""
        customer, _ = customer_and_method(request.handle)
        since = int((request.first_asked_at - timedelta(hours=1)).timestamp())
        params: PaymentIntentListParams = {
            "customer": customer,
            "created": {"gte": since},
            "limit": 100,
            "expand": ["data.latest_charge"],
        }
        page = await self._ask(lambda c: c.v1.payment_intents.list_async(params))
        for row in understood(lambda data: fields.rows(data, "data"), page):
            if row.get("metadata", {}) == {"reference": request.reference, "kind": RENEWAL}:
                return understood(lambda one: _charge_of(one, request), row)
        return None

    async def forget(self, handle: str) -> None:
        """Detach the payment method, unless it is already detached or gone."""
        _, method = customer_and_method(handle)
        try:
            kept = await self._ask(lambda c: c.v1.payment_methods.retrieve_async(method))
            if kept.get("customer"):
                await self._ask(lambda c: c.v1.payment_methods.detach_async(method))
        except CardRefusedError:
            return  # there is no such payment method

    async def check(self) -> str:
        """List one Checkout Session, which tests the permission that the shop needs."""
        await self._ask(lambda c: c.v1.checkout.sessions.list_async({"limit": 1}))
        mode = "live" if "_live_" in self._secret_key else "test"
        webhooks = "webhooks are signed" if self._keys else "no webhook secret yet"
        return f"{NAME}: the key works ({mode} mode), {webhooks}"

    async def close(self) -> None:
        """Nothing to close: the HTTP client is shared."""

    async def _ask(self, call: "Callable[[StripeClient], Awaitable[object]]") -> fields.Fields:
        client = await self._connected()
        import stripe

        try:
            async with asyncio.timeout(self._seconds):
                answer = await call(client)
            if isinstance(answer, stripe.StripeObject):
                return answer.to_dict()
            trouble: ProviderError = ProviderSilentError(reason="its answer is not readable")
        except stripe.CardError as error:
            trouble = card_refusal_of(error, [self._secret_key])
        except stripe.InvalidRequestError as error:
            is_gone = error.code == "resource_missing"
            refused_as = card_refusal_of if is_gone else trouble_of
            trouble = refused_as(error, [self._secret_key])
        except stripe.IdempotencyError:
            trouble = _OtherParametersError(reason="another request has this idempotency key")
        except stripe.StripeError as error:
            trouble = trouble_of(error, [self._secret_key])
        except TimeoutError as error:
            trouble = ProviderSilentError(reason=type(error).__name__)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            # What the library raises when the JSON is not a Stripe object.
            trouble = ProviderSilentError(reason="its answer is not readable")
        raise trouble  # outside `except`: the library's error may quote the key

    async def _connected(self) -> "StripeClient":
        if self._client is None:
            # The import takes a good part of a second; no other task should wait for it.
            self._client = await asyncio.to_thread(self._make_client)
        return self._client

    def _make_client(self) -> "StripeClient":
        import stripe

        from payments.stripe.transport import SharedTransport

        return stripe.StripeClient(
            self._secret_key,
            base_addresses={"api": self._api_url},
            max_network_retries=2,
            http_client=SharedTransport(self._http, seconds=self._seconds),
        )


class _OtherParametersError(ProviderError):
    """Stripe knows this reference, but with other details ({reason})."""


def _charging(
    params: "PaymentIntentCreateParams", options: "RequestOptions"
) -> "Callable[[StripeClient], Awaitable[object]]":
    return lambda client: client.v1.payment_intents.create_async(params, options)


def _intent(intent_id: str) -> "Callable[[StripeClient], Awaitable[object]]":
    params: PaymentIntentRetrieveParams = {"expand": ["latest_charge"]}
    return lambda client: client.v1.payment_intents.retrieve_async(intent_id, params)


def _charge_of(intent: fields.Fields, request: ChargeRequest) -> Charge:
    return Charge(
        provider_ref=fields.text(intent, "id"),
        events=events_of_intent(intent, reference=request.reference),
    )
