"""What staff are told of the shop's own accord."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.screens import Screen, button, in_rows
from handlers.staff.intake import notices as intake
from handlers.staff.refunds import notices as refunds
from handlers.staff.renewals import notices as renewals
from handlers.staff.settlement import notices, sale_notices
from handlers.visit import Visit
from handlers.wording import Html, escape, lines
from shop.messaging.kinds import Notice
from shop.messaging.notices import StaffNotice

Facts = Mapping[str, Any]


def low_stock(visit: Visit, facts: Facts) -> Html:
    """Few accounts are left, or none."""
    _ = visit.speech
    if not facts["left"]:
        return _(
            "🔴 No accounts are left for {plan}: buyers wait until you load more.",
            plan=facts["plan"],
        )
    return _.ngettext(
        "🟡 {n} account is left for {plan}.",
        "🟡 {n} accounts are left for {plan}.",
        int(facts["left"]),
        plan=facts["plan"],
    )


def connector_failed(visit: Visit, facts: Facts) -> Html:
    """An account could not be made or changed, after every try."""
    _ = visit.speech
    return lines(
        _(
            "🔴 {plan} for {name}: {verb} failed, and we stopped trying.",
            plan=facts["plan"],
            name=facts["name"],
            verb=facts["verb"],
        ),
        escape(facts["reason"]),
    )


# A notice's class -> its words and buttons; None where the words were sent with a file.
WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    **intake.WORDS,
    **refunds.WORDS,
    **renewals.WORDS,
    **sale_notices.WORDS,
    **notices.WORDS,
}
TELLERS: Mapping[Notice, Callable[[Visit, Facts], Html]] = {
    Notice.LOW_STOCK: low_stock,
    Notice.CONNECTOR_FAILED: connector_failed,
    **notices.TELLERS,
}


def told(visit: Visit, notice: Notice, facts: Facts) -> Screen:
    """A notice to staff, with the way to whom or what it is about."""
    _ = visit.speech
    row = []
    if facts.get("customer"):
        row.append(button(_("Open the customer"), "+who", facts["customer"]))
    if notice is Notice.CONNECTOR_FAILED:
        row.append(button(_("What is stuck"), "+stuck"))
    if notice is Notice.LOW_STOCK:
        row.append(button(_("Load stock"), "+s_stock"))
    return Screen(text=TELLERS[notice](visit, facts), rows=in_rows(row, wide=2))
