"""What every provider's reader does with money that came: nothing is no receipt."""

from dataclasses import replace

from shop.ports import Happening, PaymentEvent


def no_receipt_of_nothing(event: PaymentEvent, **told: str) -> PaymentEvent:
    """A payment that came and is worth nothing is neither its price nor zero: staff look at it.

    `told` is what the provider said, in its own words.
    """
    money = event.money
    if event.happening is not Happening.RECEIVED or money is None or not money.is_zero:
        return event
    names = {"reference": event.reference, "payment": event.receipt_id, "amount": f"{money}"}
    return replace(
        event,
        happening=Happening.UNHANDLED,
        receipt_id="",
        money=None,
        tax=None,
        commission=None,
        detail=None,
        for_staff={name: word for name, word in (names | told).items() if word},
    )
