"""What staff are told where something is not to be believed, waits for them, or is silent."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.names import plan_name, provider_name
from handlers.screens import Screen, button, in_rows
from handlers.staff.links import to_customer, to_stuck
from handlers.staff.settlement.findings import reasons
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines
from shop.messaging.kinds import Notice
from shop.messaging.notices import StaffNotice
from shop.screening.records import findings_document
from shop.settlement.notices import FalseClaim, ForeignEvent, LeftToStaff, MoneyInReview

Facts = Mapping[str, Any]


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
        button(_("Approve"), "+rv_yes", notice.review, style="primary"),
        button(_("Refuse"), "+rv_no", notice.review, style="danger"),
        button(_("Block the payer"), "+bl_p", notice.review),
    )
    text = lines(title, reasons(_, findings_document(notice.findings)))
    return Screen(text=text, rows=in_rows(buttons, wide=2))


def turned_away(visit: Visit, facts: Facts) -> Html:
    """Someone was not served; no money moved."""
    _ = visit.speech
    return lines(
        _("🚫 {name} was turned away before paying:", name=facts["name"]),
        reasons(_, facts["findings"]),
    )


async def false_claim(visit: Visit, notice: FalseClaim) -> Screen:
    """A webhook told of money that its provider does not confirm: both sums."""
    _ = visit.speech
    buttons = (to_customer(_, notice.customer), to_stuck(_))
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
                "may believe letter L{letter} under “Stuck”.",
                letter=notice.inbox_event,
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
            "Nothing was given for what it said (letter L{letter}). Someone may know your webhook "
            "secret: change it at {way}.",
            letter=notice.inbox_event,
            **said,
        ),
    )


async def foreign_account(visit: Visit, notice: ForeignEvent) -> Screen:
    """An event names another account than ours."""
    _ = visit.speech
    text = _(
        "🔴 A webhook of {way} is about another account than yours ({account}). Nothing was "
        "given for it (letter L{letter}).",
        way=provider_name(_, notice.provider),
        account=notice.account,
        letter=notice.inbox_event,
    )
    return Screen(text=text, rows=((to_stuck(_),),))


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
        _(
            "Nothing was given for it; it is letter L{letter} under “Stuck”.",
            letter=notice.inbox_event,
        ),
    )
    return Screen(text=text, rows=((to_stuck(_),),))


def provider_down(visit: Visit, facts: Facts) -> Html:
    """A provider is hidden from customers."""
    _ = visit.speech
    return _(
        "🔴 {way} does not answer ({error}). Customers do not see it until it does; we try "
        "again by ourselves.",
        way=_way(visit, facts),
        error=facts["error"],
    )


def provider_back(visit: Visit, facts: Facts) -> Html:
    """A provider is shown again."""
    _ = visit.speech
    since = datetime.fromtimestamp(facts["since"], UTC)
    return _(
        "🟢 {way} answers again; customers see it. It was away since {moment}.",
        way=_way(visit, facts),
        moment=_.moment(since, now=visit.now),
    )


TELLERS: Mapping[Notice, Callable[[Visit, Facts], Html]] = {
    Notice.TURNED_AWAY: turned_away,
    Notice.PROVIDER_DOWN: provider_down,
    Notice.PROVIDER_BACK: provider_back,
}
WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    MoneyInReview: money_in_review,
    FalseClaim: false_claim,
    ForeignEvent: foreign_account,
    LeftToStaff: left_to_staff,
}


def _way(visit: Visit, facts: Facts) -> Html:
    return provider_name(visit.speech, facts["provider"])
