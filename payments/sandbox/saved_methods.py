"""Saved play cards: charging one succeeds, is declined, or needs the payer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from payments.sandbox.till import Act, Slip
from shop.ports import ChargeRequest, Happening, MethodDetails, Refusal

FINE, DECLINES, ASKS = "fine", "declines", "asks"
_WHY: Mapping[str, Refusal] = {DECLINES: Refusal.DECLINED, ASKS: Refusal.NEEDS_PAYER}
_LAST4: Mapping[str, str] = {FINE: "4242", DECLINES: "0341", ASKS: "3155"}
_OPEN_FOR = timedelta(days=8)


def means_of(slip: Slip) -> MethodDetails | None:
    """The card of a paid slip, if the payer agreed to save it; the slip is the handle."""
    if not (slip.saves and slip.card):
        return None
    return MethodDetails(handle=slip.reference, brand="Visa", last4=_LAST4[slip.card])


def slip_of(request: ChargeRequest) -> Slip:
    """A charge as its own slip, so that it can be polled and refunded like any other."""
    return Slip(
        reference=request.reference,
        amount=request.amount,
        title=request.title,
        description="",
        expires_at=request.first_asked_at + _OPEN_FOR,
        return_url="",
    )


def acts_of(slip: Slip, *, card: str, now: datetime) -> Sequence[Act]:
    """What charging this card does, once; "" stands for a deleted card."""
    if slip.acts:
        return ()
    is_paid = card == FINE
    happening = Happening.RECEIVED if is_paid else Happening.FAILED
    return [
        Act(
            event_id=f"evt_{slip.reference}_0_{happening}",
            happening=happening,
            receipt_id=f"money_{slip.reference}_0" if is_paid else "",
            minor=slip.amount.minor if is_paid else 0,
            occurred_at=now,
            ripe_at=now,
            why="" if is_paid else _WHY.get(card, Refusal.GONE),
        )
    ]
