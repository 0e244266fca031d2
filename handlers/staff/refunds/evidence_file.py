"""Writes the evidence file: plain text for a person at a bank."""

from collections.abc import Sequence
from datetime import datetime

from handlers.names import provider_name, verdict_name
from handlers.staff.refunds.wording import route_name, state_name
from handlers.wording import Html, Speech
from shop.core.intervals import Interval
from shop.refunds.evidence import Evidence
from shop.refunds.records import Refund

_FORMAT = "%Y-%m-%d %H:%M:%S UTC"


def dossier(_: Speech, it: Evidence, *, plan: Html, shop: str, now: datetime) -> str:
    """Customer, order, money, delivery, uses and messages, in that order."""
    parts = (
        _part(
            _("Evidence for payment {reference}", reference=it.reference).plain,
            [
                _("Shop: @{name} on Telegram", name=shop).plain,
                _("Written: {moment}", moment=_at(now)).plain,
            ],
        ),
        _part(_("The customer").plain, _customer(_, it)),
        _part(_("The order").plain, _order(_, it, plan)),
        _part(_("The money").plain, _money(_, it)),
        _part(_("What was delivered").plain, _delivered(_, it)),
        _part(_("Used from where").plain, _uses(_, it)),
        _part(
            _("What the customer was sent in the chat").plain,
            [f"{_at(at)}  {name}" for name, at in it.messages],
        ),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(title: str, rows: Sequence[str]) -> str:
    if not rows:
        return ""
    return "\n".join((title, "=" * len(title), *rows))


def _customer(_: Speech, it: Evidence) -> list[str]:
    one = it.customer
    username = f" @{one.username}" if one.username else ""
    return [
        _("Name: {name}", name=f"{one.name}{username}").plain,
        _("Telegram number: {number}", number=one.telegram_id).plain,
        _("Customer number here: {number}", number=one.id).plain,
        _("Known since: {moment}", moment=_at(one.created_at)).plain,
    ]


def _order(_: Speech, it: Evidence, plan: Html) -> list[str]:
    term = _.interval(Interval.from_key(it.term))
    return [
        _("Plan: {plan}, {time}", plan=plan, time=term).plain,
        _("Price shown: {money}", money=_.money(it.price)).plain,
        _("Ordered: {moment}", moment=_at(it.ordered_at)).plain,
        _(
            "Paid by: {way}, its number {number}",
            way=provider_name(_, it.provider),
            number=it.provider_ref or "–",
        ).plain,
    ]


def _money(_: Speech, it: Evidence) -> list[str]:
    came = [
        f"{_at(one.recorded_at)}  +{_.money(one.money).plain}  "
        f"{verdict_name(_, one.verdict).plain}  {one.receipt_id}"
        for one in it.arrivals
    ]
    back = [_refund(_, one) for one in it.refunds]
    bank = [
        f"{_at(one.opened_at)}  {one.kind} {one.dispute_ref}  {_.money(one.about).plain}  "
        f"{one.reason}  {one.state}"
        for one in it.disputes
    ]
    return [*came, *back, *bank]


def _refund(_: Speech, one: Refund) -> str:
    return (
        f"{_at(one.made_at)}  −{_.money(one.money).plain}  {route_name(_, one).plain}, "
        f"{state_name(_, one).plain}  {one.refund_ref or one.reference}"
    )


def _delivered(_: Speech, it: Evidence) -> list[str]:
    rows = [
        _("Time given: {start} to {end}", start=_at(one.starts_at), end=_at(one.ends_at)).plain
        for one in it.periods
    ]
    if it.subscription is not None and it.account is not None:
        rows.append(
            _(
                "Account: {name}, {state}",
                name=it.account.external_id or "–",
                state=it.account.actual,
            ).plain
        )
        if it.account.delivered_at is not None:
            moment = _at(it.account.delivered_at)
            rows.append(_("Access data reached the customer: {moment}", moment=moment).plain)
    return rows


def _uses(_: Speech, it: Evidence) -> list[str]:
    rows = [
        _(
            "{address} ({door}): from {first} to {last}, noted {n} times",
            address=one.address,
            door=one.door,
            first=_at(one.first_at),
            last=_at(one.last_at),
            n=one.times,
        ).plain
        for one in it.uses
    ]
    if it.subscription is not None and not rows:
        return [_("The books know of no use; not every service asks us.").plain]
    return rows


def _at(moment: datetime) -> str:
    return moment.strftime(_FORMAT)
