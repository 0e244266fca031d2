"""Refunds of Coinbase checkouts: our reference is kept in the reason, and found there.

Source: https://docs.cdp.coinbase.com/api-reference/business-api/rest-api/checkouts (refund). It is
not documented that the refund call honours X-Idempotency-Key [?], so the checkout is read first.
"""

import re
from dataclasses import replace

from payments import fields
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import (
    Happening,
    PaymentEvent,
    RefundAnswer,
    RefundRequest,
    RefundStep,
    ReturnedRefund,
)

_STEPS = {
    "PENDING": RefundStep.PENDING,
    "COMPLETED": RefundStep.DONE,
    "FAILED": RefundStep.FAILED,
}


_OURS = re.compile(r"\(([a-z0-9_]{1,40})\)$")


def body_of(request: RefundRequest) -> dict[str, object]:
    """Build Coinbase's request for a refund."""
    return {
        "amount": f"{request.amount.decimal():f}",
        "currency": request.amount.currency,
        "reason": f"{request.reason or 'refund'} ({request.reference})",
    }


def find(checkout: fields.Fields, request: RefundRequest) -> RefundAnswer | None:
    """Return how this refund stands, or None when it was never made."""
    if "status" not in checkout:
        raise BadInputError(reason="That is no checkout.")
    for row in fields.rows(checkout, "refunds"):
        if f"({request.reference})" in fields.optional_text(row, "reason"):
            return answer_of(row)
    if checkout.get("refunds") is None:  # not every answer lists them [?]
        is_whole = request.before + request.amount == request.received
        if is_whole and fields.text(checkout, "status") == "REFUNDED":
            return RefundAnswer(step=RefundStep.DONE)
        back = back_so_far(checkout)
        if back is not None and not back < request.before + request.amount:
            return RefundAnswer(step=RefundStep.DONE)
    return None


def answer_of(refund: fields.Fields) -> RefundAnswer:
    """Read the refund's state."""
    step = _STEPS.get(fields.text(refund, "status"))
    if step is None:
        raise BadInputError(reason="The refund is in no known state.")
    ref = fields.optional_text(refund, "id") or fields.optional_text(refund, "transactionHash")
    return RefundAnswer(step=step, refund_ref=ref)


def read_failed(checkout: fields.Fields, kind: str) -> PaymentEvent:
    """Read `checkout.refund.failed`: the money is at Coinbase again.

    It is not documented that it lists the refunds, as an answer may [?]: without, staff look.
    """
    checkout_id = fields.text(checkout, "id")
    metadata = fields.optional_section(checkout, "metadata")
    event = PaymentEvent(
        event_id=f"{checkout_id}.{kind}.{fields.optional_text(checkout, 'updatedAt')}",
        kind=kind,
        happening=Happening.UNHANDLED,
        reference=fields.optional_text(metadata, "reference"),
        provider_ref=checkout_id,
        occurred_at=fields.iso_moment(checkout, "updatedAt")
        if checkout.get("updatedAt")
        else None,
        for_staff={"checkout": checkout_id, "status": fields.optional_text(checkout, "status")},
    )
    failed = [one for one in fields.rows(checkout, "refunds") if one.get("status") == "FAILED"]
    if not failed:
        return event
    why = fields.optional_text(failed[-1], "reason")
    ours, amount = _OURS.search(why), fields.amount(failed[-1], "amount")
    return replace(
        event,
        happening=Happening.REFUND_RETURNED,
        receipt_id=checkout_id,
        money=Money.parse(f"{amount:f}", fields.currency(failed[-1], "currency")),
        detail=ReturnedRefund(
            refund_ref=fields.optional_text(failed[-1], "id") or event.event_id,
            reference=ours.group(1) if ours else "",
            reason=why,
        ),
        for_staff={},
    )


def back_so_far(checkout: fields.Fields) -> Money | None:
    """Read the total given back, if it is stated in the currency we asked for.

    Nothing is not stated: who tells of a refund has given something back.
    """
    if checkout.get("refundedAmount") in (None, "") or is_in_fiat(checkout):
        return None  # with a price in euros, Coinbase counts in USDC
    amount = fields.amount(checkout, "refundedAmount")
    back = Money.parse(f"{amount:f}", fields.currency(checkout, "currency"))
    return None if back.is_zero else back


def is_in_fiat(checkout: fields.Fields) -> bool:
    """Whether the fiat amount is the one we asked for, according to our metadata.

    Without metadata, it is.
    """
    asked = fields.optional_section(checkout, "metadata").get("currency")
    return checkout.get("fiatAmount") not in (None, "") and asked != checkout.get("currency")
