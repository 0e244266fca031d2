"""What staff can do to a subscription: each act is confirmed, and a second tap is harmless."""

from collections.abc import Awaitable

from handlers.customer.storefront.account import status
from handlers.screens import Args, Screen, button
from handlers.staff.confirm import customer_screen, sure
from handlers.visit import Visit
from handlers.wording import Html, lines, paragraphs
from shop.access import by_staff
from shop.access.subscription_records import Subscription
from shop.checkout import grants
from shop.core.errors import BadInputError, DoneAlreadyError

_WEEK, _MONTH = 7, 30


async def subscription(visit: Visit, args: Args) -> Screen:
    """One subscription and what can be done to it."""
    _ = visit.speech
    one = await _get(visit, args)
    stamp = int(visit.now.timestamp())
    held = one.standing.is_frozen
    rows = (
        (
            button(_("+{n} days", n=_WEEK), "extend", one.id, _WEEK),
            button(_("+{n} days", n=_MONTH), "extend", one.id, _MONTH),
        ),
        (
            button(_("Send access again"), "resend", one.id, stamp),
            button(_("New password"), "rotate", one.id),
        ),
        (
            button(_("Give access back"), "resume", one.id)
            if held
            else button(_("Stop access"), "stop", one.id),
        ),
        (button(_("← Back"), "customer", one.customer_id),),
    )
    other = _("Another number of days: /extend {id} DAYS", id=one.id)
    text = paragraphs(lines(_title(visit, one), *status(visit, one.standing)), other)
    return Screen(text=text, rows=rows)


def _title(visit: Visit, one: Subscription) -> Html:
    _ = visit.speech
    return _("<b>{plan}</b> · number {id}", plan=_.own(one.product.name), id=one.id)


async def _get(visit: Visit, args: Args) -> Subscription:
    return await visit.counter.storage.read(by_staff.subscription, args.number(0))


async def extend(visit: Visit, args: Args) -> Screen:
    """Add days, after a confirming tap."""
    _ = visit.speech
    one, days = await _get(visit, args), args.number(1)
    if tap := args.choice(2):
        done = visit.counter.storage.run(
            grants.extend,
            visit.customer.telegram_id,
            subscription_id=one.id,
            days=days,
            tap=tap,
            now=visit.now,
        )
        return await after(visit, one.customer_id, done)
    ask = _.ngettext(
        "Give {n} day of {plan}?", "Give {n} days of {plan}?", days, plan=_.own(one.product.name)
    )
    return sure(visit, ask, "extend", one.id, days, back=("subscription", one.id))


async def extend_by_words(visit: Visit, words: list[str]) -> Screen:
    """`/extend SUBSCRIPTION DAYS`."""
    _ = visit.speech
    args = Args(tuple(words))
    if len(words) != 2 or not all(word.isdigit() for word in words):  # noqa: PLR2004 - the two
        raise BadInputError(reason=_("Write it like this: /extend 12 14").plain)
    return await extend(visit, args)


async def stop(visit: Visit, args: Args) -> Screen:
    """Stop access at once."""
    return await _freeze(visit, args, is_frozen=True)


async def resume(visit: Visit, args: Args) -> Screen:
    """Restore access."""
    return await _freeze(visit, args, is_frozen=False)


async def _freeze(visit: Visit, args: Args, *, is_frozen: bool) -> Screen:
    _ = visit.speech
    one = await _get(visit, args)
    if args.choice(1):
        done = visit.counter.storage.run(
            by_staff.freeze,
            visit.customer.telegram_id,
            subscription_id=one.id,
            is_frozen=is_frozen,
            now=visit.now,
        )
        return await after(visit, one.customer_id, done)
    plan = _.own(one.product.name)
    if is_frozen:
        ask = _("Stop access to {plan} at once? The paid time runs on.", plan=plan)
        return sure(visit, ask, "stop", one.id, back=("subscription", one.id))
    ask = _("Give access to {plan} back?", plan=plan)
    return sure(visit, ask, "resume", one.id, back=("subscription", one.id))


async def resend(visit: Visit, args: Args) -> Screen:
    """Send the credentials again."""
    one = await _get(visit, args)
    done = visit.counter.storage.run(
        by_staff.resend,
        visit.customer.telegram_id,
        subscription_id=one.id,
        tap=str(args.number(1)),
        now=visit.now,
    )
    return await after(visit, one.customer_id, done)


async def rotate(visit: Visit, args: Args) -> Screen:
    """Make new credentials, after a confirming tap."""
    _ = visit.speech
    one = await _get(visit, args)
    if tap := args.choice(1):
        done = visit.counter.storage.run(
            by_staff.rotate,
            visit.customer.telegram_id,
            subscription_id=one.id,
            tap=tap,
            now=visit.now,
        )
        return await after(visit, one.customer_id, done)
    ask = _(
        "Make new access data for {plan}? What the customer has now stops working; the new data "
        "is sent out.",
        plan=_.own(one.product.name),
    )
    return sure(visit, ask, "rotate", one.id, back=("subscription", one.id))


async def after(visit: Visit, customer_id: int, act: Awaitable[object]) -> Screen:
    """Do it, wake the clock, and show the customer again."""
    _ = visit.speech
    try:
        await act
    except DoneAlreadyError:
        return (await customer_screen(visit, customer_id)).saying(_("That was done already."))
    except BadInputError as error:
        return (await customer_screen(visit, customer_id)).explaining(Html(error.sentence))
    visit.counter.wake()
    return (await customer_screen(visit, customer_id)).saying(_("Done."))
