"""What staff are told where something is not to be believed, waits for them, or is silent."""

from collections.abc import Callable, Mapping
from typing import Any

from telegram import InlineKeyboardButton

from handlers.names import provider_name
from handlers.screens import button
from handlers.staff.screening.findings import reasons
from handlers.visit import Visit
from handlers.wording import Html, escape, lines
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.messaging.kinds import Notice
from shop.screening.records import read_findings

Facts = Mapping[str, Any]


def money_in_review(visit: Visit, facts: Facts) -> Html:
    """Money came that a person should look at first."""
    _ = visit.speech
    title = _(
        "🔎 {name} paid {money} for {plan}, {time} by {way}. It waits for your decision:",
        name=facts["name"],
        money=_money(visit, facts),
        plan=facts["plan"],
        time=_.interval(Interval.from_key(facts["term"])),
        way=_way(visit, facts),
    )
    return lines(title, reasons(_, read_findings(facts["findings"])))


def false_claim(visit: Visit, facts: Facts) -> Html:
    """A webhook told of money that its provider does not confirm: both sums."""
    _ = visit.speech
    said = {"way": _way(visit, facts), "name": facts["name"], "claimed": _money(visit, facts)}
    if facts["is_silent"]:
        return lines(
            _(
                "⚠️ A webhook of {way} says {claimed} came from {name}, and {way} does not answer "
                "when asked whether that is so.",
                **said,
            ),
            _(
                "Nothing was given for it yet; we keep asking. If you see the money at {way}, you "
                "may believe event E{event} under “Failed jobs”.",
                event=facts["inbox_event"],
                **said,
            ),
        )
    found = _.money(Money(facts["found"], facts["found_currency"]))
    return lines(
        _(
            "🔴 A webhook of {way} said {claimed} came from {name}; asked, {way} says {found}.",
            found=found,
            **said,
        ),
        _(
            "Nothing was given for what it said (event E{event}). Someone may know your webhook "
            "secret: change it at {way}.",
            event=facts["inbox_event"],
            **said,
        ),
    )


def foreign_account(visit: Visit, facts: Facts) -> Html:
    """An event names another account than ours."""
    _ = visit.speech
    return _(
        "🔴 A webhook of {way} is about another account than yours ({account}). Nothing was "
        "given for it (event E{event}).",
        way=_way(visit, facts),
        account=facts["account"],
        event=facts["inbox_event"],
    )


def left_to_staff(visit: Visit, facts: Facts) -> Html:
    """A provider tells of something that a person has to look at."""
    _ = visit.speech
    return lines(
        _(
            "⚠️ {way} tells of something that the shop does not settle by itself ({what}). Please "
            "look at it there.",
            way=_way(visit, facts),
            what=facts["what"],
        ),
        escape(facts["note"]),
        _(
            "Nothing was given for it; it is event E{event} under “Failed jobs”.",
            event=facts["inbox_event"],
        ),
    )


TELLERS: Mapping[Notice, Callable[[Visit, Facts], Html]] = {
    Notice.MONEY_IN_REVIEW: money_in_review,
    Notice.FALSE_CLAIM: false_claim,
    Notice.FOREIGN_ACCOUNT: foreign_account,
    Notice.LEFT_TO_STAFF: left_to_staff,
}


def buttons(visit: Visit, notice: Notice, facts: Facts) -> list[InlineKeyboardButton]:
    """What can be done about it, in one tap."""
    _ = visit.speech
    if notice is Notice.MONEY_IN_REVIEW:
        return [
            button(_("Approve"), "+review_approve", facts["review"], style="primary"),
            button(_("Refuse"), "+review_refuse", facts["review"], style="danger"),
            button(_("Block the payer"), "+block_payer", facts["review"]),
        ]
    if notice in {Notice.FALSE_CLAIM, Notice.FOREIGN_ACCOUNT, Notice.LEFT_TO_STAFF}:
        return [button(_("Failed jobs"), "+failed_jobs")]
    if notice is Notice.UNKNOWN_MONEY and facts.get("id"):
        return [button(_("Whose is it?"), "+unassigned", facts["id"])]
    return []


def _money(visit: Visit, facts: Facts) -> Html:
    return visit.speech.money(Money(facts["minor"], facts["currency"]))


def _way(visit: Visit, facts: Facts) -> Html:
    return provider_name(visit.speech, facts["provider"])
