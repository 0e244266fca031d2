"""What staff are told of the shop's own accord."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import provider_name, verdict_name
from handlers.screens import Screen, button, in_rows
from handlers.staff.access import notices as access
from handlers.staff.orders import notices as orders
from handlers.staff.refunds.notices import (
    dispute_closed,
    money_back,
    refund_failed,
    refund_made,
    refund_returned,
)
from handlers.staff.screening import notices as screening
from handlers.staff.settlement import notices
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.ledger.receiving import Verdict
from shop.messaging.kinds import Notice
from shop.messaging.notices import StaffNotice

Facts = Mapping[str, Any]


def sale(visit: Visit, facts: Facts) -> Html:
    """Someone bought."""
    _ = visit.speech
    text = _(
        "💰 {name} paid {money} for {plan}, {time}.",
        name=facts["name"],
        plan=facts["plan"],
        money=_.money(_whole(facts)),
        time=_time(visit, facts),
    )
    return lines(text, _from_wallet(_, facts), _remark(visit, facts))


def _whole(facts: Facts) -> Money:
    return Money(facts["minor"] + facts.get("from_wallet", 0), facts["currency"])


def _from_wallet(_: Speech, facts: Facts) -> Html:
    """How much of it is no new money."""
    used = Money(facts.get("from_wallet", 0), facts["currency"])
    return _("{part} of it came from the wallet.", part=_.money(used)) if used else Html("")


def _remark(visit: Visit, facts: Facts) -> Html:
    """What was unusual about a sale."""
    _ = visit.speech
    if facts.get("to_wallet"):
        more = _.money(Money(facts["to_wallet"], facts["currency"]))
        return _("That was {amount} more than the price; it is in the wallet.", amount=more)
    if facts.get("verdict") == Verdict.TOLERATED:
        missing = _.money(Money(facts["missing"], facts["currency"]))
        return _("That was {amount} less than the price, within your tolerance.", amount=missing)
    if facts.get("verdict") == Verdict.LATE:
        return _("It came late; the old price still held.")
    return Html("")


def odd_money(visit: Visit, facts: Facts) -> Html:
    """Money came that an order did not take."""
    _ = visit.speech
    due = _.money(Money(facts["due"], facts["due_currency"]))
    return lines(
        _(
            "⚠️ {money} from {name} by {way}: {how}.",
            money=_money(visit, facts),
            name=facts["name"],
            way=_way(visit, facts),
            how=verdict_name(_, Verdict(facts["verdict"])),
        ),
        _(
            "{plan}, {time} costs {due}. The money is in the wallet.",
            plan=facts["plan"],
            time=_time(visit, facts),
            due=due,
        ),
    )


def unknown_money(visit: Visit, facts: Facts) -> Html:
    """Money came that belongs to no order we know."""
    _ = visit.speech
    return lines(
        _(
            "⚠️ {money} by {way} belongs to no order we know.",
            money=_money(visit, facts),
            way=_way(visit, facts),
        ),
        _(
            "Receipt {receipt}, reference {reference}",
            receipt=facts["receipt"],
            reference=facts["reference"] or "–",
        ),
    )


def stuck(visit: Visit, facts: Facts) -> Html:
    """Something that came in could not be handled."""
    _ = visit.speech
    return _(
        "🔴 Event E{event} could not be handled: {reason}",
        event=facts["inbox_event"],
        reason=facts["reason"],
    )


def star_difference(visit: Visit, facts: Facts) -> Html:
    """The nightly look at Telegram's list of Stars found a difference."""
    _ = visit.speech
    told = []
    if facts["found"]:
        told.append(
            _.ngettext(
                "🌙 {n} payment had not reached us: {money}. It is in the books now.",
                "🌙 {n} payments had not reached us: {money}. They are in the books now.",
                facts["found"],
                money=_money(visit, facts),
            )
        )
    if facts["odd"]:
        told.append(
            _.ngettext(
                "⚠️ {n} payment in our books is not as {way} lists it: {names}",
                "⚠️ {n} payments in our books are not as {way} lists them: {names}",
                facts["odd"],
                way=_way(visit, facts),
                names=", ".join(facts["names"]),
            )
        )
    return lines(*told)


def method_refused(visit: Visit, facts: Facts) -> Html:
    """A provider does not do what a renewal needs."""
    _ = visit.speech
    return lines(
        _(
            "🔴 A renewal is stuck ({verb}); a person should look at the provider's settings.",
            verb=facts["verb"],
        ),
        escape(facts["reason"]),
    )


# A notice's class -> its words and buttons.
WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    **access.WORDS,
    **orders.WORDS,
    **screening.WORDS,
}
TELLERS: Mapping[Notice, Callable[[Visit, Facts], Html]] = {
    Notice.SALE: sale,
    Notice.ODD_MONEY: odd_money,
    Notice.UNKNOWN_MONEY: unknown_money,
    Notice.MONEY_BACK: money_back,
    Notice.REFUND_MADE: refund_made,
    Notice.REFUND_FAILED: refund_failed,
    Notice.REFUND_RETURNED: refund_returned,
    Notice.DISPUTE_CLOSED: dispute_closed,
    Notice.STUCK: stuck,
    Notice.STAR_DIFFERENCE: star_difference,
    Notice.METHOD_REFUSED: method_refused,
    **notices.TELLERS,
}


def told(visit: Visit, notice: Notice, facts: Facts) -> Screen:
    """A notice to staff, with the way to whom or what it is about."""
    _ = visit.speech
    row = []
    if facts.get("customer"):
        row.append(button(_("Open the customer"), "+customer", facts["customer"]))
    if notice is Notice.STUCK:
        row.append(button(_("Failed jobs"), "+failed_jobs"))
    if notice is Notice.REFUND_RETURNED and facts["refund"] is not None:
        row.append(button(_("Pay it back"), "+refund_details", facts["refund"]))
    row += notices.buttons(visit, notice, facts)
    return Screen(text=TELLERS[notice](visit, facts), rows=in_rows(row, wide=2))


def _money(visit: Visit, facts: Facts) -> Html:
    return visit.speech.money(Money(facts["minor"], facts["currency"]))


def _way(visit: Visit, facts: Facts) -> Html:
    return provider_name(visit.speech, facts["provider"])


def _time(visit: Visit, facts: Facts) -> Html:
    return visit.speech.interval(Interval.from_key(facts["term"]))
