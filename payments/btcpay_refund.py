"""Refunds at BTCPay: a pull payment, which the customer claims with an address of their own.

Source: the Greenfield API, "Refund invoice" and "Pull payments". There are no idempotency keys:
the pull payment is named after our reference, and we search for it first.
"""

from collections.abc import Sequence
from decimal import Decimal

from payments import fields
from shop.ports import RefundAnswer, RefundRequest, RefundStep


def body_of(request: RefundRequest, methods: Sequence[fields.Fields]) -> dict[str, object]:
    """Build the request for a link to claim this sum, by the method that was paid with."""
    body: dict[str, object] = {
        "name": request.reference,
        "description": f"Refund of {request.payment}",
        "refundVariant": "Custom",
        "customAmount": f"{request.amount.decimal():f}",
        "customCurrency": request.amount.currency,
    }
    used = [row for row in methods if fields.rows(row, "payments")]
    if used:
        method = fields.optional_text(used[0], "paymentMethodId")
        # Servers before 2.0 call it paymentMethod; each version ignores the other name.
        body |= {"payoutMethodId": method, "paymentMethod": method}
    return body


def find(pull_payments: Sequence[fields.Fields], reference: str) -> fields.Fields | None:
    """Return the pull payment with our reference, or None."""
    return next((row for row in pull_payments if row.get("name") == reference), None)


def answer_of(pull: fields.Fields, payouts: Sequence[fields.Fields]) -> RefundAnswer:
    """Read whether it was claimed; payouts are counted in the pull payment's currency."""
    paid = sum((_amount(row) for row in payouts if row.get("state") == "Completed"), Decimal(0))
    is_done = paid > 0 and paid >= fields.amount(pull, "amount")
    return RefundAnswer(
        step=RefundStep.DONE if is_done else RefundStep.LINK,
        refund_ref=fields.text(pull, "id"),
        url=fields.address(pull, "viewLink"),
    )


def _amount(payout: fields.Fields) -> Decimal:
    # Servers before 2.0 call it amount.
    return fields.amount(payout, "originalAmount" if "originalAmount" in payout else "amount")
