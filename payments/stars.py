"""Telegram Stars: an invoice link from the Bot API; the payment comes as a chat message.

Source: https://core.telegram.org/bots/payments-stars. Telegram asks that digital goods be sold
for Stars. Every address contains the bot token, so no error here may show one.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import httpx

from payments import fields
from payments.outgoing import TOTAL_SECONDS, ask, pending, understood
from payments.star_events import (
    CURRENCY,
    PERIOD,
    date_of,
    event_of,
    is_since,
    of_any,
    of_standing,
    of_transaction,
    rows_of,
    series_of,
)
from shop.ports import (
    Clock,
    EndpointClosedError,
    Happening,
    Limits,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    ProviderSilentError,
    RefundAnswer,
    RefundRequest,
    RefundStep,
)

NAME = "stars"
API_URL = "https://api.telegram.org"
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 32, 255
_MESSAGES = {
    "successful_payment": Happening.RECEIVED,
    "refunded_payment": Happening.REFUNDED,
}
_MOST_STARS = 25_000
_ALREADY = "CHARGE_ALREADY_REFUNDED"
_PAGE, _MOST_PAGES, _MOST_PAGES_A_NIGHT = 100, 50, 1000
_OLD = timedelta(days=3)  # older transactions belong to no open payment


class Stars:
    """Payments in Stars to the bot of this token."""

    name = NAME
    currencies: frozenset[str] | None = frozenset({CURRENCY})
    limits: Mapping[str, Limits] = {CURRENCY: Limits(most=_MOST_STARS)}
    refunds_parts = False
    can_steer = True

    def __init__(
        self,
        *,
        token: str,
        clock: Clock,
        http: httpx.AsyncClient,
        api_url: str = API_URL,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._token = token
        self._clock = clock
        self._http = http
        self._base = f"{api_url.rstrip('/')}/bot{token}"
        self._seconds = seconds
        # How many transactions are too old to matter; losing it costs a few calls.
        self._passed = 0

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make an invoice link; its payload is the reference, whichever link gets paid.

        Only a link can sell a subscription, which always lasts 30 days.
        """
        again = {"subscription_period": PERIOD} if request.recurs else {}
        answer = await self._ask(
            "createInvoiceLink",
            title=request.title[:_LONGEST_TITLE],
            description=(request.description or request.title)[:_LONGEST_DESCRIPTION],
            payload=request.reference,
            currency=CURRENCY,
            prices=[{"label": request.title[:_LONGEST_TITLE], "amount": request.amount.minor}],
            **again,
        )
        url = understood(lambda data: fields.address(data, "result"), answer)
        return PaymentPage(provider_ref=request.reference, url=url)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Search the bot's latest Star transactions for this payment."""
        told: list[PaymentEvent] = []
        async for row in self._transactions(
            self._clock.now() - _OLD, offset=self._passed, pages=_MOST_PAGES
        ):
            read = partial(of_transaction, reference=reference, told=tuple(told))
            event = understood(read, row)
            told += [event] if event else []
        return told or [pending(reference, provider_ref)]

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Refuse: Stars arrive as chat updates, see `read_update`."""
        del headers, body, now
        raise EndpointClosedError

    def read_update(self, update: Mapping[str, object]) -> PaymentEvent | None:
        """Read a `successful_payment`, `refunded_payment` or `subscription`; else None.

        `update` is the Bot API's JSON; a malformed one is a `BadInputError`.
        """
        if standing := fields.optional_section(update, "subscription"):
            return of_standing(standing, update_id=fields.whole(update, "update_id"))
        message = fields.optional_section(update, "message")
        for key, happening in _MESSAGES.items():
            payment = fields.optional_section(message, key)
            if payment and payment.get("currency") == CURRENCY:
                return event_of(
                    happening,
                    charge_id=fields.text(payment, "telegram_payment_charge_id"),
                    reference=fields.text(payment, "invoice_payload"),
                    stars=fields.whole(payment, "total_amount"),
                    at=fields.unix_moment(message, "date"),
                    series=series_of(payment),
                )
        return None

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Give all of a payment's Stars back; asked again, it is already done."""
        if request.amount != request.received or not request.before.is_zero:
            raise ProviderError(reason="Stars go back whole or not at all")
        done = RefundAnswer(step=RefundStep.DONE, refund_ref=request.receipt_id)
        try:
            answer = await self._ask(
                "refundStarPayment",
                user_id=request.chat_id,
                telegram_payment_charge_id=request.receipt_id,
            )
        except ProviderSilentError:
            raise
        except ProviderError as error:
            if _ALREADY in str(error.facts.get("reason")):
                return done
            raise
        _want_true(answer)
        return done

    async def stop(self, chat_id: int, charge_id: str, *, is_stopped: bool) -> None:
        """Stop a subscription, or let the payer resume it in Telegram's settings."""
        answer = await self._ask(
            "editUserStarSubscription",
            user_id=chat_id,
            telegram_payment_charge_id=charge_id,
            is_canceled=is_stopped,
        )
        _want_true(answer)

    async def moneys_since(self, since: datetime) -> Sequence[PaymentEvent]:
        """Read every payment and refund in Telegram's list since this moment."""
        walk = self._transactions(since, offset=0, pages=_MOST_PAGES_A_NIGHT)
        rows = [row async for row in walk]
        told = [understood(of_any, row) for row in rows]
        return [one for one in told if one is not None and is_since(one, since)]

    async def check(self) -> str:
        """Check the token by asking who the bot is."""
        answer = await self._ask("getMe")
        name = understood(lambda d: fields.text(fields.section(d, "result"), "username"), answer)
        return f"{NAME}: @{name} answers"

    async def close(self) -> None:
        """Nothing to close: the client is shared."""

    async def _transactions(
        self, old: datetime, *, offset: int, pages: int
    ) -> AsyncIterator[fields.Fields]:
        """Iterate over the transactions since then; Telegram lists the oldest first."""
        for _ in range(pages):
            page = await self._ask("getStarTransactions", offset=offset, limit=_PAGE)
            rows = understood(rows_of, page)
            is_full = len(rows) == _PAGE
            is_old = is_full and all(understood(date_of, row) < old for row in rows)
            for row in rows if not is_old else ():
                yield row
            if not is_full:
                return
            if is_old and offset == self._passed:
                self._passed += _PAGE
            offset += _PAGE
        raise ProviderSilentError(reason="there is more to read than fits into one call")

    async def _ask(self, method: str, **params: object) -> fields.Fields:
        return await ask(
            self._http,
            "POST",
            f"{self._base}/{method}",
            secrets=[self._token],
            seconds=self._seconds,
            json=params,
        )


def _want_true(answer: fields.Fields) -> None:
    """Check the answer: a subscription still charged must not be taken for stopped."""
    if answer.get("result") is not True:
        raise ProviderSilentError(reason="its answer is not readable")
