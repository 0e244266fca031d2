"""What a check found, in a sentence for staff."""

from collections.abc import Iterable, Mapping
from typing import Any

from handlers.wording import Html, Speech, lines
from shop.core.money import Money
from shop.screening.rules import Check


def reasons(_: Speech, findings: Iterable[Mapping[str, Any]]) -> Html:
    """A line for each finding, as notices and the books keep them."""
    return lines(*(_reason(_, Check(one["check"]), one["facts"]) for one in findings))


def _reason(_: Speech, check: Check, facts: Mapping[str, Any]) -> Html:
    if check is Check.FIRST_ORDER:
        money = _.money(Money(facts["minor"], facts["currency"]))
        most = _.money(Money(facts["most"], facts["currency"]))
        return _("· A first order of {money}; your limit is {most}.", money=money, most=most)
    if check is Check.COUNTRY:
        return _("· The card is from {card}, the customer from {home}.", **facts)
    if check is Check.BLOCKED:
        return _("· On your blocklist ({by}).", by=facts["by"])
    if check is Check.REFUSED:
        return _("· Paid from the wallet with money that was refused before.")
    counted = {
        Check.TRIES: _("· {many} payments begun within an hour; you allow {most}.", **facts),
        Check.PAYERS: _(
            "· {many} different cards or wallets within a day; you allow {most}.", **facts
        ),
        Check.SHARED_PAYER: _(
            "· {many} people paid with the same card or wallet; you allow {most}.", **facts
        ),
        Check.TRIALS: _(
            "· {many} trials by people with the same card or wallet; you allow {most}.", **facts
        ),
    }
    return counted[check]
