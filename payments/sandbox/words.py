"""The texts of the sandbox's page, in the language the shop asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import NullTranslations
from html import escape

from babel.dates import format_datetime
from babel.numbers import format_currency

from locales import nearest, translations
from payments.sandbox.till import Act, Slip
from shop.core.money import Money
from shop.ports import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Texts in one language, ready for HTML."""

    language: str
    catalogue: NullTranslations

    def __call__(self, text: str, **facts: str) -> str:
        """One of the page's texts, with plain facts filled in."""
        return escape(self.catalogue.gettext(text).format(**facts))

    def money(self, money: Money) -> str:
        """An amount as people write it: `€7.99`, `7,99 €`."""
        return str(
            format_currency(
                money.decimal(), money.currency, locale=self.language, decimal_quantization=False
            )
        )

    def moment(self, moment: datetime) -> str:
        """A moment in UTC, labelled as such."""
        at = moment.astimezone(UTC)
        return str(format_datetime(at, "d MMM y, HH:mm 'UTC'", locale=self.language))


def words_in(tag: str) -> Words:
    """The words for an IETF tag; untranslated texts are English."""
    language = nearest(tag)
    return Words(language=language, catalogue=translations(language))


def frame(_: Words, *, kind: str) -> Mapping[str, str]:
    """The texts that are always on the page."""
    kinds = {"card": _("Card payment"), "crypto": _("Crypto payment")}
    return {
        "language": _.language,
        "tape": _("Sandbox · no money moves here"),
        "kind": kinds[kind],
        "about_page": _(
            "This page stands in for a payment provider. Each button does what real customers "
            "and banks do sooner or later."
        ),
    }


def labels(_: Words) -> Mapping[str, str]:
    """The label of each button, by the button's name."""
    return {
        "confirm": _("Confirm it now"),
        "pay": _("Pay"),
        "pay_declines": _("Pay; next time the card is declined"),
        "pay_asks": _("Pay; next time the bank asks me"),
        "late": _("Pay too late"),
        "under": _("Pay only half"),
        "over": _("Pay half too much"),
        "twice": _("Pay twice"),
        "decline": _("Let it be declined"),
        "again": _("Pay once more"),
        "refund": _("Take the money back"),
        "refund_half": _("Take half of it back"),
        "bounce": _("Let the bank return the refund"),
        "warn": _("Let the bank suspect fraud"),
        "dispute": _("Dispute it at the bank"),
        "win": _("Let the shop win the dispute"),
        "lose": _("Let the shop lose the dispute"),
    }


def until(_: Words, slip: Slip, now: datetime) -> str:
    """Until when a payment is in time."""
    moment = _.moment(slip.expires_at)
    if now < slip.expires_at:
        return _("Payable until {moment}", moment=moment)
    return _("Expired on {moment}", moment=moment)


def outcome(_: Words, slip: Slip, now: datetime) -> tuple[str, str]:
    """What happened last, in one sentence, and its tone: good, bad or wait."""
    known = slip.known(now)
    if not known:
        return "", ""
    last = known[-1]
    if last.happening is Happening.RECEIVED:
        return "good", _paid(_, slip, slip.receipts_by(now))
    money = _.money(Money(last.minor, slip.amount.currency))
    return {
        Happening.SEEN: (
            "wait",
            _("{money} is on its way and waits for the network to confirm it.", money=money),
        ),
        Happening.FAILED: (
            "bad",
            _("The payment was declined; nothing was taken. You can try again."),
        ),
        Happening.REFUNDED: ("bad", _("{money} went back to you.", money=money)),
        Happening.REFUND_RETURNED: (
            "bad",
            _("Your bank did not take {money}: it went back to the shop.", money=money),
        ),
        Happening.WARNED: (
            "bad",
            _("Your bank suspects that {money} was paid with a stolen card.", money=money),
        ),
        Happening.DISPUTED: ("bad", _("Your bank now disputes {money}.", money=money)),
        Happening.DISPUTE_WON: ("good", _("Your bank leaves {money} with the shop.", money=money)),
        Happening.DISPUTE_LOST: ("bad", _("Your bank took {money} back for you.", money=money)),
    }[last.happening]


def _paid(_: Words, slip: Slip, receipts: Sequence[Act]) -> str:
    last, due = receipts[-1], _.money(slip.amount)
    money = _.money(Money(last.minor, slip.amount.currency))
    if len(receipts) > 1:
        return _("{money} was paid {n} times over.", money=money, n=str(len(receipts)))
    if last.minor < slip.amount.minor:
        return _("Only {money} of {due} was paid.", money=money, due=due)
    if last.minor > slip.amount.minor:
        return _("{money} was paid, more than the {due} asked for.", money=money, due=due)
    if last.occurred_at > slip.expires_at:
        return _("{money} was paid, but too late.", money=money)
    return _("{money} was paid.", money=money)
