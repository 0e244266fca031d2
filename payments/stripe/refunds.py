"""Refunds at Stripe: found by our reference, or made with it as idempotency key.

Source: https://docs.stripe.com/api/refunds. Keys expire after a day, so the list is searched
first: a retry a week later must not refund twice.
"""

from typing import TYPE_CHECKING

from payments import fields
from payments.stripe.money import to_stripe
from shop.core.errors import BadInputError
from shop.ports import RefundAnswer, RefundRequest, RefundStep

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams, RefundListParams


_MOST = 100
_STEPS = {
    "succeeded": RefundStep.DONE,
    "pending": RefundStep.PENDING,
    "requires_action": RefundStep.PENDING,
    "failed": RefundStep.FAILED,
    "canceled": RefundStep.FAILED,
}
_REASONS = {"fraud": "fraudulent", "twice": "duplicate"}


def list_params(request: RefundRequest) -> "RefundListParams":
    """Build the request for the refunds of this payment."""
    if request.receipt_id.startswith("ch_"):
        return {"charge": request.receipt_id, "limit": _MOST}
    return {"payment_intent": request.receipt_id, "limit": _MOST}


def create_params(request: RefundRequest) -> "RefundCreateParams":
    """Build Stripe's request for a refund."""
    params: RefundCreateParams = {
        "amount": to_stripe(request.amount),
        "reason": _REASONS.get(request.reason, "requested_by_customer"),
        "metadata": {"refund": request.reference, "reference": request.payment},
    }
    if request.receipt_id.startswith("ch_"):
        params["charge"] = request.receipt_id
    else:
        params["payment_intent"] = request.receipt_id
    return params


def find(listed: fields.Fields, reference: str) -> fields.Fields | None:
    """Return the refund with our reference, or None."""
    if listed.get("object") != "list" or "data" not in listed:
        raise BadInputError(reason="That is no list.")
    for row in fields.rows(listed, "data"):
        if fields.optional_section(row, "metadata").get("refund") == reference:
            return row
    return None


def answer_of(refund: fields.Fields) -> RefundAnswer:
    """Read the refund's state."""
    step = _STEPS.get(fields.text(refund, "status"))
    if step is None:
        raise BadInputError(reason="The refund is in no known state.")
    return RefundAnswer(
        step=step,
        refund_ref=fields.text(refund, "id"),
        note=fields.optional_text(refund, "failure_reason"),
    )
