"""What a check found, in a sentence for staff."""

from collections.abc import Iterable

from handlers.wording import Html, Speech, lines
from shop.screening.rules import Check, Finding, Listed, TooMany, TooMuch, TwoCountries


def reasons(_: Speech, findings: Iterable[Finding]) -> Html:
    """A line for each finding."""
    return lines(*(_reason(_, one) for one in findings))


def _reason(_: Speech, one: Finding) -> Html:
    match one.why:
        case TooMuch(money=money, limit=limit):
            return _(
                "· A first order of {money}; your limit is {most}.",
                money=_.money(money),
                most=_.money(limit),
            )
        case TwoCountries(card=card, home=home):
            return _("· The card is from {card}, the customer from {home}.", card=card, home=home)
        case Listed(by=by):
            return _("· On your blocklist ({by}).", by=", ".join(by))
        case TooMany():
            return _counted(_, one.check, one.why)
    return _("· Paid from the wallet with money that was refused before.")


def _counted(_: Speech, check: Check, why: TooMany) -> Html:
    facts = {"many": why.many, "most": why.most}
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
