"""Names for people to read: of plans, ways to pay, and what a receipt did."""

from handlers.visit import Visit
from handlers.wording import Html, Speech, escape
from shop.catalog import offers
from shop.ledger.receiving import Verdict
from shop.orders.states import OrderState


def provider_name(_: Speech, name: str) -> Html:
    """What people call a way to pay."""
    names = {
        "sandbox_card": _("Card (sandbox)"),
        "sandbox_crypto": _("Crypto (sandbox)"),
        "stripe": _("Card"),
        "coinbase": _("Crypto (Coinbase)"),
        "coinbase_commerce": _("Crypto (Coinbase)"),
        "btcpay": _("Bitcoin"),
        "nowpayments": _("Crypto"),
        "cryptopay": _("Crypto Pay"),
        "transfer": _("Bank transfer"),
        "stars": _("Telegram Stars"),
        "telegram_cards": _("Card in Telegram"),
        "wallet": _("Wallet"),
    }
    return names.get(name) or escape(name.replace("_", " ").title())


def verdict_name(_: Speech, verdict: Verdict) -> Html:
    """What a receipt did, in a word."""
    names = {
        Verdict.PAID: _("paid the order"),
        Verdict.TOLERATED: _("paid the order, a little short"),
        Verdict.SHORT: _("too little"),
        Verdict.OVER: _("too much"),
        Verdict.LATE: _("late"),
        Verdict.DUPLICATE: _("paid twice"),
        Verdict.WRONG_CURRENCY: _("wrong currency"),
        Verdict.UNKNOWN_ORDER: _("order unknown"),
        Verdict.IN_REVIEW: _("waits for your decision"),
        Verdict.REFUSED: _("refused"),
        Verdict.ASSIGNED: _("found to be this customer’s"),
    }
    return names[verdict]


def order_state_name(_: Speech, state: OrderState) -> Html:
    """How an order stands, in a word."""
    names = {
        OrderState.OPEN: _("open"),
        OrderState.IN_REVIEW: _("waits for your decision"),
        OrderState.PAID: _("paid"),
        OrderState.EXPIRED: _("expired"),
        OrderState.CANCELLED: _("cancelled"),
        OrderState.REFUNDED: _("refunded"),
    }
    return names[state]


async def plan_name(visit: Visit, slug: str) -> Html:
    """The name of a plan, even one that is no longer sold."""
    return visit.speech.own(await visit.counter.storage.read(offers.plan_name, slug))
