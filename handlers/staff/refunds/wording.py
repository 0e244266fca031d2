"""Refunds and disputes in words for staff: lines for lists, and a refund's screen."""

from typing import TYPE_CHECKING

from handlers.names import provider_name
from handlers.screens import Screen, bold, button, link
from handlers.staff.refunds.manual_steps import steps_back
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.refunds.cases import Case
from shop.refunds.dispute_records import Dispute, DisputeKind
from shop.refunds.records import RECLAIMED, Refund, RefundRoute
from shop.refunds.states import DisputeState, RefundState

if TYPE_CHECKING:
    from handlers.screens import Row


def state_name(_: Speech, refund: Refund) -> Html:
    """The refund's state, in a word."""
    if refund.route is RefundRoute.DISPUTE and refund.state is RefundState.CANCELLED:
        return _("given back by the bank since")
    names = {
        RefundState.ASKED: _("on its way"),
        RefundState.UNKNOWN: _("no answer yet, we keep asking"),
        RefundState.PENDING: _("on its way"),
        RefundState.LINK: _("waits for the customer to claim it"),
        RefundState.MANUAL: _("waits for you to pay it back"),
        RefundState.DONE: _("done"),
        RefundState.FAILED: _("failed"),
        RefundState.CANCELLED: _("not paid back"),
    }
    return names[refund.state]


def route_name(_: Speech, refund: Refund) -> Html:
    """The refund's route, in a word."""
    if refund.reason == RECLAIMED and refund.staff_id is None:
        return _("into the wallet, whose money had left")
    names = {
        RefundRoute.PROVIDER: _("by the provider"),
        RefundRoute.WALLET: _("into the wallet"),
        RefundRoute.MANUAL: _("by hand"),
        RefundRoute.RETURNED: _("into the wallet, after a bank had returned it"),
        RefundRoute.TOLD: _("made at the provider"),
        RefundRoute.DISPUTE: _("taken by the bank"),
    }
    return names[refund.route]


def reason_name(_: Speech, reason: str) -> Html:
    """The reason for a refund."""
    names = {
        "wish": _("The customer asked for it"),
        "broken": _("It did not work"),
        "twice": _("Paid twice"),
        "fraud": _("Fraud"),
    }
    return names.get(reason) or escape(reason)


def refund_line(_: Speech, one: Refund) -> Html:
    """One refund, as a line in a list."""
    return _(
        "↩️ {date} {money} {way}: {how}",
        date=_.day(one.made_at),
        money=_.money(one.money),
        way=route_name(_, one),
        how=state_name(_, one),
    )


def dispute_line(_: Speech, one: Dispute) -> Html:
    """One dispute or warning, as a line in a list."""
    states = {
        DisputeState.OPEN: _("open"),
        DisputeState.WON: _("won"),
        DisputeState.LOST: _("lost"),
    }
    if one.kind is DisputeKind.WARNING:
        return _(
            "🚩 {date} fraud warning: {how}", date=_.day(one.opened_at), how=states[one.state]
        )
    return _(
        "⚖️ {date} dispute over {money}: {how}",
        date=_.day(one.opened_at),
        money=_.money(one.about),
        how=states[one.state],
    )


def refund_screen(visit: Visit, refund: Refund, case: Case) -> Screen:
    """One refund, and what staff have to do about it."""
    _ = visit.speech
    rows: list[Row] = []
    steps = Html("")
    if refund.state is RefundState.MANUAL:
        steps = steps_back(visit, refund, case)
        no = _("Not after all")
        if refund.returned_at is not None:
            steps = _(
                "A bank returned this money, so it lies at {way} again. Ask the customer "
                "where else it may go, and send it there; then press the button, and the "
                "books and the customer know.",
                way=provider_name(_, case.provider),
            )
            no = _("Into the customer’s wallet") if case.customer_id is not None else no
        rows.append(
            (
                button(_("I have paid it back"), "refund_paid", refund.id, style="primary"),
                button(no, "refund_not_paid", refund.id),
            )
        )
    if refund.state is RefundState.LINK and refund.url:
        steps = _(
            "The customer has the link and claims it with an address. Approve the "
            "payout in your BTCPay Server if it asks you to."
        )
        rows.append((link(_("Open the link"), refund.url),))
    if refund.state is RefundState.FAILED:
        steps = _(
            "Nothing went back, and what was set aside lies where it was. You can try "
            "again or pay it back yourself."
        )
    reason = reason_name(_, refund.reason) if refund.reason else Html("")
    text = paragraphs(
        bold(_("{money} back, {way}", money=_.money(refund.money), way=route_name(_, refund))),
        lines(_("It is: {how}", how=state_name(_, refund)), reason, escape(refund.note)),
        steps,
    )
    rows.append((button(_("This money"), "refund", case.receipt),))
    if case.customer_id is not None:
        rows.append((button(_("← Back"), "customer", case.customer_id),))
    return Screen(text=text, rows=tuple(rows))
