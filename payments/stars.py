"""Telegram Stars: an invoice link from the Bot API; payment comes as a chat message.

Source: https://core.telegram.org/bots/payments-stars. Telegram wants digital goods to be sold for
Stars; the bot token is part of every address, so no error here may show one.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import httpx

from payments import fields
from payments.outgoing import TOTAL_SECONDS, ask, pending, understood
from shop.ports import (
    Clock,
    EndpointClosedError,
    Happening,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    ProviderSilentError,
    RefundAnswer,
    RefundRequest,
    RefundStep,
)
from shop.rules.money import Money

NAME = "stars"
API_URL = "https://api.telegram.org"
CURRENCY = "XTR"

PERIOD = 2_592_000  # seconds; the only length of a subscription
SERIES = "subscribed_until"  # the fact that says a payment is one of a series, and until when

_STANDINGS = {
    "canceled": Happening.STOPPED,
    "active": Happening.RESUMED,
    "failed": Happening.LAPSED,
}
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 32, 255
_MESSAGES = {
    "successful_payment": Happening.RECEIVED,
    "refunded_payment": Happening.REFUNDED,
}
_ALREADY = "CHARGE_ALREADY_REFUNDED"
_PAGE, _MOST_PAGES, _MOST_PAGES_A_NIGHT = 100, 50, 1000
_OLD = timedelta(days=3)  # nothing this old belongs to an open payment


class Stars:
    """Payments in Stars to the bot of this token."""

    name = NAME
    currencies: frozenset[str] | None = frozenset({CURRENCY})
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
        # How many transactions are too old to matter; forgetting it costs a few calls.
        self._passed = 0

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make an invoice link; whichever link is paid, its payload is the reference.

        Only a link can sell a subscription, and Telegram knows one length of it: 30 days.
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
            read = partial(_of_transaction, reference=reference, told=tuple(told))
            event = understood(read, row)
            told += [event] if event else []
        return told or [pending(reference, provider_ref)]

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Refuse: Stars come as chat updates, for `read_update`."""
        del headers, body, now
        raise EndpointClosedError

    def read_update(self, update: Mapping[str, object]) -> PaymentEvent | None:
        """Read a `successful_payment`, `refunded_payment` or `subscription`; None in any other.

        `update` is the Bot API's JSON; one that makes no sense is a `BadInputError`.
        """
        if standing := fields.optional_section(update, "subscription"):
            return _of_standing(standing, update_id=fields.whole(update, "update_id"))
        message = fields.optional_section(update, "message")
        for key, happening in _MESSAGES.items():
            payment = fields.optional_section(message, key)
            if payment and payment.get("currency") == CURRENCY:
                return _event(
                    happening,
                    charge_id=fields.text(payment, "telegram_payment_charge_id"),
                    reference=fields.text(payment, "invoice_payload"),
                    stars=fields.whole(payment, "total_amount"),
                    at=fields.unix_moment(message, "date"),
                    facts=_series_of(payment),
                )
        return None

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Give a payment's Stars back, all of them; asked once more, it is done already."""
        if request.amount != request.received or request.before:
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
        if answer.get("result") is not True:
            raise ProviderSilentError(reason="its answer is not readable")
        return done

    async def stop(self, chat_id: int, charge_id: str, *, is_stopped: bool) -> None:
        """Stop a subscription, or allow the payer to let it go on in Telegram's settings."""
        await self._ask(
            "editUserStarSubscription",
            user_id=chat_id,
            telegram_payment_charge_id=charge_id,
            is_canceled=is_stopped,
        )

    async def moneys_since(self, since: datetime) -> Sequence[PaymentEvent]:
        """Read every payment and refund of Telegram's list that is not older."""
        walk = self._transactions(since, offset=0, pages=_MOST_PAGES_A_NIGHT)
        rows = [row async for row in walk]
        told = [understood(_of_any, row) for row in rows]
        return [one for one in told if one is not None and _is_since(one, since)]

    async def check(self) -> str:
        """Ask who the bot is."""
        answer = await self._ask("getMe")
        name = understood(lambda d: fields.text(fields.section(d, "result"), "username"), answer)
        return f"{NAME}: @{name} answers"

    async def close(self) -> None:
        """Nothing to let go of: the client is shared."""

    async def _transactions(
        self, old: datetime, *, offset: int, pages: int
    ) -> AsyncIterator[fields.Fields]:
        """Walk the transactions since then; Telegram lists the oldest first."""
        for _ in range(pages):
            page = await self._ask("getStarTransactions", offset=offset, limit=_PAGE)
            rows = understood(_rows, page)
            is_full = len(rows) == _PAGE
            is_old = is_full and all(understood(_date, row) < old for row in rows)
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


def _rows(page: fields.Fields) -> list[fields.Fields]:
    return fields.rows(fields.section(page, "result"), "transactions")


def _date(row: fields.Fields) -> datetime:
    return fields.unix_moment(row, "date")


def _of_transaction(
    row: fields.Fields, *, reference: str, told: Sequence[PaymentEvent]
) -> PaymentEvent | None:
    """Read a transaction if it is about this payment: incoming ones have a source."""
    charge_id, stars = fields.text(row, "id"), fields.whole(row, "amount")
    source = fields.optional_section(row, "source")
    if source.get("invoice_payload") == reference:
        happening = Happening.RECEIVED
    # A refund has the id of what it gives back.
    elif not source and any(event.receipt_id == charge_id for event in told):
        happening = Happening.REFUNDED
    else:
        return None
    return _event(
        happening, charge_id=charge_id, reference=reference, stars=stars, at=_date(row),
        facts=_series_in(row),
    )  # fmt: skip


def _of_any(row: fields.Fields) -> PaymentEvent | None:
    """Read a payment by invoice or its refund; gifts, withdrawals and the like are no sales."""
    charge_id, stars = fields.text(row, "id"), fields.whole(row, "amount")
    for role, happening in (("source", Happening.RECEIVED), ("receiver", Happening.REFUNDED)):
        partner = fields.optional_section(row, role)
        if partner.get("type") != "user":
            continue
        reference = fields.optional_text(partner, "invoice_payload")
        if happening is Happening.RECEIVED and not reference:
            return None
        return _event(
            happening, charge_id=charge_id, reference=reference, stars=stars, at=_date(row),
            facts=_series_in(row),
        )  # fmt: skip
    return None


def _is_since(event: PaymentEvent, since: datetime) -> bool:
    return event.occurred_at is not None and event.occurred_at >= since


def _series_of(payment: fields.Fields) -> Mapping[str, str]:
    """Until when a charge of a subscription pays; nothing for other payments.

    The first charge says so too (`is_first_recurring`); the books know which is which.
    """
    if payment.get("subscription_expiration_date") is None:
        return {}
    return {SERIES: str(fields.whole(payment, "subscription_expiration_date"))}


def _series_in(row: fields.Fields) -> Mapping[str, str]:
    """The same of a transaction, which names the length only."""
    period = fields.optional_section(row, "source").get("subscription_period")
    if period is None:
        return {}
    return {SERIES: str(fields.whole(row, "date") + PERIOD)}


def _of_standing(standing: fields.Fields, *, update_id: int) -> PaymentEvent | None:
    happening = _STANDINGS.get(fields.text(standing, "state"))
    if happening is None:
        return None
    reference = fields.text(standing, "invoice_payload")
    return PaymentEvent(
        event_id=f"update.{update_id}",
        kind=f"stars.{happening}",
        happening=happening,
        reference=reference,
        provider_ref=reference,
    )


def _event(
    happening: Happening,
    *,
    charge_id: str,
    reference: str,
    stars: int,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> PaymentEvent:
    return PaymentEvent(
        event_id=f"{charge_id}.{happening}",
        kind=f"stars.{happening}",
        happening=happening,
        reference=reference,
        provider_ref=reference,
        receipt_id=charge_id,
        money=Money(stars, CURRENCY),
        occurred_at=at,
        facts=facts or {},
    )
