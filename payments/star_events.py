"""Reads Telegram's objects about Stars: transactions, payments, subscriptions."""

from collections.abc import Sequence
from datetime import datetime

from payments import fields
from payments.receiving import no_receipt_of_nothing
from payments.star_commissions import gross_and_commission
from shop.core.money import Money
from shop.ports import Happening, PaymentEvent, SeriesFacts

CURRENCY = "XTR"

PERIOD = 2_592_000  # seconds; the only length of a subscription

_STANDINGS = {
    "canceled": Happening.STOPPED,
    "active": Happening.RESUMED,
    "failed": Happening.LAPSED,
}


def rows_of(page: fields.Fields) -> list[fields.Fields]:
    """Read the transactions of a page."""
    return fields.rows(fields.section(page, "result"), "transactions")


def date_of(row: fields.Fields) -> datetime:
    """Read when a transaction happened."""
    return fields.unix_moment(row, "date")


def of_transaction(
    row: fields.Fields, *, reference: str, told: Sequence[PaymentEvent]
) -> PaymentEvent | None:
    """Read a transaction if it belongs to this payment; incoming ones have a source."""
    charge_id = fields.text(row, "id")
    source = fields.optional_section(row, "source")
    if source.get("invoice_payload") == reference:
        happening = Happening.RECEIVED
    # A refund has the id of the payment it gives back.
    elif not source and any(event.receipt_id == charge_id for event in told):
        happening = Happening.REFUNDED
    else:
        return None
    partner = source or fields.optional_section(row, "receiver")
    stars, commission = gross_and_commission(row, partner)
    return event_of(
        happening,
        charge_id=charge_id,
        reference=reference,
        stars=stars,
        at=date_of(row),
        series=_series_in(row),
        commission=commission,
    )


def of_any(row: fields.Fields) -> PaymentEvent | None:
    """Read a payment of an invoice or its refund; gifts, withdrawals and so on are skipped."""
    charge_id = fields.text(row, "id")
    for role, happening in (("source", Happening.RECEIVED), ("receiver", Happening.REFUNDED)):
        partner = fields.optional_section(row, role)
        if partner.get("type") != "user":
            continue
        reference = fields.optional_text(partner, "invoice_payload")
        if happening is Happening.RECEIVED and not reference:
            return None
        stars, commission = gross_and_commission(row, partner)
        return event_of(
            happening,
            charge_id=charge_id,
            reference=reference,
            stars=stars,
            at=date_of(row),
            series=_series_in(row),
            commission=commission,
        )
    return None


def is_since(event: PaymentEvent, since: datetime) -> bool:
    """Whether it happened at this moment or later."""
    return event.occurred_at is not None and event.occurred_at >= since


def series_of(payment: fields.Fields) -> SeriesFacts | None:
    """Until when a charge of a subscription pays; None for other payments.

    The first charge (`is_first_recurring`) has it too; the books tell them apart.
    """
    if payment.get("subscription_expiration_date") is None:
        return None
    return SeriesFacts(until=fields.unix_moment(payment, "subscription_expiration_date"))


def _series_in(row: fields.Fields) -> SeriesFacts | None:
    """The same of a transaction, which names the length only."""
    period = fields.optional_section(row, "source").get("subscription_period")
    if period is None:
        return None
    end = {"until": fields.whole(row, "date") + PERIOD}
    return SeriesFacts(until=fields.unix_moment(end, "until"))


def of_standing(standing: fields.Fields, *, update_id: int) -> PaymentEvent | None:
    """Read the `subscription` update: stopped, resumed or lapsed; None for other states."""
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


def event_of(
    happening: Happening,
    *,
    charge_id: str,
    reference: str,
    stars: int,
    at: datetime,
    series: SeriesFacts | None = None,
    commission: int = 0,
) -> PaymentEvent:
    """Make the event; the charge id identifies the money, here and in the update.

    Only a transaction names a commission, an update never does.
    """
    event = PaymentEvent(
        event_id=f"{charge_id}.{happening}",
        kind=f"stars.{happening}",
        happening=happening,
        reference=reference,
        provider_ref=reference,
        receipt_id=charge_id,
        money=Money(stars, CURRENCY),
        commission=Money(commission, CURRENCY) if commission else None,
        occurred_at=at,
        detail=series,
    )
    return no_receipt_of_nothing(event)
