"""Giving time for free: choose a plan and a term, and confirm."""

from handlers.screens import Args, Screen, button, in_rows
from handlers.staff.access.subscriptions import after
from handlers.staff.confirm import sure
from handlers.visit import Visit
from shop.catalog.offers import offer, offers
from shop.checkout import grants
from shop.core.intervals import Interval, Unit

_LENGTHS = (
    Interval(count=3, unit=Unit.DAY),
    Interval(count=7, unit=Unit.DAY),
    Interval(count=1, unit=Unit.MONTH),
    Interval(count=3, unit=Unit.MONTH),
    Interval(count=6, unit=Unit.MONTH),
    Interval(count=12, unit=Unit.MONTH),
)


async def grant(visit: Visit, args: Args) -> Screen:
    """`grant:CUSTOMER[:PLAN[:TERM[:MOMENT]]]`: each step adds one argument, the last confirms."""
    customer_id, slug, term = args.number(0), args.choice(1), args.choice(2)
    if not slug:
        return await _which_plan(visit, customer_id)
    one = await visit.counter.storage.read(offer, slug)
    _ = visit.speech
    plan = _.own(one.product.name)
    if not term:
        lengths = [button(_.interval(it), "grant", customer_id, slug, it.key) for it in _LENGTHS]
        back = (button(_("← Back"), "grant", customer_id),)
        return Screen(text=_("How long?"), rows=(*in_rows(lengths, wide=3), back))
    interval = Interval.from_key(term)
    if tap := args.choice(3):
        act = visit.counter.storage.run(
            grants.grant,
            visit.customer.telegram_id,
            customer_id=customer_id,
            slug=slug,
            interval=interval,
            tap=tap,
            now=visit.now,
        )
        return await after(visit, customer_id, act)
    ask = _("Give {time} of {plan}?", time=_.interval(interval), plan=plan)
    return sure(visit, ask, "grant", customer_id, slug, term, back=("customer", customer_id))


async def _which_plan(visit: Visit, customer_id: int) -> Screen:
    _ = visit.speech
    found = await visit.counter.storage.read(offers)
    plans = [
        button(_.own(one.product.name), "grant", customer_id, one.product.slug) for one in found
    ]
    back = (button(_("← Back"), "customer", customer_id),)
    return Screen(text=_("Which plan?"), rows=(*in_rows(plans, wide=2), back))
