"""Reads who paid through Stripe, and whether an event is of our own account and mode.

Sources: https://docs.stripe.com/api/charges/object (payment_method_details, billing_details) and
https://docs.stripe.com/api/events/object (account, livemode). Only a charge names the card; a
session's webhook does not, so the charge must be fetched.
"""

from dataclasses import replace

from payments import fields
from shop.ports import ForeignAccount, Happening, Payer, PaymentEvent

_LIVE = "_live_"


def payer_of(session: fields.Fields, charge: fields.Fields) -> Payer:
    """The card or bank account behind a charge; nothing is known without a charge."""
    details = _inside(charge, "payment_method_details")
    method = _inside(details, str(details.get("type")))
    home = _country(_inside(_inside(charge, "billing_details"), "address")) or _country(
        _inside(_inside(session, "customer_details"), "address")
    )
    return Payer(
        fingerprint=_word(method, "fingerprint"),
        country=_country(method),
        home=home,
        is_vague=not charge,
    )


def ours_or_foreign(event: PaymentEvent, told: fields.Fields, *, secret_key: str) -> PaymentEvent:
    """The event, or FOREIGN when it is of a connected account or of the other mode.

    Events of our own account name no account. With a key of unknown mode, the mode is ignored.
    """
    account = _word(told, "account")
    is_live_key = _LIVE in secret_key
    is_other_mode = (
        "_" in secret_key
        and told.get("livemode") is not None
        and (bool(told["livemode"]) != is_live_key)
    )
    if not account and not is_other_mode:
        return event
    name = account or ("live mode" if told.get("livemode") else "test mode")
    return replace(
        event,
        happening=Happening.FOREIGN,
        money=None,
        detail=ForeignAccount(account=name),
        for_staff={"reference": event.reference},
    )


def _inside(thing: fields.Fields, key: str) -> fields.Fields:
    found = thing.get(key)
    return found if isinstance(found, dict) else {}


def _word(thing: fields.Fields, key: str) -> str:
    found = thing.get(key)
    return found if isinstance(found, str) and found.isprintable() and len(found) <= 100 else ""  # noqa: PLR2004 - longer ones are no names


def _country(thing: fields.Fields) -> str:
    found = _word(thing, "country")
    return found.upper() if len(found) == len("DE") else ""
