"""What staff are told where something is not to be believed, waits for them, or is silent."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import order_state_name, plan_name, provider_name
from handlers.screens import Screen, button, in_rows
from handlers.staff.links import to_customer, to_failed_jobs
from handlers.staff.screening.findings import reasons
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines
from shop.messaging.notices import StaffNotice
from shop.settlement.notices import (
    FalseClaim,
    ForeignEvent,
    LeftToStaff,
    MoneyInReview,
    NeverConfirmed,
    OtherBusiness,
)


async def money_in_review(visit: Visit, notice: MoneyInReview) -> Screen:
    """Money came that a person should look at first."""
    _ = visit.speech
    title = _(
        "🔎 {name} paid {money} for {plan}, {time} by {way}. It waits for your decision:",
        name=notice.name,
        money=_.money(notice.money),
        plan=await plan_name(visit, notice.plan),
        time=_.interval(notice.term),
        way=provider_name(_, notice.provider),
    )
    buttons = (
        to_customer(_, notice.customer),
        button(_("Approve"), "+review_approve", notice.review, style="primary"),
        button(_("Refuse"), "+review_refuse", notice.review, style="danger"),
        button(_("Block the payer"), "+block_payer", notice.review),
    )
    text = lines(title, reasons(_, notice.findings))
    return Screen(text=text, rows=in_rows(buttons, wide=2))


async def false_claim(visit: Visit, notice: FalseClaim) -> Screen:
    """A webhook told of money that its provider does not confirm: both sums."""
    _ = visit.speech
    buttons = (to_customer(_, notice.customer), to_failed_jobs(_))
    return Screen(text=_false_claim(_, notice), rows=in_rows(buttons, wide=2))


def _false_claim(_: Speech, notice: FalseClaim) -> Html:
    said = {
        "way": provider_name(_, notice.provider),
        "name": notice.name,
        "claimed": _.money(notice.claimed),
    }
    if notice.is_silent:
        return lines(
            _(
                "⚠️ A webhook of {way} says {claimed} came from {name}, and {way} does not answer "
                "when asked whether that is so.",
                **said,
            ),
            _(
                "Nothing was given for it yet; we keep asking. If you see the money at {way}, you "
                "may believe event E{event} under “Failed jobs”.",
                event=notice.inbox_event,
                **said,
            ),
        )
    return lines(
        _(
            "🔴 A webhook of {way} said {claimed} came from {name}; asked, {way} says {found}.",
            found=_.money(notice.found),
            **said,
        ),
        _(
            "Nothing was given for what it said (event E{event}). Someone may know your webhook "
            "secret: change it at {way}.",
            event=notice.inbox_event,
            **said,
        ),
    )


async def foreign_account(visit: Visit, notice: ForeignEvent) -> Screen:
    """An event names another account than ours."""
    _ = visit.speech
    text = _(
        "🔴 A webhook of {way} is about another account than yours ({account}). Nothing was "
        "given for it (event E{event}).",
        way=provider_name(_, notice.provider),
        account=notice.account,
        event=notice.inbox_event,
    )
    return Screen(text=text, rows=((to_failed_jobs(_),),))


async def left_to_staff(visit: Visit, notice: LeftToStaff) -> Screen:
    """A provider tells of something that a person has to look at."""
    _ = visit.speech
    text = lines(
        _(
            "⚠️ {way} tells of something that the shop does not settle by itself ({what}). Please "
            "look at it there.",
            way=provider_name(_, notice.provider),
            what=notice.what,
        ),
        escape(notice.note),
        _in_the_books(_, notice),
        _("It is event E{event} under “Failed jobs”.", event=notice.inbox_event),
    )
    return Screen(text=text, rows=((to_failed_jobs(_),),))


def _in_the_books(_: Speech, notice: LeftToStaff) -> Html:
    """What the books did with the payment that it names, whatever its provider says."""
    if notice.order is None or notice.came is None:
        return Html("")
    order = order_state_name(_, notice.order)
    if notice.came.is_zero:
        return _("In our books no money came by this payment; its order: {how}.", how=order)
    came = _.money(notice.came)
    return _("In our books {money} came by this payment; its order: {how}.", money=came, how=order)


async def other_business(visit: Visit, notice: OtherBusiness) -> Screen:
    """Money came by an account that this shop shares with another business."""
    _ = visit.speech
    text = lines(
        _(
            "🏷 {way} tells of money that bears no reference of this shop: another business in "
            "the same account, or something made there by hand. It is counted, not booked, and "
            "you are not told each time.",
            way=provider_name(_, notice.provider),
        ),
        _(
            "Should it be this shop's after all: Failed jobs, “What providers sent lately”, "
            "“try again” books it."
        ),
    )
    return Screen(text=text, rows=((to_failed_jobs(_),),))


async def never_confirmed(visit: Visit, notice: NeverConfirmed) -> Screen:
    """A payment was seen, and its provider has no last word on it."""
    _ = visit.speech
    text = lines(
        _(
            "⚠️ {way} saw a payment of {money} from {name} for {plan}, {time}, and never "
            "confirmed or refused it ({reference}).",
            way=provider_name(_, notice.provider),
            money=_.money(notice.money),
            name=notice.name,
            plan=await plan_name(visit, notice.plan),
            time=_.interval(notice.term),
            reference=notice.reference,
        ),
        _(
            "Nothing was given for it, and {name} knows. Please look there what became of it; if "
            "the money comes, it counts.",
            name=notice.name,
        ),
    )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    MoneyInReview: money_in_review,
    FalseClaim: false_claim,
    ForeignEvent: foreign_account,
    LeftToStaff: left_to_staff,
    NeverConfirmed: never_confirmed,
    OtherBusiness: other_business,
}
