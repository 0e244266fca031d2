"""Closing a refund that staff make by hand: it was paid, or will not be."""

from handlers.screens import Args, Screen
from handlers.staff.refunds.wording import refund_screen
from handlers.visit import Visit
from shop.refunds.manual_refunds import cancel_manual_refund, confirm_manual_refund
from shop.refunds.refund import RefundMovedOnError
from shop.refunds.refundable import refund_of


async def confirm_paid(visit: Visit, args: Args) -> Screen:
    """`refund_paid:REFUND`: staff have paid it back by hand."""
    return await _by_hand(visit, args.number(0), is_paid=True)


async def cancel_unpaid(visit: Visit, args: Args) -> Screen:
    """`refund_not_paid:REFUND`: staff will not pay it back after all."""
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
