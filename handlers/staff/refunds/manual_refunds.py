"""Staff pay back by hand, and say so: or that they will not, after all."""

from handlers.screens import Args, Screen
from handlers.staff.refunds.wording import refund_screen
from handlers.visit import Visit
from shop.refunds.manual_refunds import cancel_manual_refund, confirm_manual_refund
from shop.refunds.refund import RefundMovedOnError
from shop.refunds.refundable import refund_of


async def paid(visit: Visit, args: Args) -> Screen:
    """`rfp:REFUND`: staff have paid it back."""
    return await _by_hand(visit, args.number(0), is_paid=True)


async def not_paid(visit: Visit, args: Args) -> Screen:
    """`rfx:REFUND`: it is not paid back after all."""
    return await _by_hand(visit, args.number(0), is_paid=False)


async def _by_hand(visit: Visit, refund_id: int, *, is_paid: bool) -> Screen:
    _, counter = visit.speech, visit.counter
    act = confirm_manual_refund if is_paid else cancel_manual_refund
    words = _("Done.")
    try:
        await counter.storage.run(
            act,
            visit.customer.telegram_id,
            refund_id=refund_id,
            policy=counter.policy,
            now=visit.now,
        )
    except RefundMovedOnError:
        words = _("That was done already.")
    counter.wake()
    screen = refund_screen(visit, *await counter.storage.read(refund_of, refund_id))
    return screen.saying(words)
