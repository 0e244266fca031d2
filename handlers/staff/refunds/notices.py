"""What staff are told about money that went back, or did not."""

from collections.abc import Mapping
from typing import Any

from handlers.names import provider_name
from handlers.visit import Visit
from handlers.wording import Html, escape, lines
from shop.core.money import Money
from shop.refunds.records import RefundRoute
from shop.refunds.rules import AccessAfterRefund
from shop.refunds.states import DisputeState

Facts = Mapping[str, Any]


def money_back(visit: Visit, facts: Facts) -> Html:
    """Someone gave money back at the provider."""
    _ = visit.speech
    if not facts["minor"]:
        return lines(
            _(
                "↩️ {way} gave money for {plan} back to {name}, but does not say how much.",
                way=_way(visit, facts),
                plan=facts["plan"],
                name=facts["name"],
            ),
            _(
                "Please look there, and book it: open the customer, “Give money back”, and “I pay "
                "it back myself”."
            ),
        )
    return _(
        "↩️ {money} for {plan} went back to {name} ({way}).",
        money=_money(visit, facts),
        plan=facts["plan"],
        name=facts["name"],
        way=_way(visit, facts),
    )


def refund_made(visit: Visit, facts: Facts) -> Html:
    """One of the staff gave money back."""
    _ = visit.speech
    into = Html("")
    if facts["way"] in {RefundRoute.WALLET, RefundRoute.RETURNED}:
        into = _("It lies in the wallet.")
    return lines(
        _(
            "↩️ {money} for {plan} went back to {name} ({way}), by {staff}.",
            money=_money(visit, facts),
            plan=facts["plan"] or "–",
            name=facts["name"],
            way=_way(visit, facts),
            staff=facts["staff"],
        ),
        into,
        _access(visit, facts),
    )


def refund_failed(visit: Visit, facts: Facts) -> Html:
    """The provider refused to give money back."""
    _ = visit.speech
    return lines(
        _(
            "🔴 {money} could not be given back by {way}; nothing went back.",
            money=_money(visit, facts),
            way=_way(visit, facts),
        ),
        escape(facts["reason"]),
    )


def refund_returned(visit: Visit, facts: Facts) -> Html:
    """Money had gone back, and a bank returned it."""
    _ = visit.speech
    what = _(
        "🔴 {money} that went back to {name} for {plan} came back: the bank did not take it.",
        money=_money(visit, facts),
        name=facts["name"],
        plan=facts["plan"],
    )
    todo = _(
        "It lies at {way} again and still belongs to the customer. Ask them where else it may go.",
        way=_way(visit, facts),
    )
    if facts["refund"] is None:
        todo = _(
            "Our books know no refund of just this sum: please look at {way}.",
            way=_way(visit, facts),
        )
    return lines(what, escape(facts["reason"]), todo)


def dispute_closed(visit: Visit, facts: Facts) -> Html:
    """A bank has decided."""
    _ = visit.speech
    named = {"money": _money(visit, facts), "plan": facts["plan"], "name": facts["name"]}
    if facts["how"] == DisputeState.WON:
        return _(
            "✅ The dispute with {name} over {money} for {plan} is won: the money stays, and "
            "access is as it was.",
            **named,
        )
    return _(
        "🔴 The dispute with {name} over {money} for {plan} is lost: the money is gone, and "
        "what was left of the time has ended.",
        **named,
    )


def _access(visit: Visit, facts: Facts) -> Html:
    _ = visit.speech
    words = {
        AccessAfterRefund.END: _("What was left of the time has ended."),
        AccessAfterRefund.SHORTEN: _("The time was shortened to match."),
        AccessAfterRefund.KEEP: _("Access was left as it is."),
    }
    return words[AccessAfterRefund(facts["access"])]


def _money(visit: Visit, facts: Facts) -> Html:
    return visit.speech.money(Money(facts["minor"], facts["currency"]))


def _way(visit: Visit, facts: Facts) -> Html:
    return provider_name(visit.speech, facts["provider"])
