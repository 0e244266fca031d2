"""Explains how to pay money back by hand, step by step, at each provider."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from handlers.names import provider_name
from handlers.screens import bold, code
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines
from shop.refunds.cases import Case
from shop.refunds.records import Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What the steps mention: the sum, the provider's payment number, our reference."""

    money: Html
    payment: Html
    mark: Html
    provider: Html
    reference: Html


_Steps = Callable[[Speech, _Words], tuple[Html, ...]]


def steps_back(visit: Visit, refund: Refund, case: Case) -> Html:
    """The steps of paying this back; the last one is our button."""
    _ = visit.speech
    words = _Words(
        money=bold(_.money(refund.money)),
        payment=code(case.receipt_id),
        mark=code(refund.reference),
        provider=provider_name(_, case.provider),
        reference=code(case.reference or "–"),
    )
    steps = _STEPS.get(case.provider, _in_a_dashboard)(_, words)
    return lines(*steps, _("Then press the button, and the books and the customer know."))


def _cryptopay(_: Speech, it: _Words) -> tuple[Html, ...]:
    return (
        _("1. Open @CryptoBot and choose Checks, then Create."),
        _(
            "2. Make a check worth {money} in the coin that was paid, for this customer alone.",
            money=it.money,
        ),
        _("3. Send it to the customer, with {mark} as its note.", mark=it.mark),
    )


def _nowpayments(_: Speech, it: _Words) -> tuple[Html, ...]:
    return (
        _("1. Ask the customer for an address of the coin that was paid."),
        _(
            "2. Open payment {payment} at nowpayments.io and send {money} worth of that coin "
            "from your custody or wallet.",
            payment=it.payment,
            money=it.money,
        ),
        _("3. Keep the transaction's number beside {mark}.", mark=it.mark),
    )


def _coinbase_commerce(_: Speech, it: _Words) -> tuple[Html, ...]:
    return (
        _("1. Ask the customer for an address of the coin that was paid."),
        _(
            "2. Send {money} worth of it from the wallet your charges are paid out to; Coinbase "
            "Commerce itself has closed.",
            money=it.money,
        ),
        _("3. The charge was {payment}.", payment=it.payment),
    )


def _transfer(_: Speech, it: _Words) -> tuple[Html, ...]:
    return (
        _("1. Find the transfer {payment} in your bank.", payment=it.payment),
        _(
            "2. Send {money} back to the account it came from, with {mark} as the subject.",
            money=it.money,
            mark=it.mark,
        ),
    )


def _in_a_dashboard(_: Speech, it: _Words) -> tuple[Html, ...]:
    return (
        _(
            "1. Open {way} and find payment {payment} (order {reference}).",
            way=it.provider,
            payment=it.payment,
            reference=it.reference,
        ),
        _("2. Give {money} back there, with {mark} as the note.", money=it.money, mark=it.mark),
    )


_STEPS: Final[Mapping[str, _Steps]] = {
    "cryptopay": _cryptopay,
    "nowpayments": _nowpayments,
    "coinbase_commerce": _coinbase_commerce,
    "transfer": _transfer,
}
